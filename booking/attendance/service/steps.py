"""What every verb of the day shares: whose site it is, and one step taken once, with its audit row."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.attendance.models import STEPS, Visit, VisitState
from booking.audit import service as audit
from booking.kernel.actors import Actor, Role
from booking.kernel.db import rows_changed
from booking.kernel.errors import ConflictError, InvalidStateError, NotAllowedError, NotFoundError, Wording
from booking.kernel.ids import SiteId, VisitId

OPERATORS = (Role.STATION, Role.EXAM_SITE)


class AlreadyHereError(ConflictError):
    """The holder, or the booking, has a visit already; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "已经登记到站，还在办理中，不用重复登记。",
        "The arrival is recorded already, and that visit is not over; go on with it.",
    )


STANDS_SOMEWHERE: dict[str, type[Exception]] = {"uq_visit_open": AlreadyHereError}


def refuse_elsewhere(actor: Actor, site_id: SiteId) -> None:
    """Operators act at their own site, the system anywhere, and nobody else acts on a queue."""
    if actor.role is not Role.SYSTEM and not (actor.role in OPERATORS and actor.site_id == site_id):
        raise NotAllowedError


def visit_at_own_site(session: Session, visit_id: VisitId, actor: Actor) -> Visit:
    """Return the visit; raise `NotFoundError`, or `NotAllowedError` where it is at another site."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise NotFoundError
    refuse_elsewhere(actor, SiteId(visit.site_id))
    return visit


def take_step(
    session: Session,
    visit: Visit,
    state: VisitState,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    values: Mapping[str, object] | None = None,
) -> None:
    """Bring the visit to `state` exactly once and set `values`; raise `InvalidStateError` if that cannot follow.

    A result that is settled takes no step, and of two who take one at once the second gets `ConflictError`.
    """
    before = visit.state
    if state not in STEPS.get(before, frozenset()):
        raise InvalidStateError(f"visit {visit.id} is {before} and cannot become {state}")
    step = update(Visit).where(Visit.id == visit.id, Visit.state == before, Visit.settled_at.is_(None))
    if rows_changed(session, step.values({"state": state, **(values or {})})) != 1:
        raise ConflictError
    audit.record(
        session, act, "visit", visit.id,
        actor=actor, now=now, before={"state": before}, after={"state": state}, reason=reason,
    )  # fmt: skip
