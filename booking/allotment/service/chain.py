"""The events of a round after its draw. A chain is taken under the lock of the round's row and written back once."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import RecordEvent, Round, Stage
from booking.allotment.rules.draw import Json
from booking.allotment.rules.encoding import instant_text
from booking.allotment.rules.events import event_hash
from booking.kernel.db import batched
from booking.kernel.errors import InvalidStateError


@dataclass(slots=True)
class Chain:
    """The end of a round's chain, growing in memory until `save`."""

    round_id: int
    n: int
    hash: bytes
    latest: datetime
    written: list[dict[str, object]] = field(default_factory=list)

    def add(self, kind: str, pid: str, slot_id: int, at: datetime, reason: str = "") -> None:
        """Append one event; none is dated before the one it follows."""
        self.latest = max(self.latest, at.replace(microsecond=0))
        self.n += 1
        event = event_json(n=self.n, kind=kind, pid=pid, slot_id=slot_id, at=self.latest, reason=reason)
        self.hash = event_hash(self.hash, event)
        self.written.append(
            {
                "round_id": self.round_id,
                "n": self.n,
                "kind": kind,
                "pid": pid,
                "slot_id": slot_id,
                "at": self.latest,
                "reason": reason,
                "hash": self.hash.hex(),
            }
        )

    def save(self, session: Session) -> None:
        """Write what was added."""
        for some in batched(self.written):
            session.execute(insert(RecordEvent), list(some))
        session.execute(
            update(Round).where(Round.id == self.round_id).values(events=self.n, event_hash=self.hash.hex())
        )
        self.written.clear()


def event_json(*, n: int, kind: str, pid: str, slot_id: int, at: datetime, reason: str) -> Json:
    """Return an event as the record has it."""
    return {"n": n, "kind": kind, "pid": pid, "slot": str(slot_id), "at": instant_text(at), "reason": reason}


def take_chain(session: Session, round_id: int) -> Chain:
    """Lock a drawn round and return the end of its chain; raise `InvalidStateError` for one that is not drawn."""
    lock = update(Round).where(Round.id == round_id, Round.stage == Stage.DRAWN).values(events=Round.events)
    row = session.execute(lock.returning(Round.events, Round.event_hash, Round.beacon_not_before)).one_or_none()
    if row is None:
        raise InvalidStateError(f"round {round_id} is not drawn")
    latest = session.scalar(select(func.max(RecordEvent.at)).where(RecordEvent.round_id == round_id))
    return Chain(round_id, row.events, bytes.fromhex(row.event_hash), latest or row.beacon_not_before)
