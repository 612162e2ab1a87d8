"""Plans as files: drafts in, all or nothing, with line-numbered errors; every plan out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_time
from booking.kernel.columns import Holds, holding
from booking.kernel.ids import PlanId, SiteId
from booking.plans.models import Plan, PlanLine, PlanState
from booking.plans.queries.circumstances import Planning
from booking.plans.rules.pattern import PlannedDay, PlannedLine, plannable
from booking.plans.service.checks import conflicts_of_days, require_own_site
from booking.plans.service.drafting import draft_plans
from booking.sites.models import Site

COLUMNS = ("site", "service", "date", "starts", "ends", "classes", "ordinary", "priority")
MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: one session of one plan; the site by its code, times at the office."""

    site: str
    service: str
    date: date
    starts: time
    ends: time
    classes: str
    ordinary: int
    priority: int

    @property
    def planned(self) -> PlannedLine:
        return PlannedLine(self.starts, self.ends, self.classes, self.ordinary, self.priority)


Numbered = Sequence[tuple[int, Row]]
Group = tuple[str, str]


def import_plans(session: Session, source: str | bytes, *, actor: Actor, now: datetime) -> tuple[PlanId, ...]:
    """Draft a plan for each site, service and date of the file; raise `ImportRefusedError`, nothing stored.

    An error names line, column and value. A conflict of a whole day is named at the first line of that day.
    """
    rows = tables.Rows(source, PARSERS, Row)
    sites = {code: SiteId(site_id) for code, site_id in session.execute(select(Site.code, Site.id))}
    groups: dict[Group, list[tuple[int, Row]]] = {}
    for number, row in rows:
        if row.site in sites:
            require_own_site(actor, sites[row.site])
            groups.setdefault((row.site, row.service), []).append((number, row))
        else:
            rows.wrong(number, "site", row.site, "is not the code of a site")
    for (code, service), numbered in groups.items():
        _check(session, Planning(sites[code], service), numbered, rows, now=now)
    rows.refuse_if_wrong()
    return tuple(
        plan_id
        for (code, service), numbered in groups.items()
        for plan_id in draft_plans(session, sites[code], service, _days(numbered), actor=actor, now=now)
    )


def export_plans(session: Session, first: date, last: date, *, site_id: SiteId | None = None) -> str:
    """Return the lines of all plans but discarded ones, from `first` to `last`, both included, as CSV."""
    return tables.write_csv(COLUMNS, exported_plans(session, first, last, site_id=site_id))


def exported_plans(
    session: Session, first: date, last: date, *, site_id: SiteId | None = None
) -> Iterator[tuple[str | int | date, ...]]:
    """Yield the lines of all plans but discarded ones, from `first` to `last`, both included, in `COLUMNS`."""
    query = (
        select(Site.code, Plan.service, Plan.day, PlanLine)
        .join(Plan, Plan.id == PlanLine.plan_id)
        .join(Site, Site.id == Plan.site_id)
        .where(Plan.day.between(first, last), Plan.state != PlanState.DISCARDED)
        .order_by(Plan.day, Site.code, Plan.service, PlanLine.starts_at, PlanLine.id)
    )
    if site_id is not None:
        query = query.where(Plan.site_id == site_id)
    for code, service, day, line in session.execute(query):
        starts, ends = (f"{local_time(instant):%H:%M}" for instant in (line.starts_at, line.ends_at))
        yield code, service, day, starts, ends, line.classes, line.ordinary, line.priority


@holding(Holds.TIME)
def clock_time(cell: str) -> time:
    """Parse a time of day written HH:MM."""
    try:
        parsed = time.fromisoformat(cell)
    except ValueError:
        parsed = None
    # fromisoformat also takes 8:30:00+01 and the like.
    if parsed is None or cell != f"{parsed:%H:%M}":
        raise ValueError("is not a time written HH:MM")
    return parsed


@holding(Holds.DAY)
def plan_day(cell: str) -> date:
    """Parse a day that can be planned, written YYYY-MM-DD."""
    return plannable(tables.iso_date(cell))


PARSERS: Mapping[str, tables.Parser] = {
    "site": tables.text(20),
    "service": tables.text(40),
    "date": plan_day,
    "starts": clock_time,
    "ends": clock_time,
    "classes": tables.optional_text(120),
    "ordinary": tables.whole_number(0, MOST_PLACES),
    "priority": tables.whole_number(0, MOST_PLACES),
}


def _days(numbered: Numbered) -> tuple[PlannedDay, ...]:
    days: dict[date, list[PlannedLine]] = {}
    for _, row in numbered:
        days.setdefault(row.date, []).append(row.planned)
    return tuple(PlannedDay(day, tuple(sorted(lines))) for day, lines in sorted(days.items()))


def _check(
    session: Session, planning: Planning, numbered: Numbered, rows: tables.Rows[Row], *, now: datetime
) -> None:
    first_lines: dict[date, int] = {}
    for number, row in numbered:
        first_lines.setdefault(row.date, number)
    for conflict in conflicts_of_days(session, planning, _days(numbered), now=now):
        rows.wrong(first_lines[conflict.day], "date", conflict.day.isoformat(), conflict.wording.en)
