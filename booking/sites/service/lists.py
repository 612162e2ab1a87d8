"""The import of a list of sites."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.kernel.columns import Holds, Typed
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.rules.site import LONGEST, MOST, SERVICES, SiteFacts, site_code
from booking.sites.rules.station import LINE, LaneFacts
from booking.sites.service.lanes import add_lane
from booking.sites.service.site import add_site, refuse_operators, store

SMALL = "inspection_small"  # what the lanes of a list inspect: it does not say, and most stations inspect small cars


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
    return Typed(lambda cell: tables.whole_number(0, most)(cell or "0"), Holds.NUMBER)


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
    Friday and offers nothing until the office says so. A station that has no test lanes yet is given those of the
    file, for small cars; from then on they are changed one by one. Raise `ImportRefusedError`.
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
    with_lanes = {shown.id for shown in queries.stations(session, now=now, active_only=False) if shown.lanes}
    added = changed = 0
    for code, row in wanted.items():
        if code not in known:
            site_id = add_site(session, SiteFacts(**asdict(row)), actor=actor, now=now)
            _add_lanes(session, site_id, row, actor=actor, now=now)
            added += 1
            continue
        site_id, before = known[code].id, known[code].facts
        facts = replace(before, **asdict(row))
        store(session, site_id, before, facts, actor=actor, now=now)
        lanes = 0 if site_id in with_lanes else _add_lanes(session, site_id, row, actor=actor, now=now)
        changed += facts != before or lanes > 0
    return Imported(added, changed)


def _add_lanes(session: Session, site_id: SiteId, row: SiteRow, *, actor: Actor, now: datetime) -> int:
    """Give a station the test lanes that a line of the file tells of, and return how many."""
    if row.line != LINE or not row.vehicles_per_hour:
        return 0
    for number in range(1, row.lanes + 1):
        add_lane(session, site_id, LaneFacts(f"{number}号线", SMALL, row.vehicles_per_hour), actor=actor, now=now)
    return row.lanes
