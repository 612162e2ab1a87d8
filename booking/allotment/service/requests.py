"""Asking, changing and withdrawing. Each leaves a row in the record of every round that is still collecting.

When a request comes in counts for nothing; a holder has one live request of a service, and the database says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.allotment.errors import AlreadyAskedError
from booking.allotment.models.requests import Entry, Request, RequestState, RequestWish, Standing
from booking.allotment.models.rounds import Leaf, Round
from booking.allotment.service import keys, leaves
from booking.allotment.service.entering import change_rounds, enter_rounds, leave_rounds
from booking.allotment.service.leaves import NewRow
from booking.allotment.service.messages import tell_of_request
from booking.allotment.service.wishes import (
    WishFor,
    as_columns,
    open_choices,
    require_fit,
    require_open,
)
from booking.allotment.service.wishes import rows_by_round as rows_of_rounds
from booking.audit import service as audit
from booking.bookings.acting import refuse_others, refuse_strangers
from booking.bookings.evidence import NO_EVIDENCE, Evidence
from booking.bookings.line import Line
from booking.bookings.models import BookingChannel
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import ConflictError, NotFoundError, Refusal, StaleError
from booking.kernel.ids import Holder, PersonId, new_reference
from booking.policies import queries as policies

CONFLICTS = {"uq_request_live": AlreadyAskedError, "uq_request_person_id_request_key": ConflictError}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for a holder: wishes in order, whether site wishes go on, and how the request came in.

    `notice_hours` None takes the office's setting. `request_key` comes with the form: sent twice, it is one request.
    """

    person_id: PersonId
    holder: Holder
    service: str
    wishes: Sequence[WishFor]
    request_key: str
    carry_on: bool = False
    notice_hours: int | None = None
    channel: BookingChannel = BookingChannel.INTERNET
    reason: str = field(default="")
    evidence: Evidence = NO_EVIDENCE


def ask(session: Session, line: Line, asked: Asked, *, actor: Actor, now: datetime) -> str:
    """Store a request with its rows and return its reference.

    Raises an `UnfitWishError`, `RequestRefusedError` with every reason, `AlreadyAskedError`, or `RoundClosedError`
    if a round closed this moment; then nothing is stored.
    """
    refuse_others(session, line, actor, asked.holder)
    refuse_strangers(session, line, asked.holder, asked.person_id)
    if made := _made_before(session, asked):
        return made
    require_fit(session, line, asked.service, asked.wishes, now=now)
    choices = open_choices(session, line, asked.service, now=now, among=asked.wishes)
    require_open(asked.wishes, choices, waits=asked.carry_on)
    rows = rows_of_rounds(session, line, asked.holder, asked.wishes, choices, now=now)
    reference = new_reference()
    row = insert(Request).values(
        reference=reference,
        line=line.key,
        service=asked.service,
        person_id=asked.person_id,
        holder=asked.holder,
        channel=asked.channel,
        asked_by=actor.account_id,
        reason=asked.reason,
        request_key=asked.request_key,
        carry_on=asked.carry_on,
        notice_hours=_notice_hours(session, asked, now),
        losses=_losses(session, asked),
        created_at=now,
        changed_at=now,
    )
    with conflicts_as(CONFLICTS):
        request_id = session.execute(row.returning(Request.id)).scalar_one()
    _write_wishes(session, request_id, asked.wishes)
    after = {"service": asked.service, "wishes": len(asked.wishes), "rounds": list(rows), **asked.evidence.facts}
    audit.record(
        session, "request made", "request", request_id, actor=actor, now=now, after=after, reason=asked.reason
    )
    request = session.get_one(Request, request_id)
    tell_of_request(session, "request_received", request, line=line, now=now)
    enter_rounds(session, line, request, rows, now=now)
    return reference


def change(
    session: Session, line: Line, reference: str, asked: Asked, *, version: int, actor: Actor, now: datetime
) -> None:
    """Give a live request other wishes; rows of rounds that have closed stay as they were sealed.

    `version` is what the person saw: raises `StaleError` if it has changed since, otherwise as `ask`.
    """
    request = own_request(session, line, reference, actor)
    require_fit(session, line, request.service, asked.wishes, now=now)
    choices = open_choices(session, line, request.service, now=now, among=asked.wishes)
    require_open(asked.wishes, choices, waits=asked.carry_on)
    rows = rows_of_rounds(session, line, Holder(request.holder), asked.wishes, choices, now=now)
    claim = (
        update(Request)
        .where(Request.id == request.id, Request.state == RequestState.LIVE, Request.version == version)
        .values(
            version=version + 1,
            carry_on=asked.carry_on,
            notice_hours=_notice_hours(session, asked, now),
            changed_at=now,
        )
    )
    if rows_changed(session, claim) != 1:
        raise StaleError
    session.refresh(request)
    session.execute(delete(RequestWish).where(RequestWish.request_id == request.id))
    _write_wishes(session, request.id, asked.wishes)
    after = {"wishes": len(asked.wishes), "rounds": list(rows), **asked.evidence.facts}
    audit.record(
        session, "request changed", "request", request.id, actor=actor, now=now, after=after, reason=asked.reason
    )
    event = f"request_changed {request.version}"
    tell_of_request(session, "request_changed", request, line=line, now=now, event=event)
    change_rounds(session, line, request, rows, now=now)


