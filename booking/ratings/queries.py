"""Ratings as pages show them: in counts for everybody, with words but without names for the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from booking.bookings.models import Booking
from booking.kernel.errors import NotFoundError
from booking.policies import queries as policies
from booking.ratings.models import Rating
from booking.ratings.rules import Grade, Summary, summary
from booking.sites.models import Site
from booking.slots.models import Slot

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Given:
    """One rating; it names the service and the place, never who gave it."""

    id: int
    grade: Grade
    words: str
    given_at: datetime
    answer_due_on: date | None
    answer: str
    answered_at: datetime | None
    service: str
    site_name: str
    site_name_en: str
    day: date

    def is_overdue(self, today: date) -> bool:
        """Say whether its answer is late."""
        return self.answer_due_on is not None and self.answered_at is None and self.answer_due_on < today


@dataclass(frozen=True, slots=True)
class OfSite:
    """What people said of one site."""

    name: str
    name_en: str
    summary: Summary


SHOWN = (
    select(
        Rating.id,
        Rating.grade,
        Rating.words,
        Rating.given_at,
        Rating.answer_due_on,
        Rating.answer,
        Rating.answered_at,
        Slot.service,
        Site.name.label("site_name"),
        Site.name_en.label("site_name_en"),
        Slot.day,
    )
    .join(Booking, Booking.id == Rating.booking_id)
    .join(Slot, Slot.id == Booking.slot_id)
    .join(Site, Site.id == Slot.site_id)
)


def rating_time(session: Session, on: date) -> timedelta:
    """Return how long after its window a visit can be rated."""
    return timedelta(days=policies.all_values(session, on).number("ratings.days"))


def rating_of(session: Session, booking_id: int) -> Given | None:
    """Return what was said of a booking; None if nothing yet."""
    rows = _given(session, booking_id)
    return rows[0] if rows else None


def rating(session: Session, rating_id: int) -> Given:
    """Return one rating; raise `NotFoundError`."""
    row = session.execute(SHOWN.where(Rating.id == rating_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    return _shown(row)


def to_answer(session: Session) -> Sequence[Given]:
    """Return the bad ratings that wait for an answer, the most urgent first."""
    waiting = SHOWN.where(Rating.answer_due_on.is_not(None), Rating.answered_at.is_(None))
    rows = session.execute(waiting.order_by(Rating.answer_due_on, Rating.id).limit(MOST_SHOWN)).mappings()
    return [_shown(row) for row in rows]


def latest(session: Session) -> Sequence[Given]:
    """Return the last ratings that need no answer or have one, the newest first."""
    settled = SHOWN.where(Rating.answer_due_on.is_(None) | Rating.answered_at.is_not(None))
    rows = session.execute(settled.order_by(Rating.id.desc()).limit(MOST_SHOWN)).mappings()
    return [_shown(row) for row in rows]


def by_site(session: Session, first: date, last: date) -> Sequence[OfSite]:
    """Return what was said of visits on local days `first` to `last`, both included, site by site; one statement."""
    query = (
        select(Site.code, Site.name, Site.name_en, Rating.grade, func.count())
        .select_from(Rating)
        .join(Booking, Booking.id == Rating.booking_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .where(Slot.day.between(first, last))
        .group_by(Site.code, Site.name, Site.name_en, Rating.grade)
        .order_by(Site.code)
    )
    found: dict[str, tuple[str, str, list[tuple[int, int]]]] = {}
    for code, name, name_en, grade, count in session.execute(query):
        found.setdefault(code, (name, name_en or name, []))[2].append((grade, count))
    return [OfSite(name, name_en, summary(counts)) for name, name_en, counts in found.values()]


def together(sites: Sequence[OfSite]) -> Summary:
    """Return the sum over sites."""
    return summary((int(grade), sum(one.summary.by_grade[grade] for one in sites)) for grade in Grade)


def _given(session: Session, booking_id: int) -> Sequence[Given]:
    rows = session.execute(SHOWN.where(Rating.booking_id == booking_id)).mappings()
    return [_shown(row) for row in rows]


def _shown(row: RowMapping) -> Given:
    return Given(**{**row, "grade": Grade(row["grade"])})
