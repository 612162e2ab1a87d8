"""One vehicle and one window: what would be booked, what to bring, and every reason against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from booking.allotment.queries.requests import live_requests
from booking.bookings.line import Reason
from booking.bookings.offered import CAN_BE_HAD
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.bookable import Bookable
from booking.inspections.rules.documents import Document, documents
from booking.inspections.rules.periods import Step
from booking.inspections.views.windows import named, note_of, state_of
from booking.kernel.calendar import local_day, local_time
from booking.kernel.errors import NotFoundError, Refusal
from booking.kernel.ids import PersonId, SlotId
from booking.policies import queries as policies
from booking.sites import queries as sites
from booking.slots.models import Lane, Slot
from booking.slots.queries import OpenSlot, slot_shown
from booking.web.language import clock, full_day, language, worded


@dataclass(frozen=True, slots=True)
class RankLine:
    """One event that bears on the ranking time: what, when, by which article, and whether it decides."""

    what: str
    when: str
    basis: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One vehicle and one window. `absent_at` is when somebody who has not come counts as absent.

    `held_until` is set where a place of the window is held for the vehicle: it can then be had though it is full.
    """

    slot: OpenSlot
    station: str
    address: str
    phone: str
    price_fen: int | None
    state: str
    note: str
    reasons: Sequence[Reason]
    absent_at: datetime
    held_until: datetime | None

    @property
    def can_be_had(self) -> bool:
        """Whether the button stands there."""
        return (self.state in CAN_BE_HAD or self.held_until is not None) and not self.reasons


def check(session: Session, known: Bookable, slot_id: SlotId, *, now: datetime, moving: bool = False) -> Check:
    """Load the check of one window for one vehicle; raise `NotFoundError`."""
    slot = window(session, slot_id, now=now)
    station = sites.station(session, slot.site_id, now=now)
    state = state_of(slot, slot.day, now)
    row = session.get_one(Slot, slot_id)
    refusals = INSPECTIONS.refusals(session, known.holder, row, now=now, moving=moving)
    held = known.vehicle.held if known.vehicle.held and known.vehicle.held.slot_id == slot_id else None
    late = policies.all_values(session, local_day(now)).number("inspections.no_show_minutes")
    return Check(
        slot=slot,
        station=named(slot.site_name, slot.site_name_en),
        address=station.facts.address,
        phone=station.facts.phone,
        price_fen=station.price(slot.service),
        state=state,
        note=note_of(slot, state, slot.day),
        reasons=explained(refusals),
        absent_at=slot.ends_at + timedelta(minutes=late),
        held_until=held.until if held and slot.is_open(now) else None,
    )


def window(session: Session, slot_id: SlotId, *, now: datetime) -> OpenSlot:
    """Return a window of this line with the places that can be booked on line; raise `NotFoundError`."""
    slot = slot_shown(session, slot_id, (Lane.ORDINARY,), now=now)
    if slot is None or slot.line != INSPECTIONS.key:
        raise NotFoundError
    return slot


def papers(known: Bookable, person_id: PersonId) -> Sequence[Document]:
    """Return all that is needed on the day, told at once: things to bring, and things to have settled."""
    if known.facts is None:
        return ()
    vehicle = known.vehicle
    by_agent = not vehicle.owner_is_company and vehicle.owner_person != person_id
    return documents(known.facts, step=Step.LINE_TEST, by_company=vehicle.owner_is_company, by_agent=by_agent)


def explained(refusals: Sequence[Refusal]) -> list[Reason]:
    """Put refusals into the reader's language."""
    return [INSPECTIONS.explained(refusal, language()) for refusal in refusals]


def asked_for(session: Session, known: Bookable) -> str | None:
    """Return the reference of the vehicle's live request, if it has one."""
    return live_requests(session, known.holder).get(known.vehicle.service)


def ranking_lines(session: Session, known: Bookable) -> Sequence[RankLine]:
    """Return every event that bears on the vehicle's ranking time, in order of time; the last one decides."""
    ranking = INSPECTIONS.ranking(session, known.holder, known.vehicle.service)
    if ranking is None:
        return ()
    return [
        RankLine(worded(one.what), instant_in_words(one.at), worded(one.basis), decides=one is ranking.moments[-1])
        for one in ranking.moments
    ]


def instant_in_words(instant: datetime) -> str:
    """Write a ranking time: days count from their beginning, a cancellation from its minute."""
    day = full_day(local_day(instant))
    return day if local_time(instant) == time.min else f"{day} {clock(instant)}"
