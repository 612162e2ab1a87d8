"""How one person stands with one subject, and with one session: what can be chosen, and every reason against it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.queries.requests import live_requests
from booking.bookings.line import Reason
from booking.bookings.offered import CAN_BE_HAD, Errand
from booking.bookings.queries import ShownBooking, live_booking_of
from booking.exams import queries as records
from booking.exams.line import EXAMS
from booking.exams.rules.facts import LicenceClass, Subject
from booking.exams.rules.outlook import State
from booking.exams.rules.places import NO_RECORD
from booking.exams.views.choosing import Choice, choice, note_of, state_of
from booking.exams.views.path import explained, site_in_words
from booking.kernel.calendar import local_day
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import PersonId, SlotId
from booking.sites.models import Site
from booking.slots.models import Slot
from booking.slots.queries import OpenSlot, slot_shown

ALREADY_BOOKED = "already-booked"


@dataclass(frozen=True, slots=True)
class Standing:
    """One person and one subject. Who may not book now still sees the plan, and every reason.

    `held` is the reference of a booking, `asked` that of a live request.
    """

    subject: str
    licence_class: LicenceClass | None
    choice: Choice
    may_book: bool
    reasons: Sequence[Reason]
    held: str | None
    asked: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """One person and one session: every reason against booking it, and in `note` how the session itself stands.

    `held` is the reference of the booking that stands in the way, if that is one of the reasons.
    """

    slot: OpenSlot
    site: str
    address: str
    phone: str
    state: str
    note: str
    reasons: Sequence[Reason]
    held: str | None

    @property
    def can_be_had(self) -> bool:
        """Whether the button stands there."""
        return self.state in CAN_BE_HAD and not self.reasons


def standing(session: Session, person_id: PersonId, subject: str, errand: Errand, *, now: datetime) -> Standing:
    """Load how the person stands with a subject; raise `NotFoundError` for a subject that does not exist."""
    if subject not in EXAMS.services:
        raise NotFoundError
    record = records.record_of(session, person_id)
    if record is None:
        plan = choice(session, subject, None, errand.only_looking(), now=now)
        return Standing(subject, None, plan, may_book=False, reasons=explained([NO_RECORD]), held=None, asked=None)
    outlooks = records.path_of(session, record, today=local_day(now))
    outlook = next(one for one in outlooks if one.subject == Subject(subject))
    may_book = outlook.state is State.OPEN
    licence_class = record.facts.licence_class
    lanes = EXAMS.lanes_on(session, person_id, subject, local_day(now), now=now)
    asked = live_requests(session, EXAMS.holder(person_id)).get(subject)
    there = errand if may_book else errand.only_looking()
    there = replace(there, wish=None) if asked else there
    plan = choice(session, subject, licence_class, there, lanes=lanes, now=now)
    booking = live_booking_of(session, EXAMS.holder(person_id), subject)
    held = booking.reference if booking else None
    return Standing(subject, licence_class, plan, may_book, explained(outlook.refusals), held, asked)


def moving(session: Session, person_id: PersonId, booking: ShownBooking, errand: Errand, *, now: datetime) -> Choice:
    """Load what a booking can be moved to; the check of each session says what speaks against it."""
    record = records.record_of(session, person_id)
    subject, leaving = booking.service, booking.slot_id
    lanes = EXAMS.lanes_on(session, person_id, subject, local_day(now), now=now)
    licence_class = record.facts.licence_class if record else None
    return choice(session, subject, licence_class, errand, lanes=lanes, leaving=leaving, now=now)


def check(session: Session, person_id: PersonId, slot_id: SlotId, *, now: datetime, moving: bool = False) -> Check:
    """Load the check of one session of this line for one person; raise `NotFoundError`."""
    query = select(Slot, Site).join(Site, Site.id == Slot.site_id)
    row = session.execute(query.where(Slot.id == slot_id, Slot.line == EXAMS.key)).one_or_none()
    if row is None:
        raise NotFoundError
    slot, site = row
    holder = EXAMS.holder(person_id)
    shown = slot_shown(session, slot_id, EXAMS.lanes(session, holder, slot, now=now))
    if shown is None:
        raise NotFoundError
    state = state_of(shown, now)
    refusals = EXAMS.refusals(session, holder, slot, now=now, moving=moving)
    name = site_in_words(site.name, site.name_en)
    booked = any(refusal.code == ALREADY_BOOKED for refusal in refusals)
    booking = live_booking_of(session, holder, shown.service) if booked else None
    held = booking.reference if booking else None
    note = note_of(shown, state)
    return Check(shown, name, site.address, site.phone, state, note, explained(refusals), held)
