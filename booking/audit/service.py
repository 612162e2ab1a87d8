"""Writing the log. Called by every service verb that changes something, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor
from booking.kernel.db import table_of

# Core and built once: every change of anything writes one of these, often while a seat is waited for.
ENTRY = insert(table_of(AuditEntry))


def record(
    session: Session,
    act: str,
    kind: str,
    object_id: object,
    *,
    actor: Actor,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write one audit entry: `act` in past tense ("booking cancelled") on the object `kind` `object_id`.

    `before` and `after` hold only what changed, as JSON values, and never an identity number, phone or plate.
    """
    entry = {
        "at": now,
        "account_id": actor.account_id,
        "person_id": actor.person_id,
        "role": actor.role,
        "act": act,
        "object_kind": kind,
        "object_id": str(object_id),
        "before": before or {},
        "after": after or {},
        "reason": reason,
    }
    session.execute(ENTRY, entry)


def record_all(
    session: Session,
    act: str,
    kind: str,
    objects: Sequence[tuple[object, dict[str, Any]]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write one entry for each of the (object id, what is true after it), in one statement."""
    entries = [
        {
            "at": now,
            "account_id": actor.account_id,
            "person_id": actor.person_id,
            "role": actor.role,
            "act": act,
            "object_kind": kind,
            "object_id": str(object_id),
            "before": {},
            "after": after,
            "reason": "",
        }
        for object_id, after in objects
    ]
    if entries:
        session.execute(ENTRY, entries)
