"""Announcements: those of a day for everybody, and all of them for the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.guides.models import Announcement
from booking.kernel.errors import Language, NotFoundError

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Announced:
    """One announcement; days are local days, both included."""

    id: int
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    is_urgent: bool
    first_day: date
    last_day: date
    proposed_by_person: int
    proposed_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None

    def title(self, language: Language) -> str:
        """Return the title; Chinese where there is no English."""
        return (self.title_en if language == "en" else "") or self.title_zh

    def text(self, language: Language) -> str:
        """Return the text; Chinese where there is no English."""
        return (self.text_en if language == "en" else "") or self.text_zh

    def stands_on(self, day: date) -> bool:
        """Say whether everybody sees it on a local day."""
        return self.approved_at is not None and self.ended_at is None and self.first_day <= day <= self.last_day


SHOWN = select(*(getattr(Announcement, name) for name in Announced.__dataclass_fields__))


def announcements_on(session: Session, day: date) -> Sequence[Announced]:
    """Return what stands on a local day, urgent ones first, then the newest; one statement."""
    stands = SHOWN.where(
        Announcement.approved_at.is_not(None),
        Announcement.ended_at.is_(None),
        Announcement.first_day <= day,
        Announcement.last_day >= day,
    )
    return _rows(session, stands.order_by(Announcement.is_urgent.desc(), Announcement.first_day.desc()))


def announcements(session: Session) -> Sequence[Announced]:
    """Return the last hundred, those that wait first, then the newest."""
    newest = Announcement.approved_at.is_not(None), Announcement.id.desc()
    return _rows(session, SHOWN.order_by(*newest).limit(MOST_SHOWN))


def announcement(session: Session, announcement_id: int) -> Announced:
    """Return one; raise `NotFoundError` if there is none."""
    rows = _rows(session, SHOWN.where(Announcement.id == announcement_id))
    if not rows:
        raise NotFoundError
    return rows[0]


def _rows(session: Session, query: "Select[tuple[object, ...]]") -> Sequence[Announced]:
    return [Announced(**row) for row in session.execute(query).mappings()]
