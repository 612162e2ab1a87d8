"""The rows behind a number: the facts that were counted, by reference, and nobody's name.

Days are the latest first. How many facts each day has is known from the roll-ups, so that a page reads the few days
that fill it and not the years behind them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, union_all
from sqlalchemy.orm import Session

from booking.sites.models import Site
from booking.stats.queries.counted import Asked, counts, facts_of, lead_by_indexes
from booking.stats.queries.facts import Source
from booking.stats.rules.figures import Figure
from booking.stats.rules.spans import Days, runs

AT_A_TIME = 2_000  # rows that are fetched from the database at once


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact as it is shown: `key` orders the facts of a day, `reference` is "" where there is none."""

    day: date
    service: str
    site: str
    site_en: str
    licence_class: str
    bucket: str
    amount: int
    key: int
    reference: str
    state: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: below this fact."""

    day: date
    key: int
    bucket: str


def page_of_rows(
    session: Session, figure: Figure, asked: Asked, buckets: Collection[str], *, below: Place | None, limit: int
) -> Sequence[FactRow]:
    """Return the rows of one page and one more where there are more, the latest day first."""
    days = Days(asked.days.first, min(below.day, asked.days.last) if below else asked.days.last)
    amounts = {
        day: sum(amount for bucket, amount in found.items() if is_wanted(figure, buckets, bucket))
        for (_, day), found in counts(session, (figure.measure,), replace(asked, days=days), by="day").items()
    }
    known = sorted((day for day, amount in amounts.items() if amount), reverse=True)
    wanted = limit + 1
    while True:
        read = _enough(known, amounts, below, wanted)
        query = _of(figure, asked, buckets, runs(sorted(read)), below).limit(limit + 1)
        found = list(_rows(session, query))
        if len(found) > limit or len(read) == len(known):
            return found
        wanted *= 10  # one fact may count for several, as a session does that offers twenty places


def all_rows(session: Session, figure: Figure, asked: Asked, buckets: Collection[str]) -> Iterator[FactRow]:
    """Yield every row, the latest day first, without holding more than some of them."""
    return _rows(session, _of(figure, asked, buckets, [asked.days], None))


def is_wanted(figure: Figure, buckets: Collection[str], bucket: str) -> bool:
    """Say whether a bucket is among those asked for; none asked for is all."""
    return not buckets or bucket in buckets or (figure.numbers_as in buckets and bucket.isdigit())


def _enough(known: Sequence[date], amounts: Mapping[date, int], below: Place | None, wanted: int) -> Sequence[date]:
    """Return the latest days that may hold as many facts as wanted; of the day of `below` some are seen already."""
    found = 0
    for number, day in enumerate(known, 1):
        found += 0 if below and day == below.day else amounts[day]
        if found >= wanted:
            return known[:number]
    return known


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[FactRow]:
    lead_by_indexes(session)
    for row in session.execute(query.execution_options(yield_per=AT_A_TIME)):
        yield FactRow(*row)


def _of(
    figure: Figure, asked: Asked, buckets: Collection[str], spans: Sequence[Days], below: Place | None
) -> Select[*tuple[Any, ...]]:
    statements = []
    for facts in facts_of(figure.measure, spans):
        of = facts.subquery().c
        wanted = and_(asked.is_met_by(of), _in_buckets(of, figure, buckets), _is_below(of, below))
        columns = (
            of.day, of.service, of.site_id, of.licence_class, of.bucket, of.amount, of.key, of.reference, of.state,
        )  # fmt: skip
        statements.append(select(*columns).where(wanted))
    all_of = union_all(*statements).subquery().c
    return (
        select(
            all_of.day, all_of.service, Site.name, Site.name_en, all_of.licence_class, all_of.bucket, all_of.amount,
            all_of.key, all_of.reference, all_of.state,
        )
        .outerjoin(Site, Site.id == all_of.site_id)
        .order_by(all_of.day.desc(), all_of.key.desc(), all_of.bucket.desc())
    )  # fmt: skip


def _in_buckets(of: Source, figure: Figure, buckets: Collection[str]) -> ColumnElement[bool]:
    if not buckets:
        return true()
    others = [bucket for bucket in figure.words or () if bucket not in buckets]
    return and_(of.bucket.not_in(others) if figure.numbers_as in buckets else of.bucket.in_(buckets))


def _is_below(of: Source, below: Place | None) -> ColumnElement[bool]:
    if below is None:
        return true()
    in_bucket = and_(of.key == below.key, of.bucket < below.bucket)
    return or_(of.day < below.day, and_(of.day == below.day, or_(of.key < below.key, in_bucket)))
