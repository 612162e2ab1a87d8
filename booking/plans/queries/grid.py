"""The board day by day, also in the past: what is planned by state, what of it is booked, and what kind of day it is.

Six statements, however many days and plans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from booking.kernel.calendar import ONE_DAY
from booking.kernel.ids import SiteId
from booking.plans.models import Plan, PlanLine, PlanState
from booking.plans.queries.board import SiteChoice
from booking.policies import queries as policies
from booking.sites import queries as sites
from booking.slots.models import Quota, Slot, SlotState


@dataclass(frozen=True, slots=True)
class DayPlans:
    """The plans of one day. `places` leave out withdrawn sessions; of the published ones, `taken` are booked."""

    counts: Mapping[PlanState, int] = field(default_factory=dict)
    places: int = 0
    published: int = 0
    taken: int = 0
    overdue: int = 0

    @property
    def free(self) -> int:
        """Published places that nobody has."""
        return self.published - self.taken

    @property
    def plans(self) -> int:
        return sum(self.counts.values())

    def count(self, state: str) -> int:
        """How many plans are in a state, by its code."""
        return self.counts.get(PlanState(state), 0)


@dataclass(frozen=True, slots=True)
class DayShown:
    """One day of the board. `note` is the holiday's name, or why the only site asked for opens or closes that day."""

    day: date
    plans: DayPlans
    is_open: bool
    note: str = ""


NOTHING = DayPlans()


def days_shown(
    session: Session, first: date, last: date, choices: Sequence[SiteChoice], *, site_id: SiteId | None, now: datetime
) -> Sequence[DayShown]:
    """Return every day from `first` to `last`, both included, of one site or of all `choices`."""
    asked = [choice.id for choice in choices] if site_id is None else [site_id]
    entries = {entry.day: entry for entry in policies.calendar(session, first, last)}
    worked = policies.working_days(session, around=first)
    openings = sites.openings_of_sites(session, asked, first, last, worked).values()
    notes = {day: entry.name for day, entry in entries.items()}
    if site_id is not None:
        notes |= {one.day: one.reason for one in sites.days(session, site_id, first) if one.day <= last}
    plans = _plans(session, first, last, site_id, now)
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    return [
        DayShown(day, plans.get(day, NOTHING), any(opening[day] for opening in openings), notes.get(day, ""))
        for day in days
    ]


def _plans(
    session: Session, first: date, last: date, site_id: SiteId | None, now: datetime
) -> Mapping[date, DayPlans]:
    places = PlanLine.ordinary + PlanLine.priority
    ledger = select(Quota.slot_id, func.sum(Quota.taken).label("taken")).join(Slot, Slot.id == Quota.slot_id)
    ledger = ledger.where(Slot.day.between(first, last)).group_by(Quota.slot_id)
    seats = ledger.subquery()
    in_use = func.coalesce(Slot.state, SlotState.PUBLISHED) == SlotState.PUBLISHED
    late = and_(Plan.state != PlanState.PUBLISHED, Plan.exemption == "", Plan.publish_by < now)
    query = (
        select(
            Plan.day,
            Plan.state,
            func.count(Plan.id.distinct()).label("plans"),
            func.count(case((late, Plan.id)).distinct()).label("overdue"),
            func.coalesce(func.sum(case((in_use, places), else_=0)), 0).label("places"),
            func.coalesce(func.sum(case((in_use, seats.c.taken), else_=0)), 0).label("taken"),
        )
        .outerjoin(PlanLine, PlanLine.plan_id == Plan.id)
        .outerjoin(Slot, Slot.id == PlanLine.slot_id)
        .outerjoin(seats, seats.c.slot_id == Slot.id)
        .where(Plan.day.between(first, last), Plan.state != PlanState.DISCARDED)
        .group_by(Plan.day, Plan.state)
    )
    if site_id is not None:
        query = query.where(Plan.site_id == site_id)
    rows: dict[date, list[tuple[PlanState, int, int, int, int]]] = {}
    for day, *row in session.execute(query):
        rows.setdefault(day, []).append((row[0], row[1], row[2], int(row[3]), int(row[4])))
    return {day: _day(states) for day, states in rows.items()}


def _day(rows: Sequence[tuple[PlanState, int, int, int, int]]) -> DayPlans:
    return DayPlans(
        counts={state: plans for state, plans, *_ in rows},
        places=sum(places for *_, places, _taken in rows),
        published=sum(places for state, _plans, _late, places, _taken in rows if state is PlanState.PUBLISHED),
        taken=sum(taken for *_, taken in rows),
        overdue=sum(late for _state, _plans, late, *_ in rows),
    )
