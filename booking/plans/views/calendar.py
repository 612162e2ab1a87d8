"""The month of the public plan as the page shows it: a grid of days, and the sessions of one of them."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import format_date
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId
from booking.plans.forms.fields import values_of
from booking.plans.forms.steps import FilterForm
from booking.plans.queries import public as plans
from booking.plans.queries.board import sites_to_plan
from booking.plans.queries.public import DayTotal, Filter, NextPlan, Notice
from booking.plans.views.words import law_order, service_choices, site_choices
from booking.slots.queries import OpenSlot, slots_between
from booking.web.language import language
from booking.web.months import Cell, Month

MONTH_TITLE = {"zh": "y年M月", "en": "MMMM y"}
BOOKABLE = ("open", "few", "collecting")
MOST_SESSIONS = 40  # of one service that a page shows one by one


@dataclass(frozen=True, slots=True)
class SiteDay:
    """One site of a service with many sessions on the chosen day; counts of sessions and places."""

    site_name: str
    site_name_en: str
    href: str
    sessions: int
    capacity: int
    taken: int
    remaining: int


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """The sessions of one service on the chosen day; `remaining` counts places that can be booked now.

    Where they are too many for a page, `sites` sums them up and each site leads to its own.
    """

    service: str
    slots: Sequence[OpenSlot]
    remaining: int
    sites: Sequence[SiteDay] = ()


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Everything the public plan shows."""

    form: FilterForm
    month: Month
    total: DayTotal | None
    services: Sequence[ServiceDay]  # of the chosen day
    day: date | None
    notices: Sequence[Notice]
    next_plan: NextPlan


def public_page(session: Session, asked: MultiDict[str, str], *, now: datetime) -> PublicPage:
    """Read the page that was asked for; what makes no sense in the address is passed over."""
    sites = sites_to_plan(session)
    form = FilterForm(asked)
    form.service.choices, form.site.choices = service_choices(sites), site_choices(sites)
    for field in (form.service, form.site):
        field.data = field.data if field.data in values_of(field) else ""
    chosen = Filter(form.service.data or None, SiteId(int(form.site.data)) if form.site.data else None)
    today = local_day(now)
    soonest, last = plans.published_span(session, chosen, today=today)
    first = _month_asked(form.month.data, soonest, last)
    days = plans.day_totals(session, max(first, today), _end_of(first), chosen, now=now)
    day = _day_asked(form.day.data, days, now)
    slots = slots_between(session, day, day, service=chosen.service, site_id=chosen.site_id) if day else ()
    return PublicPage(
        form=form,
        month=_month(first, days, chosen, now=now, span=(soonest, last)),
        total=next((total for total in days if total.day == day), None),
        services=_by_service(slots, chosen, now),
        day=day,
        notices=plans.public_notices(session, chosen, now=now),
        next_plan=plans.next_plan(session, chosen, now=now),
    )


def _month_asked(text: str | None, soonest: date, last: date) -> date:
    """Return the first day of the month asked for, else of the soonest month with sessions."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return soonest.replace(day=1)
    return min(max(asked, soonest), last).replace(day=1)


def _day_asked(text: str | None, days: Sequence[DayTotal], now: datetime) -> date | None:
    """Return the day asked for, else the first with a free place, else the first with sessions."""
    asked = next((total.day for total in days if total.day.isoformat() == text), None)
    free = next((total.day for total in days if total.state(now) in BOOKABLE), None)
    return asked or free or next((total.day for total in days), None)


def _month(first: date, days: Sequence[DayTotal], chosen: Filter, *, now: datetime, span: tuple[date, date]) -> Month:
    totals = {total.day: total for total in days}
    weeks = [
        [_cell(day, totals.get(day), chosen, now) if day.month == first.month else None for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
        if week[-1] >= local_day(now)
    ]
    before, after = first - timedelta(days=1), _end_of(first) + timedelta(days=1)
    return Month(
        title=str(format_date(first, MONTH_TITLE[language()], rebase=False)),
        weeks=weeks,
        previous=_href(chosen, before) if before >= span[0].replace(day=1) else None,
        next=_href(chosen, after) if after <= span[1] else None,
    )


def _cell(day: date, total: DayTotal | None, chosen: Filter, now: datetime) -> Cell:
    if total is None:
        return Cell(day)
    href = f"{_href(chosen, day, day)}#sessions"
    return Cell(day, total.state(now), total.remaining, total.capacity, href)


def _href(chosen: Filter, month: date, day: date | None = None) -> str:
    return url_for(
        "plans.public_plans",
        service=chosen.service,
        site=chosen.site_id,
        month=f"{month:%Y-%m}",
        day=day.isoformat() if day else None,
    )


def _end_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _by_service(slots: Sequence[OpenSlot], chosen: Filter, now: datetime) -> Sequence[ServiceDay]:
    by_service: dict[str, list[OpenSlot]] = {}
    for slot in slots:
        by_service.setdefault(slot.service, []).append(slot)
    return [_service_day(service, by_service[service], chosen, now) for service in sorted(by_service, key=law_order)]


def _service_day(service: str, slots: Sequence[OpenSlot], chosen: Filter, now: datetime) -> ServiceDay:
    are_many = len(slots) > MOST_SESSIONS and chosen.site_id is None
    return ServiceDay(service, slots, _free(slots, now), _by_site(service, slots, now) if are_many else ())


def _by_site(service: str, slots: Sequence[OpenSlot], now: datetime) -> Sequence[SiteDay]:
    by_site: dict[SiteId, list[OpenSlot]] = {}
    for slot in slots:
        by_site.setdefault(slot.site_id, []).append(slot)
    return [
        SiteDay(
            site_name=same[0].site_name,
            site_name_en=same[0].site_name_en,
            href=_href(Filter(service, site_id), same[0].day, same[0].day),
            sessions=len(same),
            capacity=sum(slot.capacity for slot in same),
            taken=sum(slot.taken for slot in same),
            remaining=_free(same, now),
        )
        for site_id, same in sorted(by_site.items())
    ]


def _free(slots: Sequence[OpenSlot], now: datetime) -> int:
    return sum(slot.remaining for slot in slots if slot.is_open(now))
