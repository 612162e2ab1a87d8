"""Figures as pages show them: values under the names that readers know, over time, and parted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from booking.lines import LINES
from booking.stats.forms import FiguresForm, named
from booking.stats.queries.counted import Asked, Counts, counts
from booking.stats.queries.shares import sites_of
from booking.stats.rules.curves import Curve, curve
from booking.stats.rules.figures import Figure, Kind, Unit, Value, steps, value
from booking.stats.rules.figures import named as named_buckets
from booking.stats.rules.spans import Days, month_of, week_of
from booking.stats.views.blueprint import bp
from booking.web.language import month, percent, short_date, worded

MOST_DAYS_BY_WEEK = 400  # two years of weeks are no line any more
NONE = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """A value under its label; `query` is what the address of its rows says beside the page's own choice."""

    label: str
    value: Value
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One part of all facts: how many, and in percent of all."""

    code: str
    label: str
    amount: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure of a period."""

    figure: Figure
    total: Value
    lines: Sequence[Line]
    over_time: Sequence[Line]
    by_week: bool
    curve: Curve | None
    buckets: Sequence[Bucket]

    @property
    def bars(self) -> list[tuple[str, int]]:
        """The parts for a chart."""
        return [(bucket.label, bucket.amount) for bucket in self.buckets]


def shown(session: Session, figure: Figure, form: FiguresForm) -> Shown:
    """Count a figure for what was asked, parted and over time; four statements."""
    asked = form.asked
    parted = counts(session, (figure.measure,), asked, by=form.by.data)
    by_key = {key: amounts for (_measure, key), amounts in parted.items()}
    everything: Counter[str] = sum(by_key.values(), Counter())
    lines = over_time(session, figure, asked)
    return Shown(
        figure,
        value(figure, everything),
        [
            Line(label, value(figure, by_key.get(key, {})), query)
            for key, label, query in _keys(session, form, by_key)
        ],
        lines,
        is_by_week(asked.days),
        drawn(figure, lines),
        _buckets(figure, everything),
    )


def overview(
    session: Session, figures: Sequence[Figure], form: FiguresForm
) -> Sequence[tuple[Figure, Sequence[Line]]]:
    """Count figures for what was asked: each for all services together, and for each of them; two statements."""
    return overview_of(session, figures, form.asked)


def overview_of(session: Session, figures: Sequence[Figure], asked: Asked) -> Sequence[tuple[Figure, Sequence[Line]]]:
    """Count figures for what was asked; two statements."""
    found = counts(session, {figure.measure for figure in figures}, asked)
    services = [asked.service] if asked.service else list(LINES[asked.line].services)
    return [(figure, _by_service(figure, found, services)) for figure in figures]


def is_by_week(days: Days) -> bool:
    """Say whether a period is shown by weeks, and else by months."""
    return (days.last - days.first).days < MOST_DAYS_BY_WEEK


def over_time(session: Session, figure: Figure, asked: Asked) -> Sequence[Line]:
    """Count a figure week by week, or month by month; two statements."""
    by_week = is_by_week(asked.days)
    found = counts(session, (figure.measure,), asked, by="week" if by_week else "month")
    by_day = {day: amounts for (_measure, day), amounts in found.items()}
    starts = sorted({week_of(day) if by_week else day.replace(day=1) for day in asked.days}) if by_day else []
    known = [day for day in starts if min(by_day) <= day <= max(by_day)]
    return [
        Line(
            _called(day, by_week=by_week),
            value(figure, by_day.get(day, {})),
            _part(asked.days, day, by_week=by_week),
        )
        for day in known
    ]


@bp.app_template_filter("written")
def written(figure: Figure, number: Decimal | None) -> str:
    """Write a number in the figure's unit, a dash for none."""
    if number is None:
        return NONE
    if figure.unit is Unit.PERCENT:
        return str(percent(number))
    if figure.unit is Unit.DAYS:
        whole = ceil(number)  # one and a half days are two to a plural
        return str(ngettext("%(number)s day", "%(number)s days", whole, number=number))
    if figure.unit is Unit.HOURS:
        return str(_("%(number)s h", number=number))
    return f"{number}"


