"""What every verb of plans asks first: is it the actor's site, and does the plan keep law and calendar?"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session

from booking.kernel.actors import Actor
from booking.kernel.errors import ConflictError, NotAllowedError, Wording
from booking.kernel.ids import PersonId, SiteId
from booking.plans.models import PlanKind
from booking.plans.queries.circumstances import Planning, day_facts
from booking.plans.queries.plans import PlanShown
from booking.plans.rules.conflicts import Conflict, conflicts
from booking.plans.rules.pattern import PlannedDay, PlannedLine


class ConflictingPlanError(ConflictError):
    """A plan breaks the law, the calendar or another plan; `conflicts` holds everything found."""

    wording: ClassVar[Wording] = Wording(
        "计划与规定、开放日历或其他计划冲突，没有保存。请按列出的问题修改。",
        "The plan conflicts with rules, calendar or another plan, so it was not saved. Change what is listed.",
    )

    def __init__(self, found: Sequence[Conflict] = ()) -> None:
        super().__init__(", ".join(f"{conflict.day} {conflict.code}" for conflict in found))
        self.conflicts = tuple(found)


def require_own_site(actor: Actor, site_id: SiteId) -> None:
    """Raise `NotAllowedError` if the actor is bound to another site."""
    if actor.site_id is not None and actor.site_id != site_id:
        raise NotAllowedError


def person_of(actor: Actor) -> PersonId:
    """Return the person who acts; the system itself drafts and approves nothing."""
    if actor.person_id is None:
        raise NotAllowedError
    return actor.person_id


def conflicts_of_days(
    session: Session, planning: Planning, days: Sequence[PlannedDay], *, now: datetime, exempt: bool = False
) -> tuple[Conflict, ...]:
    """Return what is wrong with each of the days, nothing saved."""
    facts = day_facts(session, planning, [planned.day for planned in days])
    return tuple(
        conflict for planned in days for conflict in conflicts(planned, facts[planned.day], now=now, exempt=exempt)
    )


def conflicts_of_plan(session: Session, plan: PlanShown, *, now: datetime) -> tuple[Conflict, ...]:
    """Return what is wrong with a stored plan."""
    return conflicts_of_lines(session, plan, plan.planned.lines, exempt=bool(plan.exemption), now=now)


def conflicts_of_lines(
    session: Session, plan: PlanShown, lines: tuple[PlannedLine, ...], *, exempt: bool, now: datetime
) -> tuple[Conflict, ...]:
    """Return what would be wrong with a stored plan if these were its lines.

    A make-up plan stands beside the regular one of its day.
    """
    planning = Planning(plan.site_id, plan.service, apart_from=plan.id, method=plan.method)
    found = conflicts_of_days(session, planning, [PlannedDay(plan.day, lines)], now=now, exempt=exempt)
    return without_rival(found) if plan.kind is PlanKind.MAKE_UP else found


def without_rival(found: Sequence[Conflict]) -> tuple[Conflict, ...]:
    """Leave out that there is a plan for the day already: a make-up plan is added to it."""
    return tuple(conflict for conflict in found if conflict.code != "plan-exists")


def refuse(found: Sequence[Conflict]) -> None:
    """Raise `ConflictingPlanError` if anything was found."""
    if found:
        raise ConflictingPlanError(found)
