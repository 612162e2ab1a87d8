"""The seal over a piece of the log. Anybody who has the entries can compute it again."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64  # what stands before the first seal


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry as it goes into a seal."""

    id: int
    at: datetime
    account_id: int | None
    person_id: int | None
    role: str
    act: str
    object_kind: str
    object_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str

    @property
    def hash(self) -> str:
        """The hash of what the entry says, every fact of it."""
        facts = (
            self.id, self.at.astimezone(UTC).isoformat(), self.account_id, self.person_id, str(self.role), self.act,
            self.object_kind, self.object_id, self.before, self.after, self.reason,
        )  # fmt: skip
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def seal_of(before: str, entries: Iterable[Sealed]) -> str:
    """Return the seal over entries, in the order of their numbers, after the seal `before`."""
    whole = hashlib.sha256(before.encode())
    for entry in sorted(entries, key=lambda one: one.id):
        whole.update(entry.hash.encode())
    return whole.hexdigest()


def drawn(seed: str, references: Sequence[str], amount: int) -> Sequence[str]:
    """Return which references a seed draws: those whose hash with the seed is least, in that order."""

    def lot(reference: str) -> str:
        return hashlib.sha256(f"{seed}:{reference}".encode()).hexdigest()

    return sorted(references, key=lot)[:amount]
