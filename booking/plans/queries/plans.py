"""One plan with its lines, its authors and its history."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.kernel.actors import Role
from booking.kernel.calendar import local_time
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import PersonId, PlanId, SiteId, SlotId
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.sites.models import Site
from booking.slots.models import Method, Quota, Slot, SlotState

# Whoever did one of these worked on the plan and is not the second person for it.
AUTHORS_ACTS = ("plan drafted", "plan changed", "plan submitted")


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of a plan; once published, with its slot and the seats taken there."""

    id: int
    starts_at: datetime
    ends_at: datetime
    classes: str
    ordinary: int
    priority: int
    slot_id: SlotId | None
    slot_state: SlotState | None
    taken: int = 0

    @property
    def planned(self) -> PlannedLine:
        """The line in wall-clock times."""
        return PlannedLine(
            local_time(self.starts_at), local_time(self.ends_at), self.classes, self.ordinary, self.priority
        )


@dataclass(frozen=True, slots=True)
class PlanShown:
    """One plan as it is stored, with its lines in order of time."""

    id: PlanId
    line: str
    service: str
    site_id: SiteId
    site_code: str
    site_name: str
    site_name_en: str
    day: date
    kind: PlanKind
    method: Method
    state: PlanState
    version: int
    publish_at: datetime
    publish_by: datetime
    exemption: str
    drafted_by_person: PersonId
    submitted_at: datetime | None
    content_hash: str
    approved_by_person: PersonId | None
    approved_at: datetime | None
    published_at: datetime | None
    returned_reason: str
    lines: tuple[LineShown, ...]

    @property
    def planned(self) -> PlannedDay:
        """The plan's content as the rules see it."""
        return PlannedDay(self.day, tuple(line.planned for line in self.lines))

    @property
    def places(self) -> int:
        return sum(line.ordinary + line.priority for line in self.lines)

    @property
    def content(self) -> str:
        """The fingerprint of what an approver consents to: 64 hex digits, the same for the same content."""
        parts = [self.site_id, self.service, self.day.isoformat(), self.kind, self.method, self.exemption]
        lines = [
            [line.starts_at.isoformat(), line.ends_at.isoformat(), line.classes, line.ordinary, line.priority]
            for line in self.lines
        ]
        return hashlib.sha256(json.dumps([*parts, lines]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of a plan or of one of its slots."""

    at: datetime
    act: str
    role: Role
    name: str | None  # of the person; None: the system
    reason: str


PLAN_COLUMNS = [getattr(Plan, name) for name in PlanShown.__dataclass_fields__ if hasattr(Plan, name)]
LINE_COLUMNS = [getattr(PlanLine, name) for name in LineShown.__dataclass_fields__ if hasattr(PlanLine, name)]


def plan_shown(session: Session, plan_id: PlanId) -> PlanShown:
    """Return the plan as it is stored; raise `NotFoundError`."""
    query = (
        select(
            *PLAN_COLUMNS,
            Site.code.label("site_code"),
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
        )
        .join(Site, Site.id == Plan.site_id)
        .where(Plan.id == plan_id)
    )
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    return PlanShown(**row, lines=_lines(session, plan_id))


def _lines(session: Session, plan_id: PlanId) -> tuple[LineShown, ...]:
    query = (
        select(*LINE_COLUMNS, Slot.state.label("slot_state"))
        .outerjoin(Slot, Slot.id == PlanLine.slot_id)
        .where(PlanLine.plan_id == plan_id)
        .order_by(PlanLine.starts_at, PlanLine.id)
    )
    rows = session.execute(query).mappings().all()
    slot_ids = [row["slot_id"] for row in rows if row["slot_id"] is not None]
    counts: dict[int, int] = {}
    if slot_ids:
        taken = select(Quota.slot_id, Quota.taken).where(Quota.slot_id.in_(slot_ids))
        for slot_id, seats in session.execute(taken):
            counts[slot_id] = counts.get(slot_id, 0) + seats
    return tuple(LineShown(**row, taken=counts.get(row["slot_id"] or 0, 0)) for row in rows)


def authors(session: Session, plan_id: PlanId) -> frozenset[PersonId]:
    """Return every person who worked on the plan's content; none of them may approve it (by person)."""
    query = select(AuditEntry.person_id).where(
        AuditEntry.object_kind == "plan", AuditEntry.object_id == str(plan_id), AuditEntry.act.in_(AUTHORS_ACTS)
    )
    return frozenset(PersonId(person) for person in session.scalars(query) if person is not None)


def history(session: Session, plan: PlanShown) -> Sequence[Event]:
    """Return every step of the plan and of its slots, oldest first."""
    slots = [str(line.slot_id) for line in plan.lines if line.slot_id is not None]
    of_plan = (AuditEntry.object_kind == "plan") & (AuditEntry.object_id == str(plan.id))
    of_slots = (
        (AuditEntry.object_kind == "slot")
        & AuditEntry.object_id.in_(slots)
        & AuditEntry.act.in_(("withdrawal proposed", "withdrawal declined", "slot withdrawn"))
    )
    query = select(AuditEntry.at, AuditEntry.act, AuditEntry.role, Person.name, AuditEntry.reason).outerjoin(
        Person, Person.id == AuditEntry.person_id
    )
    rows = session.execute(query.where(of_plan | of_slots).order_by(AuditEntry.id)).mappings()
    return [Event(**row) for row in rows]


def due_plans(session: Session, *, now: datetime) -> Sequence[PlanId]:
    """Return the approved plans whose hour has come, in due order; it may have passed."""
    due = select(Plan.id).where(Plan.state == PlanState.APPROVED, Plan.publish_at <= now)
    return [PlanId(plan_id) for plan_id in session.scalars(due.order_by(Plan.publish_at, Plan.id))]
