"""What there is: free places that are planned already, and the room of the sites in the fortnight."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.demand.queries.learners import LINE
from booking.demand.rules.facts import FreePlaces, SiteRoom
from booking.exams.rules.facts import Subject
from booking.kernel.calendar import ONE_DAY
from booking.kernel.ids import SiteId
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState
from booking.policies import queries as policies
from booking.sites import queries as sites
from booking.sites.queries import SiteShown
from booking.slots.models import Lane, Quota, Slot, SlotState

OPEN_STATES = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED)


def free_places(
    session: Session, offers: Sequence[SiteShown], *, today: date, last: date, now: datetime
) -> Sequence[FreePlaces]:
    """Return the places from tomorrow to `last` that nobody has, public ones and planned ones; two statements."""
    public = (
        select(Slot.site_id, Slot.service, Slot.classes, func.sum(Quota.capacity - Quota.taken - Quota.blocked))
        .join(Quota, Quota.slot_id == Slot.id)
        .where(Slot.line == LINE, Slot.day.between(today + ONE_DAY, last), Slot.state == SlotState.PUBLISHED)
        .where(Slot.closes_at > now, Quota.lane != Lane.WALK_IN)
        .group_by(Slot.site_id, Slot.service, Slot.classes)
    )
    planned = (
        select(Plan.site_id, Plan.service, PlanLine.classes, func.sum(PlanLine.ordinary + PlanLine.priority))
        .join(PlanLine, PlanLine.plan_id == Plan.id)
        .where(Plan.line == LINE, Plan.day.between(today + ONE_DAY, last), Plan.state.in_(OPEN_STATES))
        .group_by(Plan.site_id, Plan.service, PlanLine.classes)
    )
    of_site = {(site.id, offer.service): offer.classes for site in offers for offer in site.facts.offers}
    rows = [*session.execute(public), *session.execute(planned)]
    return [
        FreePlaces(Subject(service), _codes(classes or of_site.get((SiteId(site_id), service), "")), int(places))
        for site_id, service, classes, places in rows
        if places
    ]


def site_rooms(
    session: Session, shown: Sequence[SiteShown], first: date, last: date, *, site_id: SiteId | None
) -> Iterator[SiteRoom]:
    """Yield the room of each site in use, or of one: its daily maximum less all that is planned; five statements."""
    wanted = [site for site in shown if site.facts.is_active and site_id in (None, site.id)]
    worked = policies.working_days(session, around=first)
    openings = sites.openings_of_sites(session, [site.id for site in wanted], first, last, worked)
    places, planned = _planned(session, first, last)
    for site in wanted:
        offers = {Subject(offer.service): _codes(offer.classes) for offer in site.facts.offers}
        room = {
            day: max(site.facts.daily_maximum - places[site.id, day], 0)
            for day, is_open in openings[site.id].items()
            if is_open
        }
        yield SiteRoom(site.id, offers, room, frozenset(planned.get(site.id, ())))


def _planned(
    session: Session, first: date, last: date
) -> tuple[Counter[tuple[int, date]], Mapping[int, set[tuple[Subject, date]]]]:
    """Return the places planned by site and day, and which subjects have a regular plan there; two statements."""
    used = (
        select(Plan.site_id, Plan.day, func.sum(PlanLine.ordinary + PlanLine.priority))
        .join(PlanLine, PlanLine.plan_id == Plan.id)
        .outerjoin(Slot, Slot.id == PlanLine.slot_id)
        .where(Plan.line == LINE, Plan.day.between(first, last), Plan.state != PlanState.DISCARDED)
        .where(func.coalesce(Slot.state, SlotState.PUBLISHED) == SlotState.PUBLISHED)
        .group_by(Plan.site_id, Plan.day)
    )
    regular = select(Plan.site_id, Plan.service, Plan.day).where(
        Plan.line == LINE, Plan.day.between(first, last), Plan.state != PlanState.DISCARDED,
        Plan.kind == PlanKind.REGULAR,
    )  # fmt: skip
    places = Counter({(site_id, day): int(amount) for site_id, day, amount in session.execute(used)})
    planned: dict[int, set[tuple[Subject, date]]] = {}
    for site_id, service, day in session.execute(regular):
        planned.setdefault(site_id, set()).add((Subject(service), day))
    return places, planned


def _codes(classes: str) -> frozenset[str]:
    return frozenset(code for code in classes.split(",") if code)
