"""What the log keeps of looking: that a clerk searched and how many were found, and whose page was opened."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.ids import PersonId

SEARCHED = "desk searched"
OPENED = "person looked up"


def note_search(session: Session, count: int, *, actor: Actor, now: datetime) -> None:
    """Write that somebody searched. What for stands nowhere: the entry is about the number of hits."""
    audit.record(session, SEARCHED, "search", count, actor=actor, now=now)


def note_opening(session: Session, person_id: PersonId, *, actor: Actor, now: datetime) -> None:
    """Write that somebody opened the page of a person."""
    audit.record(session, OPENED, "person", person_id, actor=actor, now=now)
