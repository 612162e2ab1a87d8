"""Counting days and months once, so that years of them are read at once.

A day is announced, then counted. Whoever changes anything of it in between strikes the announcement out (a trigger
does), and the day stays one that is counted afresh; so what is marked as rolled up always holds. On PostgreSQL the
counting waits until everybody has ended who began before the announcement and may not have seen it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Insert,
    Select,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from booking.exams.models import ExamResult
from booking.kernel.db import rows_changed, table_of
from booking.slots.models import Slot
from booking.stats.models import PastBooking, RolledFigure, RolledSpan
from booking.stats.queries.counted import ALL, BOTH, CLASS, CUTS, DAY, MONTH, SITE, facts_of
from booking.stats.queries.facts import NO_CLASS, NOWHERE
from booking.stats.queries.measures import MEASURES
from booking.stats.rules.spans import Days, month_of, runs

TABLE = table_of(RolledFigure)
COLUMNS = [column.name for column in TABLE.columns]
BUCKETS = ("day", "line", "service", "site_id", "licence_class", "bucket")


def days_to_roll(session: Session, first: date | None, last: date) -> Sequence[date]:
    """Return the days up to `last` that are not rolled up, from `first` or the first of which anything is known."""
    begins = first or _first_day(session)
    if begins is None:
        return []
    rolled = set(
        session.scalars(
            select(RolledSpan.starts_on).where(
                RolledSpan.span == DAY, RolledSpan.rolled_at.is_not(None), RolledSpan.starts_on >= begins
            )
        )
    )
    return [day for day in Days(begins, last) if day not in rolled]


def announce(session: Session, days: Sequence[date]) -> int:
    """Announce that some days will be counted, and return the transaction's number, for `is_quiet`."""
    known = set(
        session.scalars(select(RolledSpan.starts_on).where(RolledSpan.span == DAY, RolledSpan.starts_on.in_(days)))
    )
    new = [{"span": DAY, "starts_on": day} for day in days if day not in known]
    if new:
        session.execute(insert(RolledSpan), new)
    if session.get_bind().dialect.name == "sqlite":
        return 0
    return int(session.scalar(text("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")) or 0)


def is_quiet(session: Session, since: int) -> bool:
    """Say whether every transaction has ended that began to write before the one with the number `since`."""
    if session.get_bind().dialect.name == "sqlite":
        return True  # one writes at a time
    oldest = session.scalar(text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"))
    return int(oldest or 0) > since


def roll_days(session: Session, days: Sequence[date], *, now: datetime) -> int:
    """Count days that were announced and return how many; those that others count, or that changed, are left out."""
    claim = (
        update(RolledSpan)
        .where(RolledSpan.span == DAY, RolledSpan.starts_on.in_(days), RolledSpan.rolled_at.is_(None))
        .values(rolled_at=now)
        .returning(RolledSpan.starts_on)
    )
    claimed = sorted(session.scalars(claim))
    if not claimed:
        return 0
    months = sorted({day.replace(day=1) for day in claimed})
    session.execute(delete(RolledSpan).where(RolledSpan.span == MONTH, RolledSpan.starts_on.in_(months)))
    session.execute(delete(RolledFigure).where(RolledFigure.span == DAY, RolledFigure.starts_on.in_(claimed)))
    for measure in MEASURES:
        session.execute(_keep(_counted(measure, runs(claimed))))
    session.execute(_keep(_summed(ALL, RolledFigure.starts_on.in_(claimed))))
    return len(claimed)


def months_to_roll(session: Session, last: date) -> Sequence[date]:
    """Return the months that were over by `last`, are rolled up day by day, and not yet as a whole."""
    first = func.min(RolledSpan.starts_on)
    begins = session.scalar(select(first).where(RolledSpan.span == DAY))
    if begins is None:
        return []
    spans = session.execute(select(RolledSpan.span, RolledSpan.starts_on).where(RolledSpan.rolled_at.is_not(None)))
    rolled = {(span, day) for span, day in spans}
    months = sorted({day.replace(day=1) for day in Days(begins, last)})
    return [
        month
        for month in months
        if month_of(month).last <= last
        and (MONTH, month) not in rolled
        and all((DAY, day) in rolled for day in month_of(month))
    ]


def roll_month(session: Session, month: date, *, now: datetime) -> bool:
    """Add up the days of a month; return False if one of them is not rolled up, or another process has done it."""
    days = month_of(month)
    # Held until the end: who strikes out one of the days does it after this, and the month falls with the day.
    kept = session.scalars(
        select(RolledSpan.starts_on)
        .where(RolledSpan.span == DAY, RolledSpan.rolled_at.is_not(None))
        .where(RolledSpan.starts_on.between(days.first, days.last))
        .with_for_update()
    ).all()
    if len(kept) != len(list(days)) or session.get(RolledSpan, (MONTH, month)) is not None:
        return False
    session.execute(insert(RolledSpan).values(span=MONTH, starts_on=month, rolled_at=now))
    session.execute(delete(RolledFigure).where(RolledFigure.span == MONTH, RolledFigure.starts_on == month))
    for cut in CUTS[MONTH]:
        session.execute(_keep(_summed(cut, RolledFigure.starts_on.between(days.first, days.last), month)))
    return True


def forget_rolled(session: Session, days: Days) -> int:
    """Strike out what is rolled up of some days, so that it is counted anew."""
    gone = delete(RolledSpan).where(RolledSpan.span == DAY, RolledSpan.starts_on.between(days.first, days.last))
    return rows_changed(session, gone)


def _first_day(session: Session) -> date | None:
    firsts = [session.scalar(select(func.min(day))) for day in (Slot.day, PastBooking.day, ExamResult.day)]
    return min((day for day in firsts if day is not None), default=None)


def _keep(amounts: Select[Any]) -> Insert:
    return insert(TABLE).from_select(COLUMNS, amounts)


def _counted(measure: str, spans: Sequence[Days]) -> Select[Any]:
    """Return the amounts of a measure by day and everything else."""
    parts = [facts.subquery().c for facts in facts_of(measure, spans)]
    facts = union_all(*(select(*(part[name] for name in (*BUCKETS, "amount"))) for part in parts)).subquery().c
    buckets = [facts[name] for name in BUCKETS]
    return select(
        literal(DAY), literal(BOTH), literal(measure), *buckets, func.sum(facts.amount)
    ).group_by(*buckets)  # fmt: skip


def _summed(cut: str, days: ColumnElement[bool], month: date | None = None) -> Select[Any]:
    """Return the amounts of some days, day by day or as a month, parted by what `cut` says."""
    of = RolledFigure
    kept: list[ColumnElement[Any]] = [
        of.starts_on.expression if month is None else literal(month, Date),
        of.line.expression,
        of.service.expression,
        of.site_id.expression if cut in (SITE, BOTH) else literal(NOWHERE),
        of.licence_class.expression if cut in (CLASS, BOTH) else literal(NO_CLASS),
        of.bucket.expression,
    ]
    span = DAY if month is None else MONTH
    groups = [column for column in kept if not isinstance(column, BindParameter)]
    return (
        select(literal(span), literal(cut), of.measure, *kept, func.sum(of.amount))
        .where(of.span == DAY, of.cut == BOTH, days)
        .group_by(of.measure, *groups)
    )
