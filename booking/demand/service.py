"""Drafts from a suggestion: looked at first, made together as they were looked at, never published by this."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.demand.queries.facts import demand_facts
from booking.demand.rules.placing import Proposal
from booking.demand.rules.suggestion import Suggestion, suggest
from booking.exams.rules.facts import Subject
from booking.kernel.actors import Actor
from booking.kernel.errors import StaleError
from booking.kernel.ids import PlanId, SiteId
from booking.plans.queries.circumstances import Planning
from booking.plans.rules.conflicts import Conflict
from booking.plans.service.checks import conflicts_of_days, require_own_site
from booking.plans.service.drafting import draft_plans


@dataclass(frozen=True, slots=True)
class DraftDay:
    """One proposal, and what stands against drafting it, if anything does."""

    proposal: Proposal
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """What the drafts of a suggestion come to, nothing saved."""

    suggestion: Suggestion
    days: tuple[DraftDay, ...]

    @property
    def drafts(self) -> tuple[Proposal, ...]:
        """The proposals that become drafts."""
        return tuple(day.proposal for day in self.days if not day.conflicts)

    @property
    def digest(self) -> str:
        """Stands for exactly these drafts."""
        return hashlib.sha256(repr(self.drafts).encode()).hexdigest()


def preview_drafts(session: Session, first: date, *, site_id: SiteId | None, now: datetime) -> DraftPreview:
    """Return what would be drafted for the fortnight from `first` on, at one site or at all."""
    suggestion = suggest(demand_facts(session, first, now=now, site_id=site_id))
    against: dict[tuple[Group, date], list[Conflict]] = {}
    for group, proposals in _groups(suggestion.proposals).items():
        days = [one.planned for one in proposals]
        for conflict in conflicts_of_days(session, Planning(group[0], group[1].value), days, now=now):
            against.setdefault((group, conflict.day), []).append(conflict)
    found = tuple(
        DraftDay(one, tuple(against.get(((one.site_id, one.subject), one.day), ()))) for one in suggestion.proposals
    )
    return DraftPreview(suggestion, found)


def make_drafts(session: Session, first: date, *, seen: str, actor: Actor, now: datetime) -> tuple[PlanId, ...]:
    """Draft what the preview `seen` showed, all or none; site staff draft for their own site.

    Raise `StaleError` if the suggestion is another one by now, `ConflictingPlanError` if somebody was faster.
    """
    preview = preview_drafts(session, first, site_id=actor.site_id, now=now)
    if preview.digest != seen:
        raise StaleError
    made: list[PlanId] = []
    for (site_id, subject), proposals in _groups(preview.drafts).items():
        require_own_site(actor, site_id)
        days = [one.planned for one in proposals]
        made += draft_plans(session, site_id, subject.value, days, actor=actor, now=now)
    return tuple(made)


Group = tuple[SiteId, Subject]


def _groups(proposals: Sequence[Proposal]) -> Mapping[Group, Sequence[Proposal]]:
    groups: dict[Group, list[Proposal]] = {}
    for one in proposals:
        groups.setdefault((one.site_id, one.subject), []).append(one)
    return groups
