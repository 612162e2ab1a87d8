"""The guides in force, their versions, and what waits for a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.guides.models import GuideVersion
from booking.guides.rules.sections import Content, content_of
from booking.guides.shipped import shipped
from booking.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Guide:
    """One version of a guide. Version 0 came with the program: it has no dates, no reason and nobody behind it."""

    name: str
    number: int
    content: Content
    id: int | None = None
    reason: str = ""
    proposed_by_person: int | None = None
    proposed_at: datetime | None = None
    approved_at: datetime | None = None


def guides(session: Session) -> Sequence[Guide]:
    """Return every guide in force, in the order of the shipped ones; one statement."""
    latest = {row.name: row for row in _approved(session)}
    return [latest.get(name) or Guide(name, 0, content) for name, content in shipped().items()]


def guide(session: Session, name: str) -> Guide:
    """Return the guide in force; raise `NotFoundError` for a name that no guide has."""
    return versions(session, name)[0]


def versions(session: Session, name: str) -> Sequence[Guide]:
    """Return every version of a guide that was ever public, the one in force first; one statement."""
    if name not in shipped():
        raise NotFoundError
    own = [row for row in _approved(session) if row.name == name]
    return [*reversed(own), Guide(name, 0, shipped()[name])]


def waiting_guides(session: Session) -> Mapping[str, Guide]:
    """Return the proposals that wait for a second person, by the name of their guide."""
    query = select(GuideVersion).where(GuideVersion.approved_at.is_(None)).order_by(GuideVersion.proposed_at)
    return {row.name: _shown(row) for row in session.scalars(query)}


def waiting_guide(session: Session, guide_id: int) -> Guide:
    """Return a proposal that waits; raise `NotFoundError` if there is none, or it is decided on."""
    row = session.get(GuideVersion, guide_id)
    if row is None or row.approved_at is not None:
        raise NotFoundError
    return _shown(row)


def current_number(session: Session, name: str) -> int:
    """Return the number of the version in force, 0 for the shipped one."""
    approved = GuideVersion.name == name, GuideVersion.approved_at.is_not(None)
    return session.scalar(select(func.max(GuideVersion.number)).where(*approved)) or 0


def _approved(session: Session) -> Sequence[Guide]:
    query = select(GuideVersion).where(GuideVersion.approved_at.is_not(None)).order_by(GuideVersion.number)
    return [_shown(row) for row in session.scalars(query)]


def _shown(row: GuideVersion) -> Guide:
    return Guide(
        row.name,
        row.number,
        content_of(row.content),
        row.id,
        row.reason,
        row.proposed_by_person,
        row.proposed_at,
        row.approved_at,
    )
