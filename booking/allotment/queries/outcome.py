"""The long lists of a round, in pages or by one row: who has a place, by masked name; the queue; the codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.allotment.models.requests import Entry, Standing
from booking.allotment.models.rounds import Leaf
from booking.allotment.queries.rounds import Code
from booking.kernel.calendar import local_day
from booking.kernel.identifiers import masked_name
from booking.sites.models import Site
from booking.slots.models import Lane, Slot

PAGE = 20


@dataclass(frozen=True, slots=True)
class Granted:
    """Somebody who has a place now. `queue` is 0 for whoever the draw gave it, else the place waited at before."""

    name: str
    site_name: str
    site_name_en: str
    starts_at: datetime
    ends_at: datetime
    lane: Lane
    ranking_day: date | None
    queue: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the queue: a number, without a name."""

    queue: int
    lane: Lane
    ranking_day: date | None


def granted_page(
    session: Session, round_id: int, *, slot_id: int | None = None, page: int = 1
) -> tuple[Sequence[Granted], bool]:
    """Return one page of those who have a place, and whether there are more.

    By slot and name, not by place in the order: side by side with the record, that would tell whose code is whose.
    """
    query = (
        select(
            Person.name.label("person"), Site.name, Site.name_en, Slot.starts_at, Slot.ends_at,
            Entry.lane, Entry.ranking_time, Entry.queue,
        )
        .select_from(Entry)
        .join(Person, Person.id == Entry.person_id)
        .join(Slot, Slot.id == Entry.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .where(Entry.round_id == round_id, Entry.standing == Standing.GRANTED)
        .order_by(Slot.starts_at, Site.id, Slot.id, Person.sort_key, Person.id, Entry.holder)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    if slot_id is not None:
        query = query.where(Entry.slot_id == slot_id)
    found = [
        Granted(
            name=masked_name(row.person),
            site_name=row.name,
            site_name_en=row.name_en,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            lane=row.lane,
            ranking_day=day_of(row.ranking_time),
            queue=row.queue,
        )
        for row in session.execute(query)
    ]
    return found[:PAGE], len(found) > PAGE


def queue_page(session: Session, round_id: int, *, page: int = 1) -> tuple[Sequence[Waiting], bool]:
    """Return one page of the waiting queue in its order, and whether there are more."""
    query = (
        select(Entry.queue, Entry.lane, Entry.ranking_time)
        .where(Entry.round_id == round_id, Entry.standing == Standing.WAITING)
        .order_by(Entry.queue)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    found = [Waiting(row.queue, row.lane, day_of(row.ranking_time)) for row in session.execute(query)]
    return found[:PAGE], len(found) > PAGE


def find_code(session: Session, round_id: int, text: str) -> Code | None:
    """Return the row of the list with this code or number, or None."""
    query = select(Leaf.seq, Leaf.leaf).where(Leaf.round_id == round_id)
    if text.isascii() and text.isdigit() and len(text) < 10:
        row = session.execute(query.where(Leaf.seq == int(text))).one_or_none()
    else:
        row = session.execute(query.where(Leaf.leaf == text.lower()).limit(1)).one_or_none()
    return Code(row.seq, row.leaf) if row else None


def day_of(ranking_time: datetime | None) -> date | None:
    """Return the local day of a ranking time; None in a lottery."""
    return local_day(ranking_time) if ranking_time else None
