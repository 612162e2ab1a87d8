"""The rosters of a day at a site as rows: who was expected, who came, and what came of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel.calendar import local_time
from booking.kernel.workbooks import Cell
from booking.rosters import exports
from booking.rosters.queries.rosters import roster, rosters_of
from booking.transfers.scope import Scope

COLUMNS = ("date", "service", "starts", *exports.COLUMNS)


def exported_rosters(session: Session, scope: Scope, now: datetime) -> Iterator[Sequence[Cell]]:
    """Yield the rows of every roster of the site and the first day of `scope`, in `COLUMNS`."""
    for head in rosters_of(session, scope.site, scope.days[0]):
        of_slot = (head.day, head.service, f"{local_time(head.starts_at):%H:%M}")
        for row in exports.roster_rows(roster(session, head.slot_id, now=now)):
            yield *of_slot, *(cell if isinstance(cell, int) or cell is None else str(cell) for cell in row)
