"""A guide changes by a proposal and another person's approval; every approved version is kept.

A proposal that is declined is taken off the table; the log keeps its reason.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.guides.models import GuideVersion
from booking.guides.queries.guides import current_number
from booking.guides.rules.sections import Content, missing
from booking.guides.shipped import NAMES
from booking.kernel.actors import Actor
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

LONGEST_TITLE, LONGEST_TEXT, LONGEST_REASON = 80, 3000, 500


class ProposalWaitingError(ConflictError):
    """Somebody has proposed a version of this guide already; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "这份指南已有一个待审的修改，请先处理它。",
        "A change of this guide is waiting for approval; decide on that one first.",
    )


CONFLICTS: dict[str, type[Exception]] = {
    "uq_guide_version_waiting": ProposalWaitingError,
    "uq_guide_version_name_number": ProposalWaitingError,
    "ck_guide_version_two_persons": SamePersonError,
}


def propose_guide(
    session: Session, name: str, content: Content, *, seen: int, reason: str, actor: Actor, now: datetime
) -> int:
    """Propose a new version of a guide in place of version `seen`; return the proposal's id.

    Raise `InvalidInputError` naming a section that is empty and may not be or is too long, `StaleError` if another
    version has been approved since, `ProposalWaitingError` while one waits. Nothing is public before approval.
    """
    if name not in NAMES:
        raise NotFoundError
    _check(content, reason)
    if current_number(session, name) != seen:
        raise StaleError
    values = {
        "name": name,
        "number": seen + 1,
        "content": content.as_json(),
        "reason": reason.strip(),
        "proposed_by_person": person_of(actor),
        "proposed_at": now,
    }
    with conflicts_as(CONFLICTS):
        guide_id = session.execute(insert(GuideVersion).values(values).returning(GuideVersion.id)).scalar_one()
    after = {"guide": name, "version": seen + 1}
    audit.record(session, "guide proposed", "guide", name, actor=actor, now=now, after=after, reason=reason.strip())
    return guide_id


def approve_guide(session: Session, guide_id: int, *, actor: Actor, now: datetime) -> None:
    """Make a proposed version public; raise `SamePersonError` for its author, `StaleError` if it is decided on."""
    version = _waiting(session, guide_id)
    if version.proposed_by_person == person_of(actor):
        raise SamePersonError
    approval = update(GuideVersion).where(GuideVersion.id == guide_id, GuideVersion.approved_at.is_(None))
    with conflicts_as(CONFLICTS):
        if rows_changed(session, approval.values(approved_by_person=person_of(actor), approved_at=now)) != 1:
            raise StaleError
    after = {"guide": version.name, "version": version.number}
    audit.record(
        session, "guide approved", "guide", version.name, actor=actor, now=now, after=after, reason=version.reason
    )


def decline_guide(session: Session, guide_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a proposal off the table, with a reason; its author may do so too."""
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise InvalidInputError("reason")
    version = _waiting(session, guide_id)
    removal = delete(GuideVersion).where(GuideVersion.id == guide_id, GuideVersion.approved_at.is_(None))
    if rows_changed(session, removal) != 1:
        raise StaleError
    before = {"guide": version.name, "version": version.number}
    audit.record(
        session, "guide declined", "guide", version.name, actor=actor, now=now, before=before, reason=reason.strip()
    )


def person_of(actor: Actor) -> PersonId:
    """Return who acts: four eyes are two persons, not two accounts."""
    if actor.person_id is None:
        raise NotAllowedError
    return actor.person_id


def _check(content: Content, reason: str) -> None:
    if not 0 < len(content.title.zh.strip()) <= LONGEST_TITLE:
        raise InvalidInputError("title_zh")
    if len(content.title.en) > LONGEST_TITLE:
        raise InvalidInputError("title_en")
    for section in missing(content):
        raise InvalidInputError(f"{section}_zh")
    for language, texts in (("zh", content.zh), ("en", content.en)):
        for section, text in texts.items():
            if len(text) > LONGEST_TEXT:
                raise InvalidInputError(f"{section}_{language}")
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise InvalidInputError("reason")


def _waiting(session: Session, guide_id: int) -> GuideVersion:
    version = session.get(GuideVersion, guide_id, populate_existing=True)
    if version is None:
        raise NotFoundError
    if version.approved_at is not None:
        raise StaleError
    return version