@bp.app_template_filter("basis")
def basis(figure: Figure, of: Value) -> str:
    """Write what a value is made of."""
    if figure.kind is Kind.SPREAD:
        return str(_("of %(count)s", count=f"{of.total:,}"))
    return "" if figure.kind is Kind.COUNT else f"{of.some:,} ÷ {of.total:,}"


@bp.app_template_filter("plain")
def plain(number: Decimal) -> str:
    """Write a number of a scale without noughts at its end."""
    return f"{number.normalize():f}"


def service_name(code: str) -> str:
    """Return what a service is called; one that no line knows by its code."""
    names = {one: name for line in LINES.values() for one, name in line.services.items()}
    return worded(names[code]) if code in names else code


def bucket_name(figure: Figure, code: str) -> str:
    """Return what a bucket is called."""
    words = figure.words or {}
    if code in words:
        return worded(words[code])
    if code.isdigit() and figure.kind is Kind.SPREAD:
        return written(figure, Decimal(code))
    return str(_("Wish %(place)s", place=code) if code.isdigit() else _("Other"))


def drawn(figure: Figure, lines: Sequence[Line]) -> Curve | None:
    """Return the curve over time; of a spread, of half and of nine in ten."""
    labels, mains = [line.label for line in lines], [line.value.main for line in lines]
    if figure.kind is Kind.SPREAD:
        return curve(labels, mains, [line.value.nine for line in lines])
    return curve(labels, mains)


def _by_service(figure: Figure, found: Counts, services: Sequence[str]) -> Sequence[Line]:
    amounts = {service: found.get((figure.measure, service), Counter()) for service in services}
    everything: Counter[str] = sum(amounts.values(), Counter())
    each = [Line(service_name(one), value(figure, amounts[one]), {"service": one}) for one in services]
    return [Line(_("All together"), value(figure, everything)), *each]


def _called(day: date, *, by_week: bool) -> str:
    return short_date(day) if by_week else month(day)


def _part(days: Days, first: date, *, by_week: bool) -> dict[str, str]:
    """Return the days of a week or month, as far as they were asked for, as an address says them."""
    last = first + timedelta(6) if by_week else month_of(first).last
    return {"from": max(first, days.first).isoformat(), "to": min(last, days.last).isoformat()}


def _keys(
    session: Session, form: FiguresForm, found: Iterable[str | int]
) -> Sequence[tuple[str | int, str, dict[str, str]]]:
    if form.by.data == "service":
        services = [form.service.data] if form.service.data else LINES[form.line.data].services
        return [(code, service_name(code), {"service": code}) for code in services]
    if form.by.data == "class":
        return [(code, str(code) or NONE, {"class": str(code)}) for code in sorted(map(str, found))]
    sites = [site for site in sites_of(session, line=form.line.data) if form.site.data in ("", str(site.id))]
    return [(site.id, named(site), {"site": str(site.id)}) for site in sites]


def _buckets(figure: Figure, counted: Mapping[str, int]) -> Sequence[Bucket]:
    if figure.kind is Kind.SPREAD:
        rows = [(f"{first}", _step(first, last), amount) for first, last, amount in steps(figure, counted)]
    else:
        amounts = named_buckets(figure, counted)
        order = [*(figure.words or {}), *sorted(amounts, key=lambda code: (len(code), code))]
        rows = [(code, bucket_name(figure, code), amounts.get(code, 0)) for code in dict.fromkeys(order)]
    total = sum(amount for _code, _label, amount in rows)
    return [
        Bucket(code, label, amount, Decimal(100 * amount) / total) for code, label, amount in rows if amount and total
    ]


def _step(first: int, last: int | None) -> str:
    if last is None:
        return str(_("%(first)s and more", first=first))
    return f"{first}" if first == last else f"{first}–{last}"
