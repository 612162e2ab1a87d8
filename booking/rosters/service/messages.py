"""What a learner is told of a result: the outcome, and what can be booked next, from which day."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.bookings.messages import Held, tell_holder
from booking.bookings.models import Booking
from booking.exams.line import EXAMS
from booking.exams.queries import path_of, record_of
from booking.exams.rules.facts import Outcome, Subject
from booking.exams.rules.outlook import Outlook, State
from booking.kernel.calendar import local_day
from booking.kernel.ids import BookingId, Holder, PersonId
from booking.slots.models import Slot

ACTS = {Outcome.PASSED: "exam_passed", Outcome.FAILED: "exam_failed", Outcome.ABSENT: "booking_absent"}


def tell_result(
    session: Session, booking: Booking, slot: Slot, outcome: Outcome, score: int | None, *, now: datetime
) -> None:
    """Write the message of a result that has just taken effect, and from when what can be booked."""
    person_id = PersonId(booking.person_id)
    record = record_of(session, person_id)
    today = local_day(now)
    path = path_of(session, record, today=today) if record else ()
    facts = {
        "score": score,
        "next": list(_next(path, today)),
        "again": next(iter(_day(one, today) for one in path if one.subject == booking.service), None),
        "is_done": bool(path) and all(one.state in (State.PASSED, State.NOT_NEEDED) for one in path),
    }
    held = Held(BookingId(booking.id), booking.reference, person_id, Holder(booking.holder))
    tell_holder(session, ACTS[outcome], held, slot, line=EXAMS, now=now, facts=facts)


def _next(path: tuple[Outlook, ...], today: date) -> Iterator[tuple[str, str, date]]:
    """Yield the subjects that can be booked, now or after a wait: name in Chinese and English, and from which day."""
    for one in path:
        day = _day(one, today)
        if day is not None:
            name = EXAMS.services[Subject(one.subject)]
            yield name.zh, name.en, day


def _day(one: Outlook, today: date) -> date | None:
    if one.state is State.OPEN:
        return today
    return one.earliest if one.state is State.NOT_YET else None