def withdraw(
    session: Session,
    line: Line,
    reference: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
) -> None:
    """Withdraw a live request. In a closed round the sealed row stays; what it would win goes to the next in line.

    Withdrawing what is withdrawn already changes nothing; raises `ConflictError` once it is granted or ended.
    """
    request = own_request(session, line, reference, actor)
    if request.state is RequestState.WITHDRAWN:
        return
    end(session, request, RequestState.WITHDRAWN, actor=actor, now=now, reason=reason, evidence=evidence)
    tell_of_request(session, "request_withdrawn", request, line=line, now=now)
    leave_rounds(session, [request.id], now=now)


def end(
    session: Session,
    request: Request,
    state: RequestState,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
) -> None:
    """Take a request out of life, exactly once; raise `ConflictError` if it is not live."""
    step = update(Request).where(Request.id == request.id, Request.state == RequestState.LIVE)
    if rows_changed(session, step.values(state=state, ended_at=now)) != 1:
        raise ConflictError
    act, after = f"request {state}", {**evidence.facts}
    audit.record(session, act, "request", request.id, actor=actor, now=now, after=after, reason=reason)


def note_refusal(
    session: Session, line: Line, asked: Asked, round_id: int, reasons: Sequence[Refusal], *, now: datetime
) -> None:
    """Write into the record that a request was refused and why, once for a reason; nobody can be turned away unseen.

    Only for a holder without a row that counts: an accepted request is not touched by a refused change of it.
    """
    round_ = session.get_one(Round, round_id)
    pid = keys.pseudonyms(session, line, round_, [asked.holder])[asked.holder]
    entry = session.get(Entry, (round_id, asked.holder))
    if (entry is not None and entry.standing is Standing.IN) or not reasons:
        return
    code = reasons[0].code
    if code in _refusals_noted(session, round_id, pid):
        return
    leaves.append(session, round_id, [NewRow("refused", pid, reason=code)], now=now)


def own_request(session: Session, line: Line, reference: str, actor: Actor) -> Request:
    """Return a request of the line that the actor may act on; raise `NotFoundError` or `NotAllowedError`."""
    request = session.scalar(select(Request).where(Request.reference == reference.upper()))
    if request is None or request.line != line.key:
        raise NotFoundError
    refuse_others(session, line, actor, Holder(request.holder))
    return request


def _made_before(session: Session, asked: Asked) -> str | None:
    return session.scalar(
        select(Request.reference).where(
            Request.person_id == asked.person_id,
            Request.holder == asked.holder,
            Request.request_key == asked.request_key,
        )
    )


def _write_wishes(session: Session, request_id: int, wishes: Sequence[WishFor]) -> None:
    rows = [{"request_id": request_id, "place": n, **as_columns(wish)} for n, wish in enumerate(wishes, start=1)]
    session.execute(insert(RequestWish), rows)


def _notice_hours(session: Session, asked: Asked, now: datetime) -> int:
    if asked.notice_hours is not None:
        return asked.notice_hours
    return policies.all_values(session, local_day(now)).number("rounds.late_hours")


def _losses(session: Session, asked: Asked) -> int:
    """Return the draws lost since the last place of the service: a new request goes on where the old one ended."""
    query = (
        select(Request.losses, Request.state)
        .where(Request.holder == asked.holder, Request.service == asked.service)
        .order_by(Request.id.desc())
        .limit(1)
    )
    last = session.execute(query).one_or_none()
    return 0 if last is None or last.state is RequestState.GRANTED else int(last.losses)


def _refusals_noted(session: Session, round_id: int, pid: str) -> set[str]:
    query = select(Leaf).where(Leaf.round_id == round_id, Leaf.pid == pid)
    rows = [leaves.row_of(leaf) for leaf in session.scalars(query)]
    return {str(row["reason"]) for row in rows if row["kind"] == "refused"}
