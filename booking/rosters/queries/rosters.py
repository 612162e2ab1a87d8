"""Rosters: the list of a day at a site, and one roster with its rows and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.orm import Session

from booking.bookings.models import LIVE, Booking, BookingState
from booking.exams.line import EXAMS
from booking.kernel.db import batched
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import SiteId, SlotId
from booking.rosters.models import ClosedRoster
from booking.rosters.queries.rows import ON_ROSTER, STANDING_ATTEMPTS, RosterRow, rows_of
from booking.rosters.queries.settings import roster_settings
from booking.rosters.rules.standing import Counts, Progress, Standing, progress, standing, when_closed
from booking.sites.models import Site
from booking.slots.models import Slot, SlotState

COUNTED = tuple(field.name for field in fields(Counts))
HEADS = (
    select(
        Slot.id.label("slot_id"),
        *(getattr(Slot, name) for name in ("site_id", "service", "day", "starts_at", "ends_at", "state")),
        Site.code.label("site_code"),
        Site.name.label("site_name"),
        Site.name_en.label("site_name_en"),
        ClosedRoster.closed_at,
        *(getattr(ClosedRoster, name) for name in COUNTED),
    )
    .join(Site, Site.id == Slot.site_id)
    .outerjoin(ClosedRoster, ClosedRoster.slot_id == Slot.id)
    .where(Slot.line == EXAMS.key)
)


@dataclass(frozen=True, slots=True)
class RosterHead:
    """One roster in a list. `counts` are those on which operator and database agreed when it was closed."""

    slot_id: SlotId
    site_id: SiteId
    site_code: str
    site_name: str
    site_name_en: str
    service: str
    day: date
    starts_at: datetime
    ends_at: datetime
    is_withdrawn: bool
    progress: Progress
    counts: Counts | None  # None: open
    closed_at: datetime | None  # None: open

    @property
    def is_closed(self) -> bool:
        """Whether it accepts nothing more."""
        return self.closed_at is not None


@dataclass(frozen=True, slots=True)
class Roster:
    """One roster. `when_closed` is what closing now would make of it: the counts that the operator confirms.

    Check-in is possible in [`check_in_from`, `check_in_until`); absences and closing from `check_in_until` on, of a
    withdrawn slot at once.
    """

    head: RosterHead
    rows: Sequence[RosterRow]
    when_closed: Counts
    check_in_from: datetime
    check_in_until: datetime


def rosters_of(session: Session, site_id: SiteId, day: date) -> Sequence[RosterHead]:
    """Return the rosters of a site on a local day, in order of time, in three statements."""
    return _heads(session, HEADS.where(Slot.site_id == site_id, Slot.day == day))


def open_rosters(session: Session, site_id: SiteId | None, *, before: date) -> Sequence[RosterHead]:
    """Return the rosters of earlier days that are not closed yet, of one site or (None) all, the oldest first.

    Only those on which somebody still stands: booked, and neither tested, absent nor cancelled.
    """
    still_live = select(Booking.slot_id).where(Booking.line == EXAMS.key, Booking.state.in_(LIVE))
    query = HEADS.where(Slot.day < before, ClosedRoster.slot_id.is_(None), Slot.id.in_(still_live))
    return _heads(session, query if site_id is None else query.where(Slot.site_id == site_id))


def roster(session: Session, slot_id: SlotId, *, now: datetime) -> Roster:
    """Return one roster in seven statements; raise `NotFoundError` if there is no such slot of exams."""
    heads = _heads(session, HEADS.where(Slot.id == slot_id))
    if not heads:
        raise NotFoundError
    head = heads[0]
    settings = roster_settings(session, head.day)
    return Roster(
        head=head,
        rows=rows_of(session, head, undo=settings.undo, now=now),
        when_closed=head.counts or when_closed(head.progress, is_withdrawn=head.is_withdrawn),
        check_in_from=head.starts_at - settings.early,
        check_in_until=head.starts_at + settings.late,
    )


def _heads(session: Session, query: Select[tuple[object, ...]]) -> Sequence[RosterHead]:
    found = session.execute(query.order_by(Slot.starts_at, Slot.id)).mappings().all()
    standings = _standings(session, [row["slot_id"] for row in found])
    return [_head(row, progress(standings[row["slot_id"]])) for row in found]


def _head(row: RowMapping, now: Progress) -> RosterHead:
    counts = None
    if row["closed_at"] is not None:
        counts = Counts(**{name: row[name] for name in COUNTED})
    of_slot = {name: value for name, value in row.items() if name not in (*COUNTED, "state")}
    return RosterHead(**of_slot, is_withdrawn=row["state"] is SlotState.WITHDRAWN, progress=now, counts=counts)


def _standings(session: Session, slot_ids: Sequence[int]) -> Mapping[int, list[Standing]]:
    found: dict[int, list[Standing]] = {slot_id: [] for slot_id in slot_ids}
    for some in batched(slot_ids):
        tried: dict[int, list[tuple[int, str]]] = {}
        attempts = STANDING_ATTEMPTS.where(Booking.slot_id.in_(some), Booking.state == BookingState.ATTENDED)
        for one in session.scalars(attempts):
            tried.setdefault(one.booking_id, []).append((one.number, one.outcome))
        states = select(Booking.id, Booking.slot_id, Booking.state).where(Booking.slot_id.in_(some), ON_ROSTER)
        for row in session.execute(states):
            found[row.slot_id].append(standing(row.state, tried.get(row.id, ())))
    return found
