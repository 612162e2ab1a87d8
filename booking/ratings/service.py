"""Giving a rating, once for each visit, and answering a bad one."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from booking.accounts.queries import recipient
from booking.audit import service as audit
from booking.bookings.models import Booking
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SamePersonError,
    StaleError,
    Wording,
)
from booking.kernel.ids import PersonId
from booking.notices import service as notices
from booking.policies import queries as policies
from booking.ratings.models import Rating
from booking.ratings.queries import rating_time
from booking.ratings.rules import Grade, can_rate
from booking.slots.models import Slot

LONGEST_WORDS = 500


class AlreadyRatedError(ConflictError):
    """The visit has a rating; the database says so. Ratings are never changed."""

    wording: ClassVar[Wording] = Wording(
        "这次办理已经评价过，评价不能修改。", "This visit has been rated; ratings are not changed."
    )


class NotToBeRatedError(ConflictError):
    """Nobody came, or it is too long ago."""

    wording: ClassVar[Wording] = Wording(
        "这个预约现在不能评价：没有到场办理，或者评价时间已过。",
        "This booking cannot be rated: nobody came, or the time for it is over.",
    )


CONFLICTS: dict[str, type[Exception]] = {
    "uq_rating_booking_id": AlreadyRatedError,
    "ck_rating_not_by_oneself": SamePersonError,
}


def rate(session: Session, booking_id: int, grade: Grade, words: str, *, actor: Actor, now: datetime) -> int:
    """Store what the booking's own person says of the visit; return the rating's id.

    Raise `NotFoundError` for somebody else's booking, `NotToBeRatedError` where nobody came or the time for it has
    passed, `AlreadyRatedError` for a second one. A bad grade gets the working day by which the office answers.
    """
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise InvalidInputError("words")
    booking = session.get(Booking, booking_id)
    if booking is None or actor.person_id is None or booking.person_id != actor.person_id:
        raise NotFoundError
    today, ends_at = local_day(now), session.get_one(Slot, booking.slot_id).ends_at
    if not can_rate(booking.state.value, ends_at, rating_time=rating_time(session, today), now=now):
        raise NotToBeRatedError
    due_on = None
    if grade.is_bad:
        days = policies.all_values(session, today).number("ratings.answer_days")
        due_on = policies.working_days(session, today).after(today, days)
    values = {
        "booking_id": booking_id,
        "person_id": actor.person_id,
        "grade": int(grade),
        "words": words,
        "given_at": now,
        "answer_due_on": due_on,
        "answer": "",
    }
    with conflicts_as(CONFLICTS):
        rating_id = session.execute(insert(Rating).values(values).returning(Rating.id)).scalar_one()
    audit.record(session, "visit rated", "rating", rating_id, actor=actor, now=now, after={"grade": int(grade)})
    return rating_id


def answer(session: Session, rating_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    """Answer a bad rating, once, and tell its author; raise `StaleError` if it has an answer or needs none."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST_WORDS:
        raise InvalidInputError("answer")
    if actor.person_id is None:
        raise NotAllowedError
    row = session.get(Rating, rating_id, populate_existing=True)
    if row is None:
        raise NotFoundError
    unanswered = Rating.answer_due_on.is_not(None), Rating.answered_at.is_(None)
    values = {"answer": text, "answered_by_person": actor.person_id, "answered_at": now}
    with conflicts_as(CONFLICTS):
        if rows_changed(session, update(Rating).where(Rating.id == rating_id, *unanswered).values(values)) != 1:
            raise StaleError
    audit.record(session, "rating answered", "rating", rating_id, actor=actor, now=now)
    reference = session.get_one(Booking, row.booking_id).reference
    to = recipient(session, PersonId(row.person_id))
    facts = {"reference": reference, "answer": text}
    notices.tell(session, to, "rating_answered", event=f"rating {rating_id} answered", facts=facts, now=now)
