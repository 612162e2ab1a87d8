"""Choosing a window: a month of days and the windows of one, for a station or all. One page for every errand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.bookings import offered
from booking.bookings.offered import CAN_BE_HAD, Errand, Listed, day_asked, month_of
from booking.inspections.queries.stations import REACH, windows_for
from booking.inspections.rules.facts import VehicleKind
from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId, SlotId
from booking.slots.models import SlotState
from booking.slots.queries import OpenSlot
from booking.web.language import full_day, language
from booking.web.months import Month

FEW = 3
SOONEST = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything the page shows; `windows` leaves out those of the day that have closed, unless all have.

    `wish_href` leads to a request where a round decides windows of the station.
    """

    month: Month | None
    day: date | None
    windows: Sequence[Listed]
    soonest: Sequence[Listed]
    published: bool
    wish_href: str | None

    @property
    def is_full_day(self) -> bool:
        """Whether a day was chosen on which nothing can be had or asked for."""
        return self.day is not None and not any(one.state in (*CAN_BE_HAD, "collecting") for one in self.windows)


def choice(
    session: Session,
    kind: VehicleKind,
    errand: Errand,
    *,
    opens_on: date,
    site_id: SiteId | None = None,
    leaving: SlotId | None = None,
    now: datetime,
) -> Choice:
    """Load the windows for a kind of vehicle that may take those from `opens_on` on; one statement.

    `leaving` is the window that is to be exchanged for another, and no choice itself.
    """
    today = local_day(now)
    slots = windows_for(session, kind, today, today + REACH, now=now, site_id=site_id)
    day, month = day_asked(request.args.get("day", "")), day_asked(f"{request.args.get('month', '')}-01")
    shown = [
        listed(slot, errand, opens_on, now)
        for slot in slots
        if slot.id != leaving and (slot.state is SlotState.PUBLISHED or slot.day == day)
    ]
    of_day = [one for one in shown if one.slot.day == day]
    can_be_had = [one for one in shown if one.state in CAN_BE_HAD]
    first = next((one.slot.day for one in can_be_had or shown), today)
    collects = any(one.state == "collecting" for one in shown)
    month = month or (day or first).replace(day=1)
    grid = month_of(month, shown, errand, today=today, few=FEW, anchor="windows") if shown else None
    return Choice(
        month=grid,
        day=day,
        windows=[one for one in shown if one.slot.day == day and one.state != "closed"] or of_day,
        soonest=can_be_had[:SOONEST],
        published=bool(shown),
        wish_href=errand.wish_href() if collects else None,
    )


def nearest_free(
    session: Session, kind: VehicleKind, like: OpenSlot, errand: Errand, *, opens_on: date, now: datetime
) -> Sequence[Listed]:
    """Return the free windows nearest in time to `like` at any station, in order of time: the way on from it."""
    today = local_day(now)
    slots = windows_for(session, kind, today, today + REACH, now=now)
    free = [slot for slot in slots if slot.id != like.id and state_of(slot, opens_on, now) in CAN_BE_HAD]
    nearest = sorted(free, key=lambda slot: (abs(slot.starts_at - like.starts_at), slot.site_id != like.site_id))
    return [
        listed(slot, errand, opens_on, now)
        for slot in sorted(nearest[:SOONEST], key=lambda slot: (slot.starts_at, slot.id))
    ]


def state_of(slot: OpenSlot, opens_on: date, now: datetime) -> str:
    """Name how a window stands for a vehicle whose months begin on `opens_on`: as `offered.state_of`, or not_due."""
    state = offered.state_of(slot, now, few=FEW)
    return "not_due" if slot.day < opens_on and state not in ("withdrawn", "closed") else state


def note_of(slot: OpenSlot, state: str, opens_on: date) -> str:
    """Say in words how many places are left, or why none can be had."""
    if state == "withdrawn":
        return str(_("The station has withdrawn this window."))
    if state == "not_due":
        return str(_("The months of this vehicle begin on %(day)s.", day=full_day(opens_on)))
    return offered.note_of(slot, state)


def listed(slot: OpenSlot, errand: Errand, opens_on: date, now: datetime) -> Listed:
    """Return a window as a row of the lists."""
    state, station = state_of(slot, opens_on, now), named(slot.site_name, slot.site_name_en)
    return Listed(slot, state, station, note_of(slot, state, opens_on), errand.href(slot.id, state))


def named(name: str, name_en: str) -> str:
    """Return a station's name in the reader's language."""
    return (name_en or name) if language() == "en" else name
