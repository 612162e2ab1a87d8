"""What is known about a site and its days before anything is planned there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from booking.kernel.ids import PlanId, SiteId
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState
from booking.plans.rules.conflicts import DayFacts
from booking.plans.rules.timetable import Closing, PlanSettings, Portion, RoundSettings, Timetable, schedule
from booking.policies import queries as policies
from booking.policies.rules.setting import Values
from booking.sites import queries as sites
from booking.sites.models import Site, SiteService
from booking.slots.models import Slot, SlotState

MAXIMUM_BY_LAW = frozenset({"exams"})  # Order 162, art. 54; the windows of a station come from its test lanes


@dataclass(frozen=True, slots=True)
class Planning:
    """One site and service, and whether a plan of its own is left out of the count."""

    site_id: SiteId
    service: str
    apart_from: PlanId | None = None
    method: str = ""  # of a plan that is drafted already; "" = as the office's settings say


def plan_settings(session: Session, line: str, day: date, *, method: str = "") -> PlanSettings:
    """Return the office's settings for a planned day of a line; a plan keeps the `method` it was drafted with.

    Each line has settings of its own under its name ("inspections.walk_in_percent"); those it does not declare do
    not concern it.
    """
    values = policies.all_values(session, on=day)
    return PlanSettings(
        publish_days_before=values.number("plans.publish_days_before"),
        publish_hour=values.clock("plans.publish_hour"),
        lead_days=values.number("plans.lead_days"),
        lead_hour=values.clock("plans.lead_hour"),
        portions=_portions(values, line),
        walk_in_percent=int(values.get(f"{line}.walk_in_percent", 0)),
        cancel_working_days=values.number("bookings.cancel_working_days"),
        closing=_closing(values, line),
        method=method or values.code(f"{line}.method"),
        rounds=round_settings(values),
    )


def _portions(values: Values, line: str) -> tuple[Portion, ...]:
    first = (values.number(f"{line}.release_days_before"), values.clock(f"{line}.release_hour"))
    if f"{line}.first_percent" not in values:
        return (Portion(*first),)
    percent = values.number(f"{line}.first_percent")
    later = (values.number(f"{line}.second_days_before"), values.clock(f"{line}.second_hour"))
    return (Portion(*first, percent), Portion(*later, 100 - percent))


def _closing(values: Values, line: str) -> Closing | None:
    if f"{line}.close_minutes" not in values:
        return None
    book, cancel = (values.number(f"{line}.{name}") for name in ("close_minutes", "cancel_minutes"))
    return Closing(timedelta(minutes=book), timedelta(minutes=cancel))


def round_settings(values: Values) -> RoundSettings:
    """Return when rounds close and what follows, from the office's settings."""
    return RoundSettings(
        close_days_before=values.number("rounds.close_days_before"),
        close_hour=values.clock("rounds.close_hour"),
        objections_hour=values.clock("rounds.objections_hour"),
        draw_hour=values.clock("rounds.draw_hour"),
        handing_on_hour=values.clock("slots.freed_seats_hour"),
    )


def timetable_of(session: Session, line: str, day: date, *, method: str = "") -> Timetable:
    """Return when a line's plan of `day` goes out, opens and closes, as settings and calendar stand now."""
    settings = plan_settings(session, line, day, method=method)
    return schedule(day, settings, policies.working_days(session, around=day))


def day_facts(session: Session, planning: Planning, days: Sequence[date]) -> Mapping[date, DayFacts]:
    """Return what the rules need to know about each of `days`, in a fixed number of statements and the settings."""
    if not days:
        return {}
    site = session.get_one(Site, planning.site_id)
    classes = session.scalar(
        select(SiteService.classes).where(
            SiteService.site_id == planning.site_id, SiteService.service == planning.service
        )
    )
    working_days = policies.working_days(session, around=min(days))
    open_days = sites.openings(session, planning.site_id, min(days), max(days), working_days)
    reasons = {exception.day: exception.reason for exception in sites.days(session, planning.site_id, min(days))}
    places = _places_planned(session, planning, days)
    existing = _existing_plans(session, planning, days)
    return {
        day: DayFacts(
            timetable=schedule(
                day, plan_settings(session, site.line, day, method=planning.method or site.method), working_days
            ),
            daily_maximum=site.daily_maximum or (0 if site.line in MAXIMUM_BY_LAW else None),
            planned_places=places[day],
            is_open=open_days[day],
            closed_reason=reasons.get(day, ""),
            is_offered=classes is not None and site.is_active,
            offered=frozenset(code for code in (classes or "").split(",") if code),
            existing_plan=existing.get(day, 0),
            with_test_lanes=site.line not in MAXIMUM_BY_LAW,
        )
        for day in days
    }


def _places_planned(session: Session, planning: Planning, days: Sequence[date]) -> Counter[date]:
    """Count the places of the site's other plans by day; withdrawn slots need no capacity any more."""
    query = (
        select(Plan.day, func.sum(PlanLine.ordinary + PlanLine.priority))
        .join(PlanLine, PlanLine.plan_id == Plan.id)
        .outerjoin(Slot, Slot.id == PlanLine.slot_id)
        .where(Plan.site_id == planning.site_id, Plan.day.in_(days), Plan.state != PlanState.DISCARDED)
        .where(or_(PlanLine.slot_id.is_(None), Slot.state == SlotState.PUBLISHED))
        .group_by(Plan.day)
    )
    if planning.apart_from is not None:
        query = query.where(Plan.id != planning.apart_from)
    return Counter(dict(session.execute(query).all()))


def _existing_plans(session: Session, planning: Planning, days: Sequence[date]) -> Mapping[date, int]:
    query = select(Plan.day, Plan.id).where(
        Plan.site_id == planning.site_id,
        Plan.service == planning.service,
        Plan.day.in_(days),
        Plan.kind == PlanKind.REGULAR,
        Plan.state != PlanState.DISCARDED,
    )
    if planning.apart_from is not None:
        query = query.where(Plan.id != planning.apart_from)
    return dict(session.execute(query).all())
