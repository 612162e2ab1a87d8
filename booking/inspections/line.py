"""The line "vehicle inspections" as the shared core sees it: facts are loaded here, and the pure rules decide."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.bookings.line import Reason
from booking.bookings.models import Booking, BookingState
from booking.bookings.rules import Ranking
from booking.inspections.holders import holder_of, is_vehicle, vehicle_of
from booking.inspections.models import Vehicle
from booking.inspections.queries.authority import may_act_for_vehicle
from booking.inspections.queries.facts import facts_of, settings_on
from booking.inspections.queries.plates import masked_plates, plates_in_clear
from booking.inspections.rules.facts import SERVICES, VehicleFacts
from booking.inspections.rules.overriding import LIFTABLE, NEVER_LIFTED
from booking.inspections.rules.periods import rules_on
from booking.inspections.rules.ranking import ranking
from booking.inspections.rules.refusals import NOT_KNOWN, WindowFacts, refusals
from booking.inspections.rules.settings import Settings
from booking.inspections.rules.wording import basis_shown, explained
from booking.kernel.calendar import local_day
from booking.kernel.errors import Language, Refusal, Wording
from booking.kernel.ids import Holder, PersonId, SlotId, VehicleId
from booking.slots.models import Lane, Method, Slot

NOT_KNOWN_WORDING = Wording(
    "还不知道这辆车的初次登记日期，无法判断是否到期。请先填写车辆信息。",
    "It is not known when this vehicle was first registered, so nobody can tell whether it is due. Please fill that"
    " in first.",
)


class Inspections:
    """Answers the core's questions from what is known of a vehicle and the rules."""

    key = "inspections"
    name = Wording("机动车检验", "Vehicle inspection")
    services: Mapping[str, Wording] = SERVICES
    coming = Wording(
        "请携带机动车行驶证、交强险凭证、车船税纳税或者免税证明，在 {starts}–{ends} 之间把车开到检验站。",
        "Bring the vehicle's driving licence and the proofs of compulsory insurance and of vehicle tax, and drive in "
        "between {starts} and {ends}.",
    )

    liftable = LIFTABLE
    never_lifted = NEVER_LIFTED

    def holder(self, vehicle_id: VehicleId) -> Holder:
        """Name the vehicle as the holder of places at stations."""
        return holder_of(vehicle_id)

    def refusals(
        self, session: Session, holder: Holder, slot: Slot, *, now: datetime, moving: bool = False
    ) -> Sequence[Refusal]:
        return self.refused(session, [(holder, slot)], now=now).get((holder, SlotId(slot.id)), ())

    def refused(
        self, session: Session, places: Sequence[tuple[Holder, Slot]], *, now: datetime
    ) -> Mapping[tuple[Holder, SlotId], Sequence[Refusal]]:
        today = local_day(now)
        settings = settings_on(session, today)
        vehicles = {holder: vehicle_of(holder) for holder, _ in places}
        facts = facts_of(session, vehicles.values())
        reasons = {
            (holder, SlotId(slot.id)): _refusals(facts.get(vehicles[holder]), slot, today, settings)
            for holder, slot in places
        }
        return {place: found for place, found in reasons.items() if found}

    def rule_set(self, day: date) -> str:
        return f"inspection-{rules_on(day, Settings()).key}"

    def ranking(self, session: Session, holder: Holder, service: str) -> Ranking | None:
        vehicle_id = vehicle_of(holder)
        facts = facts_of(session, [vehicle_id]).get(vehicle_id)
        if facts is None:
            return None
        today = _known_since(session, vehicle_id)
        given_up = _last_given_up(session, holder, service)
        return ranking(facts, today=today, settings=settings_on(session, today), given_up_at=given_up)

    def explained(self, refusal: Refusal, language: Language) -> Reason:
        is_own = refusal.code == NOT_KNOWN.code
        message = NOT_KNOWN_WORDING.filled(language, {}) if is_own else explained(refusal, language)
        return Reason(refusal.code, message, basis_shown(refusal, language), refusal.earliest)

    def lanes(self, session: Session, holder: Holder, slot: Slot, *, now: datetime) -> Sequence[Lane]:
        # The walk-in share is for whoever stands at the gate, and for nobody who books.
        return (Lane.ORDINARY,)

    def is_for(self, session: Session, holder: Holder, person_id: PersonId) -> bool:
        return is_vehicle(holder) and may_act_for_vehicle(session, vehicle_of(holder), person_id)

    def identities(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        found = plates_in_clear(session, [vehicle_of(holder) for holder in holders])
        return {holder_of(vehicle_id): f"plate:{kind}:{plate}" for vehicle_id, (kind, plate) in found.items()}

    def called(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        found = masked_plates(session, [vehicle_of(holder) for holder in holders])
        return {holder_of(vehicle_id): plate for vehicle_id, plate in found.items()}

    def template(self, name: str) -> str:
        return f"inspection_{name}"


def _refusals(facts: VehicleFacts | None, slot: Slot, today: date, settings: Settings) -> Sequence[Refusal]:
    if facts is None:
        return (NOT_KNOWN,)
    classes = tuple(slot.classes.split(",")) if slot.classes else ()
    window = WindowFacts(slot.service, slot.day, classes)
    return tuple(refusals(facts, window, today=today, settings=settings))


def _known_since(session: Session, vehicle_id: VehicleId) -> date:
    """Return the day from which a due day is computed where the register's is not known.

    It must not move with the day on which somebody asks: a ranking time stays what it was.
    """
    columns = select(Vehicle.bound_at, Vehicle.created_at).where(Vehicle.id == vehicle_id)
    row = session.execute(columns).one()
    return local_day(row.bound_at or row.created_at)


def _last_given_up(session: Session, holder: Holder, service: str) -> datetime | None:
    """Return when the vehicle last gave up a place that a round had given it, or None."""
    query = (
        select(func.max(Booking.ended_at))
        .join(Slot, Slot.id == Booking.slot_id)
        .where(
            Booking.holder == holder,
            Booking.service == service,
            Booking.state == BookingState.CANCELLED,
            Slot.method != Method.FIRST_COME,
        )
    )
    return session.scalar(query)


INSPECTIONS = Inspections()
