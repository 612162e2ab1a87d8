"""Who changed what and when, of a plan, a session or a site: from the log, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.audit.queries import Entry
from booking.kernel.ids import PlanId, SiteId, SlotId
from booking.plans.models import PlanLine
from booking.sites.models import TestLane

PAGE = 30
NOT_TO_READ = frozenset({"content", "site"})  # a fingerprint and a number, which say nothing to a reader
Objects = Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Done:
    """One entry of the log with the name of who acted; None: the system, or somebody without a name."""

    entry: Entry
    name: str | None


def of_plan(session: Session, plan_id: PlanId) -> Objects:
    """Return what the history of a plan is made of: itself and its sessions."""
    slots = select(PlanLine.slot_id).where(PlanLine.plan_id == plan_id, PlanLine.slot_id.is_not(None))
    return (("plan", [plan_id]), ("slot", [slot_id for slot_id in session.scalars(slots) if slot_id is not None]))


def of_slot(slot_id: SlotId) -> Objects:
    """Return what the history of a session is made of."""
    return (("slot", [slot_id]),)


def of_site(session: Session, site_id: SiteId) -> Objects:
    """Return what the history of a site is made of: itself and its test lanes."""
    lanes = session.scalars(select(TestLane.id).where(TestLane.site_id == site_id)).all()
    return (("site", [site_id]), ("test_lane", lanes))


def done_to(
    session: Session, objects: Objects, *, before: int | None = None, limit: int = PAGE
) -> tuple[Sequence[Done], int | None]:
    """Return a page of what was done to the objects, newest first, and the cursor of the next page; one statement."""
    of_these = or_(
        *(
            and_(AuditEntry.object_kind == kind, AuditEntry.object_id.in_([str(number) for number in ids]))
            for kind, ids in objects
        )
    )
    query = (
        select(*(getattr(AuditEntry, one.name) for one in fields(Entry)), Person.name)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(of_these)
        .order_by(AuditEntry.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = session.execute(query).all()
    found = [Done(_readable(Entry(*row[:-1])), row[-1]) for row in rows[:limit]]
    return found, found[-1].entry.id if len(rows) > limit else None


def _readable(entry: Entry) -> Entry:
    before, after = (
        {fact: _in_words(fact, value) for fact, value in side.items() if fact not in NOT_TO_READ}
        for side in (entry.before, entry.after)
    )
    return replace(entry, before=before, after=after)


def _in_words(fact: str, value: object) -> object:
    """Write the sessions of a plan as people do: no star for every class, no places that there are none of."""
    if fact != "lines" or not isinstance(value, list):
        return value
    return [str(line).replace(" * ", " ").removesuffix("+0") for line in value]
