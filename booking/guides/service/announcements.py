"""An announcement is written by one person, made public by another; whoever may write one may take it down."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.guides.models import Announcement
from booking.guides.service.guides import LONGEST_REASON, person_of
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotFoundError, SamePersonError, StaleError

CONFLICTS: dict[str, type[Exception]] = {"ck_announcement_two_persons": SamePersonError}
LONGEST = timedelta(days=366)
LENGTHS = {"title_zh": 80, "title_en": 120, "text_zh": 2000, "text_en": 2000}


@dataclass(frozen=True, slots=True)
class Text:
    """What is announced, from one local day to another, both included. English may be empty."""

    title_zh: str
    text_zh: str
    first_day: date
    last_day: date
    title_en: str = ""
    text_en: str = ""
    is_urgent: bool = False


def propose_announcement(session: Session, text: Text, *, actor: Actor, now: datetime) -> int:
    """Write an announcement for a second person to approve; return its id.

    Raise `InvalidInputError` naming a text that is missing or too long, or days that are over, out of order or more
    than a year apart.
    """
    _check(text, local_day(now))
    values = {**asdict(text), "proposed_by_person": person_of(actor), "proposed_at": now}
    new_id = session.execute(insert(Announcement).values(values).returning(Announcement.id)).scalar_one()
    audit.record(session, "announcement proposed", "announcement", new_id, actor=actor, now=now, after=_logged(text))
    return new_id


def approve_announcement(session: Session, announcement_id: int, *, actor: Actor, now: datetime) -> None:
    """Make it public from its first day on; raise `SamePersonError` for its author, `StaleError` if decided on."""
    row = _waiting(session, announcement_id)
    if row.proposed_by_person == person_of(actor):
        raise SamePersonError
    if row.last_day < local_day(now):
        raise InvalidStateError(f"announcement {announcement_id} is over")
    approval = update(Announcement).where(Announcement.id == announcement_id, Announcement.approved_at.is_(None))
    with conflicts_as(CONFLICTS):
        if rows_changed(session, approval.values(approved_by_person=person_of(actor), approved_at=now)) != 1:
            raise StaleError
    audit.record(session, "announcement approved", "announcement", announcement_id, actor=actor, now=now)


def decline_announcement(session: Session, announcement_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a proposal off the table, with a reason that the log keeps."""
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise InvalidInputError("reason")
    _waiting(session, announcement_id)
    removal = delete(Announcement).where(Announcement.id == announcement_id, Announcement.approved_at.is_(None))
    if rows_changed(session, removal) != 1:
        raise StaleError
    audit.record(
        session,
        "announcement declined",
        "announcement",
        announcement_id,
        actor=actor,
        now=now,
        reason=reason.strip(),
    )


def end_announcement(session: Session, announcement_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a public announcement down at once; one person may, since what is gone misleads nobody."""
    ending = update(Announcement).where(
        Announcement.id == announcement_id, Announcement.approved_at.is_not(None), Announcement.ended_at.is_(None)
    )
    if rows_changed(session, ending.values(ended_at=now)) != 1:
        raise StaleError
    audit.record(session, "announcement ended", "announcement", announcement_id, actor=actor, now=now)


def _check(text: Text, today: date) -> None:
    for name, most in LENGTHS.items():
        written = getattr(text, name).strip()
        if len(written) > most or (name.endswith("zh") and not written):
            raise InvalidInputError(name)
    if text.first_day < today:
        raise InvalidInputError("first_day")
    if not text.first_day <= text.last_day <= text.first_day + LONGEST:
        raise InvalidInputError("last_day")


def _logged(text: Text) -> dict[str, str]:
    days = {"first_day": text.first_day.isoformat(), "last_day": text.last_day.isoformat()}
    return {"title": text.title_zh, **days}


def _waiting(session: Session, announcement_id: int) -> Announcement:
    row = session.get(Announcement, announcement_id, populate_existing=True)
    if row is None:
        raise NotFoundError
    if row.approved_at is not None:
        raise StaleError
    return row
