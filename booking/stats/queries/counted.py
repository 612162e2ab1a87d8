"""How much of each measure a period holds: from the roll-ups where they hold, and counted on the spot elsewhere."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from booking.kernel.ids import SiteId
from booking.stats.models import RolledFigure, RolledSpan
from booking.stats.queries.days import MonthOf, WeekOf
from booking.stats.queries.facts import Column, Facts, Source
from booking.stats.queries.measures import MEASURES
from booking.stats.rules.spans import Days, Parts, parted

DAY, MONTH = "day", "month"
ALL, BOTH, SITE, CLASS = "all", "both", "site", "class"
# By what a span is parted in the roll-ups.
CUTS = {DAY: (ALL, BOTH), MONTH: (ALL, SITE, CLASS, BOTH)}


def _day(of: Source) -> Column:
    # Facts call it day, roll-ups the day on which a span starts.
    return type_coerce(of.starts_on if of is RolledFigure else of.day, Date)


# What counts can be parted by beside the bucket, as a column of facts and roll-ups alike.
By = Callable[[Source], Column]
BY: Mapping[str, By] = {
    "service": lambda of: of.service,
    "site": lambda of: of.site_id,
    "class": lambda of: of.licence_class,
    "day": _day,
    "week": lambda of: WeekOf(_day(of)),
    "month": lambda of: MonthOf(_day(of)),
    "all": lambda of: literal(""),
}
Counts = Mapping[tuple[str, Any], Counter[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted: a period of one line and, if wished, one service, site or licence class."""

    days: Days
    line: str
    service: str = ""
    site_id: SiteId | None = None
    licence_class: str = ""

    def is_met_by(self, of: Source) -> ColumnElement[bool]:
        """Return the condition on facts or roll-ups, its days apart."""
        wanted = [of.line == self.line]
        if self.service:
            wanted.append(of.service == self.service)
        if self.site_id is not None:
            wanted.append(of.site_id == self.site_id)
        if self.licence_class:
            wanted.append(of.licence_class == self.licence_class)
        return and_(*wanted)


def counts(session: Session, measures: Collection[str], asked: Asked, *, by: str = "service") -> Counts:
    """Return the amounts by bucket for each (measure, service | site | class | day | week | month | "")."""
    # A month says nothing of its days and weeks.
    parts = parts_of(session, asked.days, in_months=by not in ("day", "week"))
    column, cut = BY[by], _cut(asked, by)
    statements: list[Select[*tuple[Any, ...]]] = []
    if parts.months:
        statements.append(_of_rolled(measures, asked, column, (MONTH, cut), [Days(day, day) for day in parts.months]))
    if parts.rolled:
        statements.append(_of_rolled(measures, asked, column, (DAY, ALL if cut == ALL else BOTH), parts.rolled))
    if parts.afresh:
        lead_by_indexes(session)
        statements += _afresh(measures, asked, column, parts.afresh)
    found: dict[tuple[str, Any], Counter[str]] = {}
    for measure, key, bucket, amount in session.execute(union_all(*statements)) if statements else ():
        found.setdefault((measure, key), Counter())[bucket] += int(amount)
    return found


def parts_of(session: Session, days: Days, *, in_months: bool = True) -> Parts:
    """Ask which days and months of a period are rolled up."""
    query = select(RolledSpan.span, RolledSpan.starts_on).where(
        RolledSpan.starts_on.between(days.first, days.last), RolledSpan.rolled_at.is_not(None)
    )
    spans = session.execute(query).all()
    months = {day for span, day in spans if span == MONTH} if in_months else set()
    return parted(days, {day for span, day in spans if span == DAY}, months)


def facts_of(measure: str, runs: Sequence[Days]) -> Sequence[Facts]:
    """Return the statements that yield the facts of a measure in some runs of days."""
    return MEASURES[measure](lambda day: lie_in(day, runs))


def lead_by_indexes(session: Session) -> None:
    """Let PostgreSQL go to the facts of a few days by their indexes; as delivered it rather reads years of rows."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL random_page_cost = 1.1"))


def lie_in(day: Column, runs: Sequence[Days]) -> ColumnElement[bool]:
    """Return the condition that a day lies in one of the runs."""
    single = [run.first for run in runs if run.first == run.last]
    longer = [day.between(run.first, run.last) for run in runs if run.first < run.last]
    return or_(day.in_(single), *longer) if single else or_(false(), *longer)


def _cut(asked: Asked, by: str) -> str:
    by_site = asked.site_id is not None or by == "site"
    by_class = bool(asked.licence_class) or by == "class"
    return {(False, False): ALL, (True, False): SITE, (False, True): CLASS, (True, True): BOTH}[by_site, by_class]


def _of_rolled(
    measures: Collection[str], asked: Asked, column: By, kind: tuple[str, str], spans: Sequence[Days]
) -> Select[*tuple[Any, ...]]:
    span, cut = kind
    key = column(RolledFigure)
    # The reach is for the index, which the runs alone would not lead through.
    reach = RolledFigure.starts_on.between(spans[0].first, spans[-1].last)
    return (
        select(RolledFigure.measure, key, RolledFigure.bucket, func.sum(RolledFigure.amount))
        .where(RolledFigure.span == span, RolledFigure.cut == cut, RolledFigure.measure.in_(measures))
        .where(reach, lie_in(RolledFigure.starts_on, spans), asked.is_met_by(RolledFigure))
        .group_by(RolledFigure.measure, key, RolledFigure.bucket)
    )


def _afresh(measures: Collection[str], asked: Asked, column: By, runs: Sequence[Days]) -> Sequence[Select[Any]]:
    found = []
    for measure in measures:
        for facts in facts_of(measure, runs):
            each = facts.subquery().c
            key = column(each)
            amounts = select(literal(measure), key, each.bucket, func.sum(each.amount))
            found.append(amounts.where(asked.is_met_by(each)).group_by(key, each.bucket))
    return found
