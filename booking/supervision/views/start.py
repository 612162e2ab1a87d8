"""The supervisor's start page: the office's figures in small, and what waits for a look."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.audit.queries import job_states
from booking.bookings.override_queries import overrides_waiting
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading
from booking.lines import LINES
from booking.notices.queries import channel_states
from booking.ratings.queries import to_answer
from booking.stats.queries.counted import Asked, counts
from booking.stats.rules.catalogue import BY_CODE
from booking.stats.rules.curves import Curve, curve
from booking.stats.rules.figures import Figure, Value, value
from booking.stats.rules.spans import Days, week_of
from booking.supervision.forms import DAYS_SHOWN
from booking.supervision.queries.checks import open_count
from booking.supervision.queries.seals import Standing, standing
from booking.supervision.views.blueprint import bp
from booking.supervision.views.fairness import Judged, judged_in
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today
from booking.web.language import short_day, worded

WEEKS, LEAST_DRAWN = 12, 3  # fewer points than these are told as numbers
SHOWN = ("fill", "wait", "no_show", "cancelled", "overrides")
ONE_DAY, LATE_SEAL = timedelta(days=1), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Small:
    """One figure in small: its value over twelve weeks, those of the weeks, and what its addresses say.

    The curve begins with the first week that has a value; where too few have one there is none.
    """

    figure: Figure
    value: Value
    curve: Curve | None
    known: Sequence[tuple[date, Decimal]]
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at: `state` is a state of `tag`, `word` stands in it, `href` is empty where none may go."""

    name: str
    state: str
    word: str
    href: str


@bp.get("/supervision")
@may(Act.READ_AUDIT)
def start() -> ResponseReturnValue:
    """Show how the office does and what waits."""
    day = today()
    days = Days(week_of(day) - timedelta(weeks=WEEKS - 1), day)
    with reading(sessions()) as session:
        smalls = [(worded(line.name), _smalls(session, key, days)) for key, line in LINES.items()]
        judged = judged_in(session, Days(day - timedelta(DAYS_SHOWN - 1), day))
        items = _items(session, judged, day, now())
    findings = [one for one in judged if one.open]
    return render_template("supervision/start.html", smalls=smalls, days=days, items=items, findings=findings)


def _smalls(session: Session, line: str, days: Days) -> Sequence[Small]:
    """Count the figures of a line, week by week; two statements for all of them."""
    figures = [BY_CODE[code] for code in SHOWN if line in BY_CODE[code].lines]
    found = counts(session, {figure.measure for figure in figures}, Asked(days, line), by="week")
    weeks = sorted({week_of(day) for day in days})
    query = {"from": days.first.isoformat(), "to": days.last.isoformat(), "line": line}
    shown = []
    for figure in figures:
        by_week = [found.get((figure.measure, week), Counter[str]()) for week in weeks]
        values = [(week, value(figure, amounts).main) for week, amounts in zip(weeks, by_week, strict=True)]
        known = [(week, main) for week, main in values if main is not None]
        drawn = [(week, main) for week, main in values if known and week >= known[0][0]]
        line_of = curve([short_day(week) for week, _main in drawn], [main for _week, main in drawn])
        enough = line_of if len(known) >= LEAST_DRAWN else None
        shown.append(Small(figure, value(figure, sum(by_week, Counter[str]())), enough, known, query))
    return shown


def _items(session: Session, judged: Sequence[Judged], day: date, at: datetime) -> Sequence[Item]:
    """Gather what waits for somebody: first what does, then what is in order, the supervisor's own before others'."""
    late = sum(rating.is_overdue(day) for rating in to_answer(session))
    checks, overrides = open_count(session), overrides_waiting(session, now=at)
    ratings, lifted = _where("ratings.desk", Act.SEE_RATINGS), _where("desk.overrides_list", Act.SEE_OVERRIDES)
    items = [
        _count(_("Findings nobody has looked at"), sum(one.open for one in judged), url_for("supervision.fairness")),
        _count(_("Spot checks that are open"), checks, url_for("supervision.spot_checks")),
        _count(_("Bad ratings whose answer is overdue"), late, ratings, bad="overdue"),
        _count(_("Overrides that wait for the second person"), overrides, lifted),
        _log(standing(session), at),
        _jobs(session, at),
        _outbox(session, at),
    ]
    return sorted(items, key=lambda item: item.state == "passed")


def _where(endpoint: str, act: Act) -> str:
    """Return the address of a page, or nothing for a reader whom it would turn away."""
    return url_for(endpoint) if role_may(actor(), act) else ""


def _count(name: str, count: int, href: str, *, bad: str = "due") -> Item:
    word = _("%(count)s waiting", count=count) if count else _("none")
    return Item(name, bad if count else "passed", word, href)


def _log(how: Standing, at: datetime) -> Item:
    """Say whether the last seal fits and the log is being sealed."""
    name, href = _("Seals of the log"), url_for("audit.log")
    if how.head and not how.head.is_whole:
        return Item(name, "failed", _("The last seal does not fit its entries"), href)
    if how.oldest is not None and at - how.oldest > LATE_SEAL:
        return Item(name, "overdue", _("%(count)s entries wait to be sealed", count=how.waiting), href)
    number = how.head.number if how.head else 0
    return Item(name, "passed", _("%(number)s seals, the last one fits", number=number), href)


def _jobs(session: Session, at: datetime) -> Item:
    states = job_states(session)
    bad = [state for state in states if state.is_late(at) or state.is_failing(at)]
    if not states:
        return Item(_("Jobs"), "overdue", _("The scheduler has never run"), url_for("audit.jobs"))
    if bad:
        return Item(_("Jobs"), "overdue", _("%(count)s silent or failing", count=len(bad)), url_for("audit.jobs"))
    return Item(_("Jobs"), "passed", _("all running"), url_for("audit.jobs"))


def _outbox(session: Session, at: datetime) -> Item:
    states = channel_states(session, since=at - ONE_DAY)
    given_up, waiting = sum(one.given_up for one in states), sum(one.waiting for one in states)
    href = url_for("notices.outbox")
    if given_up:
        return Item(_("Sending of messages"), "failed", _("%(count)s given up", count=given_up), href)
    return Item(_("Sending of messages"), "passed", _("%(count)s on their way", count=waiting), href)
