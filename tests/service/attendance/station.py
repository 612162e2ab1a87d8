"""A station for tests: one operator, windows of an hour, cars that are only names, at hours that a test tells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from booking.attendance.models import Visit, VisitState
from booking.attendance.queries.settings import DaySettings
from booking.attendance.queries.visits import VisitRow
from booking.attendance.service import arrivals, calls, results
from booking.attendance.service.arrivals import Arrival
from booking.audit.models import AuditEntry
from booking.bookings.line import Line, Reason
from booking.bookings.models import Booking, BookingState
from booking.bookings.rules import Ranking
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import Language, Refusal, Wording
from booking.kernel.ids import BookingId, Holder, PersonId, SiteId, SlotId, VisitId
from booking.slots.models import Lane, Slot
from tests import factories

DAY = date(2026, 11, 24)
SERVICE = "inspection_small"
PUBLISHED = datetime(2026, 11, 12, tzinfo=UTC)
SETTINGS = DaySettings(undo=timedelta(minutes=10), no_show=timedelta(minutes=30))


def at(clock: str, day: date = DAY) -> datetime:
    """Return an instant of the day by the station's clock: "10:05"."""
    return at_local(day, time.fromisoformat(clock))


class Cars:
    """A line of business whose holders are cars that anybody may bring."""

    key = "inspections"
    name = Wording("机动车检验", "vehicle inspection")
    coming = Wording("", "")
    services: Mapping[str, Wording] = {SERVICE: Wording("小型汽车检验", "inspection of small cars")}

    liftable: Mapping[str, Wording] = {}
    never_lifted: Mapping[str, Wording] = {}

    def refusals(self, *given: Any, **more: Any) -> Sequence[Refusal]:
        return ()

    def refused(self, *given: Any, **more: Any) -> Mapping[tuple[Holder, SlotId], Sequence[Refusal]]:
        return {}

    def rule_set(self, day: date) -> str:
        return "test"

    def ranking(self, *given: Any) -> Ranking | None:
        return None

    def explained(self, refusal: Refusal, language: Language) -> Reason:
        return Reason(refusal.code, refusal.code, refusal.basis, refusal.earliest)

    def lanes(self, *given: Any, **more: Any) -> Sequence[Lane]:
        return (Lane.ORDINARY,)

    def is_for(self, session: object, holder: Holder, person_id: PersonId) -> bool:
        return True

    def identities(self, session: object, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        return {holder: holder for holder in holders}

    def called(self, session: object, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        return {holder: f"粤G·{holder[-1]}***" for holder in holders}

    def template(self, name: str) -> str:
        return f"inspection_{name}"


CARS: Line = Cars()


@dataclass
class Station:
    """One site with its operator. Every verb is a unit of work of its own, as in the pages."""

    sessions: Sessions
    settings: DaySettings = SETTINGS
    site_id: SiteId = field(init=False)
    operator: Actor = field(init=False)
    slots: dict[tuple[date, str], SlotId] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with unit_of_work(self.sessions) as session:
            self.site_id = factories.station(session)
            self.operator = factories.account(session, Role.STATION, site_id=self.site_id)

    def window(self, starts: str, day: date = DAY, *, places: int = 20) -> SlotId:
        """Return the window of an hour that begins then, and publish it at the first asking."""
        if (day, starts) not in self.slots:
            with unit_of_work(self.sessions) as session:
                self.slots[day, starts] = factories.slot(
                    session,
                    line=CARS.key,
                    site_id=self.site_id,
                    service=SERVICE,
                    day=day,
                    starts=time.fromisoformat(starts),
                    released=places,
                    published_at=PUBLISHED,
                )
        return self.slots[day, starts]

    def booked(self, car: str, starts: str, day: date = DAY) -> BookingId:
        """Let a car have a booking of a window."""
        slot_id = self.window(starts, day)
        with unit_of_work(self.sessions) as session:
            person = factories.account(session)
            reference = factories.booking_row(session, person, slot_id, at=at("08:00"), held_by=car)
            return BookingId(session.scalars(select(Booking.id).where(Booking.reference == reference)).one())

    def arrive(self, car: str, clock: str, day: date = DAY, **more: Any) -> VisitRow:
        arrival = Arrival(Holder(car), SERVICE, **more)
        with unit_of_work(self.sessions) as session:
            return arrivals.arrive(
                session, self.site_id, arrival, settings=self.settings, actor=self.operator, now=at(clock, day)
            )

    def call(self, clock: str, post: str = "1") -> VisitRow | None:
        with unit_of_work(self.sessions) as session:
            return calls.call_next(session, self.site_id, post, actor=self.operator, now=at(clock))

    def called(self, clock: str, post: str = "1") -> str:
        """Call the next and return which car it is; "" if nobody waits."""
        visit = self.call(clock, post)
        return visit.holder if visit else ""

    def call_off(self, visit: VisitRow, clock: str) -> VisitState:
        with unit_of_work(self.sessions) as session:
            return calls.call_off(session, visit.id, actor=self.operator, now=at(clock))

    def start(self, visit: VisitRow, clock: str) -> None:
        with unit_of_work(self.sessions) as session:
            calls.start(session, visit.id, actor=self.operator, now=at(clock))

    def leave(self, visit: VisitRow, clock: str) -> None:
        with unit_of_work(self.sessions) as session:
            calls.leave(session, visit.id, actor=self.operator, now=at(clock))

    def result(self, visit: VisitRow, passed: bool, clock: str, day: date = DAY) -> None:
        with unit_of_work(self.sessions) as session:
            results.record_result(session, visit.id, passed, actor=self.operator, now=at(clock, day))

    def undo(self, visit: VisitRow, clock: str) -> None:
        with unit_of_work(self.sessions) as session:
            results.undo_result(session, visit.id, settings=self.settings, actor=self.operator, now=at(clock))

    def tested(self, car: str, clock: str, passed: bool, **more: Any) -> VisitRow:
        """Let a car arrive, be called, tested and done, all in one minute."""
        visit = self.arrive(car, clock, DAY, **more)
        assert self.called(clock) == car
        self.start(visit, clock)
        self.result(visit, passed, clock)
        return self.seen(visit.id)

    def seen(self, visit_id: VisitId) -> VisitRow:
        with reading(self.sessions) as session:
            row = session.get_one(Visit, visit_id)
            return VisitRow(**{name: getattr(row, name) for name in VisitRow.__dataclass_fields__})

    def booking(self, booking_id: BookingId) -> BookingState:
        with reading(self.sessions) as session:
            return session.get_one(Booking, booking_id).state

    def acts(self, kind: str) -> list[str]:
        """Return what the log says was done to things of a kind, in order."""
        with reading(self.sessions) as session:
            wanted = select(AuditEntry.act).where(AuditEntry.object_kind == kind).order_by(AuditEntry.id)
            return list(session.scalars(wanted))

    def starts_of(self, slot_id: SlotId) -> datetime:
        with reading(self.sessions) as session:
            return session.get_one(Slot, slot_id).starts_at
