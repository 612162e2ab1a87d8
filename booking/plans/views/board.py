"""The planning board: a month or a week of one site or of all, and the plans of one day."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.calendar import ONE_DAY
from booking.kernel.db import reading
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import SiteId
from booking.plans.models import PlanState
from booking.plans.queries import board as boards
from booking.plans.queries.board import BoardPlan, SiteChoice
from booking.plans.queries.grid import DayShown, days_shown
from booking.plans.rules.pattern import YEARS
from booking.plans.views.asked import day_asked
from booking.plans.views.blueprint import bp
from booking.plans.views.calendar import MONTH_TITLE
from booking.plans.views.plan import OPEN_STATES, permissions
from booking.plans.views.words import site_choices, site_name
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today
from booking.web.language import language

DAY_HEAD = {"zh": "M/d EEE", "en": "EEE d MMM"}
AHEAD = timedelta(days=11)  # what is planned next lies this far ahead


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One site and service with its plans of the week, by day."""

    first: BoardPlan
    plans: Mapping[date, Sequence[BoardPlan]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every board: the sites there are, and the one that is looked at (None: all of them)."""

    sites: Sequence[SiteChoice]
    asked: SiteId | None

    @property
    def name(self) -> str:
        """The name of the only site looked at, or ""."""
        return next((site_name(site) for site in self.sites if site.id == self.asked), "")


@bp.get("/desk/plans")
@may(Act.SEE_PLANS)
def board() -> ResponseReturnValue:
    month = _month_asked(request.args.get("month"))
    return _month_page(month) if month else _week_page()


@bp.get("/desk/plans/days/<day>")
@may(Act.SEE_PLANS)
def board_day(day: str) -> ResponseReturnValue:
    asked = day_asked(day)
    if asked is None:
        raise NotFoundError
    with reading(sessions()) as session:
        frame = _frame(session)
        square = days_shown(session, asked, asked, frame.sites, site_id=frame.asked, now=now())[0]
        plans = boards.plans_between(session, asked, asked, site_id=frame.asked)
    return render_template(
        "plans/board_day.html",
        day=square,
        plans=plans,
        frame=frame,
        waiting=_waiting(plans),
        monday=boards.monday_of(asked),
        earlier=asked - ONE_DAY,
        later=asked + ONE_DAY,
        can=permissions(),
        now=now(),
    )


def _month_page(first: date) -> str:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    with reading(sessions()) as session:
        frame = _frame(session)
        found = days_shown(session, weeks[0][0], weeks[-1][-1], frame.sites, site_id=frame.asked, now=now())
    by_day = {one.day: one for one in found}
    return render_template(
        "plans/board_month.html",
        first=first,
        title=str(format_date(first, MONTH_TITLE[language()], rebase=False)),
        weeks=[[by_day[day] if day.month == first.month else None for day in week] for week in weeks],
        days=[one for one in found if one.day.month == first.month],
        earlier=first - ONE_DAY,
        later=(first + timedelta(days=31)).replace(day=1),
        frame=frame,
        choices=site_choices(frame.sites),
        today=today(),
        can=permissions(),
    )


def _week_page() -> str:
    monday = boards.monday_of(day_asked(request.args.get("week")) or today() + AHEAD)
    sunday = monday + timedelta(days=6)
    with reading(sessions()) as session:
        frame = _frame(session)
        plans = boards.plans_between(session, monday, sunday, site_id=frame.asked)
        week = days_shown(session, monday, sunday, frame.sites, site_id=frame.asked, now=now())
        weeks = boards.weeks_ahead(session, boards.monday_of(today()), site_id=frame.asked)
        withdrawals = boards.proposed_withdrawals(session, site_id=actor().site_id)
    return render_template(
        "plans/board.html",
        monday=monday,
        sunday=sunday,
        days=_days_worth_showing(week),
        heads={one.day: str(format_date(one.day, DAY_HEAD[language()], rebase=False)) for one in week},
        rows=_rows(plans),
        waiting=_waiting(plans),
        weeks=weeks,
        earlier=monday - boards.WEEK,
        later=monday + boards.WEEK,
        frame=frame,
        choices=site_choices(frame.sites),
        withdrawals=withdrawals,
        can=permissions(),
        now=now(),
    )


def _frame(session: Session) -> Frame:
    """Return what stands around the board; who runs a site sees that one."""
    own_site = actor().site_id
    sites = boards.sites_to_plan(session, site_id=own_site)
    asked = next((site.id for site in sites if str(site.id) == request.args.get("site")), own_site)
    return Frame(sites, asked)


def _month_asked(text: str | None) -> date | None:
    first = day_asked(f"{text}-01") if text else None
    return first if first and YEARS.start < first.year < YEARS.stop - 1 else None


def _waiting(plans: Sequence[BoardPlan]) -> Mapping[PlanState, Sequence[BoardPlan]]:
    return {state: [plan for plan in plans if plan.state is state] for state in OPEN_STATES}


def _days_worth_showing(week: Sequence[DayShown]) -> Sequence[DayShown]:
    """Return Monday to Friday, and the weekend days that are open or on which something is planned."""
    return [one for one in week if one.day.isoweekday() <= 5 or one.plans.plans or one.is_open]


def _rows(plans: Sequence[BoardPlan]) -> Sequence[BoardRow]:
    rows: dict[tuple[SiteId, str], dict[date, list[BoardPlan]]] = {}
    for one in plans:
        rows.setdefault((one.site_id, one.service), {}).setdefault(one.day, []).append(one)
    return [BoardRow(next(iter(days.values()))[0], days) for days in rows.values()]
