"""Adding and changing sites, their opening days, and the import of a list of sites."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    Wording,
)
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.models import Site, SiteDay, SiteService
from booking.sites.queries import DayShown
from booking.sites.rules import (
    LONGEST,
    MOST,
    SERVICES,
    SiteFacts,
    check,
    fingerprint,
    may_change,
    may_set_days,
    site_code,
)


class CodeTakenError(ConflictError):
    """Another site bears this code."""

    wording: ClassVar[Wording] = Wording("这个考场代码已经有别的考场使用。", "Another site bears this code already.")


CONFLICTS: dict[str, type[Exception]] = {
    "uq_site_code": CodeTakenError,
    "uq_site_day_site_id_day": StaleError,
    "uq_site_service_site_id_service": StaleError,
}
LONGEST_REASON = 200
FARTHEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A line of an imported list of sites."""

    code: str
    name: str
    line: str
    district: str
    address: str
    phone: str
    lanes: int
    vehicles_per_hour: int


def _count(most: int) -> tables.Parser:
    return lambda cell: tables.whole_number(0, most)(cell or "0")


PARSERS: Mapping[str, tables.Parser] = {
    "code": site_code,
    "name": tables.text(LONGEST["name"]),
    "line": tables.choice(*SERVICES),
    "district": tables.text(LONGEST["district"]),
    "address": tables.text(LONGEST["address"]),
    "phone": tables.optional_text(LONGEST["phone"]),
    "lanes": _count(MOST["lanes"]),
    "vehicles_per_hour": _count(MOST["vehicles_per_hour"]),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """How many sites an import added and changed; the others were as the file says already."""

    added: int
    changed: int


def add_site(session: Session, facts: SiteFacts, *, actor: Actor, now: datetime) -> SiteId:
    """Add a site and return its id; raise `CodeTakenError` or `InvalidInputError`."""
    _refuse_operators(actor)
    check(facts)
    with conflicts_as(CONFLICTS):
        site_id = SiteId(session.execute(insert(Site).values(**_columns(facts)).returning(Site.id)).scalar_one())
    _offer(session, site_id, facts)
    audit.record(session, "site added", "site", site_id, actor=actor, now=now, after=asdict(facts))
    return site_id


def change_site(
    session: Session, site_id: SiteId, facts: SiteFacts, *, seen: str, actor: Actor, now: datetime
) -> None:
    """Make the site what `facts` say; its code and line stay what they are.

    Raise `StaleError` if the fingerprint of the site is no longer `seen`, `NotFoundError` or `InvalidInputError`.
    """
    _refuse_operators(actor)
    # The row is locked on PostgreSQL; on SQLite a unit of work is the only writer anyway.
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update())
    before = queries.site(session, site_id).facts
    if fingerprint(before) != seen:
        raise StaleError
    facts = replace(facts, code=before.code, line=before.line)
    check(facts)
    _change(session, site_id, before, facts, actor=actor, now=now)


def set_day(
    session: Session,
    site_id: SiteId,
    day: date,
    is_open: bool | None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    seen: DayShown | None,
) -> None:
    """Open or close a site on one day against its week, for a reason; None takes the exception out again.

    An operator may do so at the own site. `seen` is what was set before (None: nothing): raise `StaleError` if it
    no longer is. Raise `InvalidInputError` for a day that is over or too far ahead, for a missing reason, and where
    there is no exception to take out.
    Published plans of the day are not touched: they can only be withdrawn.
    """
    if not may_set_days(actor, site_id):
        raise NotAllowedError
    today = local_day(now)
    if not today <= day <= today + FARTHEST:
        raise InvalidInputError("day")
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise InvalidInputError("reason")
    if session.get(Site, site_id) is None:
        raise NotFoundError
    _store_day(session, site_id, seen, None if is_open is None else DayShown(day, is_open, why), day)
    before = {"day": day.isoformat(), "is_open": seen.is_open if seen else None}
    after = {"day": day.isoformat(), "is_open": is_open}
    audit.record(
        session, "site day set", "site", site_id, actor=actor, now=now, before=before, after=after, reason=why
    )


def import_sites(session: Session, source: str | bytes, *, actor: Actor, now: datetime) -> Imported:
    """Add the sites of a CSV file and update those whose code is known; all of them or none.

    What the file does not speak of (weekdays, services, daily maximum) stays; a new site opens from Monday to
    Friday and offers nothing until the office says so. Raise `ImportRefusedError`.
    """
    _refuse_operators(actor)
    rows = tables.Rows(source, PARSERS, SiteRow)
    known = {shown.facts.code: shown for shown in queries.sites(session, active_only=False)}
    wanted: dict[str, SiteRow] = {}
    for line, row in rows:
        if row.code in wanted:
            rows.wrong(line, "code", row.code, "appears twice")
        if row.code in known and known[row.code].facts.line != row.line:
            rows.wrong(line, "line", row.line, "is not the line of the site that bears this code")
        wanted[row.code] = row
    added = changed = 0
    for code, row in wanted.items():
        if code not in known:
            add_site(session, SiteFacts(**asdict(row)), actor=actor, now=now)
            added += 1
            continue
        before = known[code].facts
        facts = replace(before, **asdict(row))
        if facts != before:
            _change(session, known[code].id, before, facts, actor=actor, now=now)
            changed += 1
    return Imported(added, changed)


def _change(
    session: Session, site_id: SiteId, before: SiteFacts, facts: SiteFacts, *, actor: Actor, now: datetime
) -> None:
    """Write what differs and log exactly that."""
    was, is_now = asdict(before), asdict(facts)
    differing = [name for name in is_now if was[name] != is_now[name]]
    if not differing:
        return
    session.execute(update(Site).where(Site.id == site_id).values(**_columns(facts)))
    if before.offers != facts.offers:
        session.execute(delete(SiteService).where(SiteService.site_id == site_id))
        _offer(session, site_id, facts)
    audit.record(
        session,
        "site changed",
        "site",
        site_id,
        actor=actor,
        now=now,
        before={name: was[name] for name in differing},
        after={name: is_now[name] for name in differing},
    )


def _columns(facts: SiteFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in SiteFacts.__dataclass_fields__ if name != "offers"}


def _offer(session: Session, site_id: SiteId, facts: SiteFacts) -> None:
    rows = [{"site_id": site_id, **asdict(offer)} for offer in facts.offers]
    if rows:
        with conflicts_as(CONFLICTS):
            session.execute(insert(SiteService), rows)


def _store_day(session: Session, site_id: SiteId, seen: DayShown | None, wanted: DayShown | None, day: date) -> None:
    """Make the exception what is wanted, provided it still is as seen."""
    if seen is None:
        if wanted is None:
            raise InvalidInputError("is_open")
        values = {"site_id": site_id, **asdict(wanted)}
        with conflicts_as(CONFLICTS):
            session.execute(insert(SiteDay).values(**values))
        return
    as_seen = (
        SiteDay.site_id == site_id,
        SiteDay.day == day,
        SiteDay.is_open.is_(seen.is_open),
        SiteDay.reason == seen.reason,
    )
    values = {"is_open": wanted.is_open, "reason": wanted.reason} if wanted else {}
    change = update(SiteDay).where(*as_seen).values(**values) if wanted else delete(SiteDay).where(*as_seen)
    if rows_changed(session, change) != 1:
        raise StaleError


def _refuse_operators(actor: Actor) -> None:
    if not may_change(actor):
        raise NotAllowedError
