"""The steps of a worker: claim, say that it lives, and report. Each step asks whether the claim still stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account
from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import rows_changed
from booking.kernel.errors import ConflictError, LineError, NotAllowedError
from booking.kernel.ids import AccountId, PersonId, SiteId
from booking.kernel.secrets import new_token
from booking.transfers.models import AT_WORK, Direction, Transfer, TransferState
from booking.transfers.rules import KEPT_IN, KEPT_OUT, LEASE, MOST_TRIES
from booking.transfers.scope import Scope
from booking.transfers.service.pieces import forget_pieces

OBJECT = "transfer"


class ClaimLostError(ConflictError):
    """Another process has taken this transfer over; whatever was done here is rolled back."""


@dataclass(frozen=True, slots=True)
class Work:
    """A transfer that this process has claimed, and for whom it acts."""

    id: int
    claim: str
    direction: Direction
    kind: str
    file_format: str
    scope: Scope
    reason: str
    name: str
    fingerprint: str
    is_dry_run: bool
    actor: Actor


def claim_next(
    session: Session, *, now: datetime, only: int | None = None, alive: Collection[int] = ()
) -> Work | None:
    """Claim the oldest transfer that waits, or whose worker has died; None if there is none.

    `alive` are those whose worker shows elsewhere that it lives. What was tried too often is given up as failed.
    """
    free = or_(Transfer.claimed_until.is_(None), Transfer.claimed_until <= now)
    waiting = [Transfer.state.in_(AT_WORK), free, Transfer.id.not_in(alive)]
    if only is not None:
        waiting.append(Transfer.id == only)
    for row in session.scalars(select(Transfer).where(*waiting).order_by(Transfer.id)).all():
        claim = new_token()
        step = (
            update(Transfer)
            .where(Transfer.id == row.id, *waiting)
            .values(
                claim=claim, claimed_until=now + LEASE, tries=Transfer.tries + 1, done=0,
                started_at=func.coalesce(Transfer.started_at, now),
            )
        )  # fmt: skip
        if rows_changed(session, step) != 1:
            continue
        session.refresh(row)
        if row.tries <= MOST_TRIES:
            return _work(session, row)
        _end(session, row.id, claim, TransferState.FAILED, now=now)
    return None


def renew(session: Session, work: Work, *, done: int, total: int, now: datetime) -> None:
    """Say that the work goes on, and how far it is; raise `ClaimLostError`."""
    _step(session, work.id, work.claim, claimed_until=now + LEASE, done=done, total=total)


def release(session: Session, work: Work) -> None:
    """Let another try follow at once."""
    step = update(Transfer).where(Transfer.id == work.id, Transfer.claim == work.claim)
    session.execute(step.values(claim="", claimed_until=None))


def note_checked(session: Session, work: Work, counts: Mapping[str, int], *, now: datetime) -> None:
    """The dry run was clean: from now on the file can be brought in, for a day."""
    rows = counts["rows"]
    _step(
        session, work.id, work.claim, state=TransferState.CHECKED, counts=dict(counts), total=rows, done=rows,
        claim="", claimed_until=None, keep_until=now + KEPT_IN,
    )  # fmt: skip


def note_refused(session: Session, work: Work, errors: Sequence[LineError], *, total: int, now: datetime) -> None:
    """The file is wrong: keep what is to be mended, and forget the file."""
    _end(
        session, work.id, work.claim, TransferState.REFUSED, now=now, errors=[asdict(error) for error in errors],
        total=total,
    )  # fmt: skip
    forget_pieces(session, work.id)
    audit.record(
        session, "file refused", OBJECT, work.id, actor=work.actor, now=now,
        after={"kind": work.kind, "count": len(errors)},
    )  # fmt: skip


def note_brought_in(session: Session, work: Work, counts: Mapping[str, int], *, now: datetime) -> None:
    """The file is stored in this very transaction; raise `ClaimLostError`, which undoes it all."""
    rows = counts["rows"]
    _end(session, work.id, work.claim, TransferState.DONE, now=now, counts=dict(counts), total=rows, done=rows)
    forget_pieces(session, work.id)
    audit.record(
        session, "file brought in", OBJECT, work.id, actor=work.actor, now=now,
        after={"kind": work.kind, "fingerprint": work.fingerprint, **counts},
    )  # fmt: skip


def note_ready(session: Session, work: Work, *, rows: int, size: int, fingerprint: str, now: datetime) -> None:
    """The file is made, and can be taken for an hour."""
    _end(
        session, work.id, work.claim, TransferState.DONE, now=now, counts={"rows": rows}, total=rows, done=rows,
        size=size, fingerprint=fingerprint, keep_until=now + KEPT_OUT,
    )  # fmt: skip
    audit.record(
        session, "file made", OBJECT, work.id, actor=work.actor, now=now, reason=work.reason,
        after={"kind": work.kind, "fingerprint": fingerprint, "count": rows},
    )  # fmt: skip


def note_failed(session: Session, work: Work, errors: Sequence[LineError], *, now: datetime) -> None:
    """The file cannot be made, and trying again would not help."""
    listed = [asdict(error) for error in errors]
    _end(session, work.id, work.claim, TransferState.FAILED, now=now, errors=listed)
    audit.record(session, "file failed", OBJECT, work.id, actor=work.actor, now=now, after={"kind": work.kind})


def end_unused(session: Session, *, now: datetime) -> int:
    """Give up files that passed their dry run and were not brought in for a day; return how many."""
    late = (Transfer.state == TransferState.CHECKED, Transfer.keep_until <= now)
    return rows_changed(session, update(Transfer).where(*late).values(state=TransferState.GIVEN_UP, finished_at=now))


def _work(session: Session, row: Transfer) -> Work:
    return Work(
        id=row.id,
        claim=row.claim,
        direction=row.direction,
        kind=row.kind,
        file_format=row.file_format,
        scope=Scope(row.first_day, row.last_day, SiteId(row.site_id) if row.site_id else None),
        reason=row.reason,
        name=row.name,
        fingerprint=row.fingerprint,
        is_dry_run=row.state is TransferState.CHECKING,
        actor=_actor(session, row.asked_by),
    )


def _actor(session: Session, account_id: int) -> Actor:
    """Return the account as it stands now: whoever lost it, or changed roles, asks for nothing any more."""
    account = session.get_one(Account, account_id)
    site_id = SiteId(account.site_id) if account.site_id else None
    return Actor(AccountId(account.id), PersonId(account.person_id), account.role, site_id)


def require_active(session: Session, work: Work) -> None:
    """Raise `NotAllowedError` if the account was closed since."""
    if session.scalar(select(Account.disabled_at).where(Account.id == work.actor.account_id)) is not None:
        raise NotAllowedError


def _end(
    session: Session, transfer_id: int, held: str, state: TransferState, /, *, now: datetime, **values: object
) -> None:
    _step(session, transfer_id, held, state=state, finished_at=now, claim="", claimed_until=None, **values)


def _step(session: Session, transfer_id: int, held: str, /, **values: object) -> None:
    step = update(Transfer).where(Transfer.id == transfer_id, Transfer.claim == held, Transfer.state.in_(AT_WORK))
    if rows_changed(session, step.values(values)) != 1:
        raise ClaimLostError
