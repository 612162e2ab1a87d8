"""The import of a list of sites."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.sites import queries
from booking.sites.rules.site import LONGEST, MOST, SERVICES, SiteFacts, site_code
from booking.sites.service.site import add_site, refuse_operators, store


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


def import_sites(session: Session, source: str | bytes, *, actor: Actor, now: datetime) -> Imported:
    """Add the sites of a CSV file and update those whose code is known; all of them or none.

    What the file does not speak of (weekdays, services, daily maximum) stays; a new site opens from Monday to
    Friday and offers nothing until the office says so. Raise `ImportRefusedError`.
    """
    refuse_operators(actor)
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
            store(session, known[code].id, before, facts, actor=actor, now=now)
            changed += 1
    return Imported(added, changed)
