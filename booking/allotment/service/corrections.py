"""Putting a row right between close and freeze: one person proposes, a second consents, and the record names both."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from booking.allotment.models.proposals import Correction
from booking.allotment.models.requests import Entry, Request, Standing
from booking.allotment.models.rounds import Round, Stage
from booking.allotment.service import keys, leaves
from booking.allotment.service.announced import announcement_of
from booking.allotment.service.leaves import NewRow
from booking.allotment.service.messages import tell_of_request
from booking.allotment.service.wishes import wish_list
from booking.audit import service as audit
from booking.bookings.line import Line
from booking.kernel.actors import Actor
from booking.kernel.db import rows_changed
from booking.kernel.errors import (
    InvalidInputError,
    InvalidStateError,
    NotAllowedError,
    NotFoundError,
    SamePersonError,
)
from booking.kernel.ids import Holder, PersonId
from booking.slots.models import Lane, Method


def propose(
    session: Session,
    line: Line,
    row: tuple[int, Holder],
    lane: Lane,
    ranking_time: datetime | None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Propose another lane or ranking time for a row, of a round and a holder; return the proposal's number.

    Raises `NotFoundError` if the holder has no row that counts, `InvalidStateError` outside the time of objections,
    `NotAllowedError` for one's own row, `InvalidInputError` for a missing reason or ranking time, or a lane that
    the round does not have.
    """
    round_id, holder = row
    proposer = _person(session, line, actor, holder)
    round_ = session.get(Round, round_id)
    entry = session.get(Entry, (round_id, holder))
    if round_ is None or entry is None or entry.standing is not Standing.IN:
        raise NotFoundError
    if round_.stage is not Stage.CLOSED or now >= round_.objections_until:
        raise InvalidStateError
    if not reason.strip():
        raise InvalidInputError("reason")
    if (ranking_time is None) != (round_.method is Method.LOTTERY):
        raise InvalidInputError("ranking_time")
    if lane.value not in announcement_of(round_)["lanes"]:
        raise InvalidInputError("lane")
    proposed = insert(Correction).values(
        round_id=round_id,
        holder=holder,
        lane=lane,
        ranking_time=ranking_time,
        reason=reason.strip(),
        proposed_by_person=proposer,
        proposed_at=now,
    )
    correction_id = session.execute(proposed.returning(Correction.id)).scalar_one()
    audit.record(
        session, "correction proposed", "round", round_id,
        actor=actor, now=now, after={"correction": correction_id}, reason=reason.strip(),
    )  # fmt: skip
    return correction_id


def approve(session: Session, line: Line, correction_id: int, *, actor: Actor, now: datetime) -> None:
    """Consent as a second person: the row is written, and the person is told.

    Raises `SamePersonError` (by person), `NotAllowedError` for one's own row, `InvalidStateError` if it is done
    already, `RoundClosedError` once the list is frozen.
    """
    correction = session.get(Correction, correction_id)
    if correction is None:
        raise NotFoundError
    approver = _person(session, line, actor, Holder(correction.holder))
    if approver == correction.proposed_by_person:
        raise SamePersonError
    claim = update(Correction).where(Correction.id == correction_id, Correction.approved_at.is_(None))
    if rows_changed(session, claim.values(approved_at=now, approved_by_person=approver)) != 1:
        raise InvalidStateError
    round_ = session.get_one(Round, correction.round_id)
    entry = session.get_one(Entry, (correction.round_id, correction.holder))
    request = session.get_one(Request, entry.request_id)
    row = NewRow(
        kind="correct",
        pid=entry.pid,
        lane=correction.lane,
        ranking_time=correction.ranking_time,
        losses=request.losses,
        wishes=wish_list(entry.wishes),
        reason="objection",
        by=_staff_pseudonyms(session, round_, PersonId(correction.proposed_by_person), approver),
    )
    (entry.seq,) = leaves.append_after_close(session, round_.id, [row], now=now)
    entry.lane, entry.ranking_time = correction.lane, correction.ranking_time
    session.flush()  # the messages are statements of their own
    facts = {"reason": correction.reason, "round": round_.id}
    event = f"corrected {correction_id}"
    tell_of_request(session, "request_corrected", request, line=line, now=now, event=event, facts=facts)
    audit.record(
        session, "correction approved", "round", round_.id,
        actor=actor, now=now, after={"correction": correction_id}, reason=correction.reason,
    )  # fmt: skip


def _person(session: Session, line: Line, actor: Actor, holder: Holder) -> PersonId:
    """Return who acts; nobody corrects the own row."""
    if actor.person_id is None or line.is_for(session, holder, actor.person_id):
        raise NotAllowedError
    return actor.person_id


def _staff_pseudonyms(session: Session, round_: Round, *people: PersonId) -> list[str]:
    """Name the two in the record by the round's key: different from any applicant's name, and from each other."""
    secret = keys.secret_of(session, round_)
    return [keys.pseudonym(secret, f"staff:{person_id}") for person_id in people]
