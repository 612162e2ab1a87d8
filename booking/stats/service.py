"""Bringing in the history of bookings, and giving the shares out as a file."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.ids import SiteId
from booking.kernel.tables import Parser, Rows, choice, iso_date, text
from booking.lines import LINES
from booking.sites.models import Site
from booking.stats.exports.shares import shares_as_csv
from booking.stats.models import PastBooking
from booking.stats.queries.shares import services_of, shares
from booking.stats.rules.shares import CHANNELS, OUTCOMES

CHUNK = 5000  # rows sent to the database at a time
FINGERPRINT = 40  # hexadecimal digits, as many as the log keeps of an object's name
PARSERS: Mapping[str, Parser] = {
    "line": choice(*LINES),
    "service": text(40),
    "site": text(20),
    "date": iso_date,
    "channel": choice(*CHANNELS),
    "outcome": choice(*OUTCOMES),
}


@dataclass(frozen=True, slots=True)
class _Past:
    """One row of the file, each cell right by itself."""

    line: str
    service: str
    site: str
    date: date
    channel: str
    outcome: str


@dataclass(frozen=True, slots=True)
class _Site:
    id: int
    line: str


def import_history(session: Session, data: str | bytes, *, actor: Actor, now: datetime) -> int:
    """Store the bookings of a CSV file, one for each row, and return their number.

    Columns: line, service, site (its code), date (local day), channel, outcome. All or nothing: raise
    `ImportRefusedError` with line, column and value of everything wrong. Rows are nobody's and may repeat, so a
    file that is brought in twice counts twice; the log names each file by its fingerprint.
    """
    bookings = _checked(data, _sites(session))
    for start in range(0, len(bookings), CHUNK):
        session.execute(insert(PastBooking), bookings[start : start + CHUNK])
    days = [booking["day"] for booking in bookings]
    audit.record(
        session,
        "history imported",
        "history",
        _fingerprint(data),
        actor=actor,
        now=now,
        after={"bookings": len(days), "first": f"{min(days, default='')}", "last": f"{max(days, default='')}"},
    )
    return len(days)


def export_shares_csv(
    session: Session, first: date, last: date, *, line: str = "exams", site_id: SiteId | None = None
) -> str:
    """Return the shares of local days `first` to `last`, both included, as CSV text."""
    return shares_as_csv(shares(session, first, last, line=line, site_id=site_id))


def _checked(data: str | bytes, sites: Mapping[str, _Site]) -> Sequence[dict[str, Any]]:
    """Return the rows as they are stored; raise `ImportRefusedError` before any of them is."""
    services = {line: services_of(line) for line in LINES}
    rows = Rows(data, PARSERS, _Past)
    found = []
    for number, row in rows:
        site = sites.get(row.site)
        if row.service not in services[row.line]:
            rows.wrong(number, "service", row.service, f"is not one of {', '.join(services[row.line])}")
        if site is None:
            rows.wrong(number, "site", row.site, "no site has this code")
        elif site.line != row.line:
            rows.wrong(number, "site", row.site, f"is a site of {site.line}, not of {row.line}")
        else:
            found.append(_stored(row, site.id))
    return found


def _stored(row: _Past, site_id: int) -> dict[str, Any]:
    return {
        "line": row.line,
        "service": row.service,
        "site_id": site_id,
        "day": row.date,
        "channel": row.channel,
        "outcome": row.outcome,
    }


def _sites(session: Session) -> Mapping[str, _Site]:
    return {code: _Site(id_, line) for code, id_, line in session.execute(select(Site.code, Site.id, Site.line))}


def _fingerprint(data: str | bytes) -> str:
    content = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(content).hexdigest()[:FINGERPRINT]
