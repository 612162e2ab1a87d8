"""Choosing a window: a month of days and the windows of one, for a station or all. One page for every errand."""

from calendar import Calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from booking.inspections.queries.stations import REACH, windows_for
from booking.inspections.rules.facts import VehicleKind
from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId, SlotId
from booking.slots.models import SlotState
from booking.slots.queries import OpenSlot
from booking.web.language import full_day, language, moment
from booking.web.months import Cell, Month

FEW = 3
SOONEST = 5
CAN_BE_HAD = ("open", "few")
# How a day without a free place reads: the first of these that one of its windows has.
WITHOUT_PLACES = {
    "collecting": "collecting",
    "decided": "early",
    "full": "full",
    "early": "early",
    "not_due": "early",
}
MONTH = {"zh": "y年M月", "en": "MMMM y"}


@dataclass(frozen=True, slots=True)
class Errand:
    """Where links lead: `page` is the page itself, `window` the check of one window, `wish` a request for it.

    None of both shows the windows without letting anybody choose.
    """

    page: str
    window: str | None
    page_args: Mapping[str, Any]
    window_args: Mapping[str, Any]
    wish: str | None = None

    def page_href(self, **asked: Any) -> str:  # noqa: ANN401 - what url_for takes
        return url_for(self.page, **self.page_args, **asked)

    def window_href(self, slot_id: SlotId) -> str | None:
        return url_for(self.window, **self.window_args, slot_id=slot_id) if self.window else None

    def wish_href(self, slot_id: SlotId | None = None) -> str | None:
        return url_for(self.wish, **self.window_args, wish=slot_id) if self.wish else None

    def only_looking(self) -> "Errand":
        return replace(self, window=None, wish=None)


@dataclass(frozen=True, slots=True)
class Listed:
    """One window in a list; `note` says in words why it cannot be had, or how many places are left."""

    slot: OpenSlot
    state: str
    station: str
    note: str
    href: str | None


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
    day, month = _day("day"), _day("month", "-01")
    shown = [
        listed(slot, errand, opens_on, now)
        for slot in slots
        if slot.id != leaving and (slot.state is SlotState.PUBLISHED or slot.day == day)
    ]
    of_day = [one for one in shown if one.slot.day == day]
    can_be_had = [one for one in shown if one.state in CAN_BE_HAD]
    first = next((one.slot.day for one in can_be_had or shown), today)
    collects = any(one.state == "collecting" for one in shown)
    return Choice(
        month=_month(month or (day or first).replace(day=1), shown, errand, today) if shown else None,
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
    """Name how a window stands for a vehicle whose months begin on `opens_on`.

    One of collecting, decided, open, few, full, early, not_due, closed, withdrawn.
    """
    if slot.state is SlotState.WITHDRAWN:
        return "withdrawn"
    if now >= slot.closes_at:
        return "closed"
    if slot.day < opens_on:
        return "not_due"
    return _open_state(slot, now)


def _open_state(slot: OpenSlot, now: datetime) -> str:
    if slot.is_collecting(now):
        return "collecting"
    if now < slot.opens_at:
        return "decided" if slot.requests_until is not None else "early"
    if slot.remaining <= 0:
        return "full"
    return "few" if slot.remaining <= FEW else "open"


def note_of(slot: OpenSlot, state: str, opens_on: date) -> str:
    """Say in words how many places are left, or why none can be had."""
    if state in CAN_BE_HAD:
        return str(_("%(remaining)s of %(capacity)s left", remaining=slot.remaining, capacity=slot.capacity))
    if state == "withdrawn":
        return str(_("The station has withdrawn this window."))
    if state == "not_due":
        return str(_("The months of this vehicle begin on %(day)s.", day=full_day(opens_on)))
    if state == "full":
        later = slot.capacity - slot.released
        return str(
            _("%(count)s more places come on sale later.", count=later) if later > 0 else _("All places are taken.")
        )
    return _when(slot, state)


def _when(slot: OpenSlot, state: str) -> str:
    sentences = {
        "collecting": (_l("Requests until %(moment)s."), slot.requests_until),
        "decided": (_l("What nobody waits for opens on %(moment)s."), slot.opens_at),
        "early": (_l("Booking opens on %(moment)s."), slot.opens_at),
        "closed": (_l("Booking closed on %(moment)s."), slot.closes_at),
    }
    sentence, instant = sentences[state]
    return str(sentence) % {"moment": moment(instant or slot.opens_at)}


def listed(slot: OpenSlot, errand: Errand, opens_on: date, now: datetime) -> Listed:
    """Return a window as a row of the lists."""
    state = state_of(slot, opens_on, now)
    href = errand.window_href(slot.id) if state in CAN_BE_HAD else None
    if state == "collecting":
        href = errand.wish_href(slot.id)
    return Listed(slot, state, named(slot.site_name, slot.site_name_en), note_of(slot, state, opens_on), href)


def named(name: str, name_en: str) -> str:
    """Return a station's name in the reader's language."""
    return (name_en or name) if language() == "en" else name


def _day(name: str, end: str = "") -> date | None:
    """Return the day that the address names; what makes no sense is left out."""
    try:
        return date.fromisoformat(request.args.get(name, "") + end)
    except ValueError:
        return None


def _month(month: date, shown: Sequence[Listed], errand: Errand, today: date) -> Month:
    by_day: dict[date, list[Listed]] = {}
    for one in shown:
        by_day.setdefault(one.slot.day, []).append(one)
    months = sorted({day.replace(day=1) for day in by_day} | {month, today.replace(day=1)})
    place = months.index(month)

    def turned(to: int) -> str | None:
        return errand.page_href(month=f"{months[to]:%Y-%m}") if 0 <= to < len(months) else None

    weeks = [
        [_cell(day, by_day.get(day, []), errand) if day.month == month.month else None for day in week]
        for week in Calendar().monthdatescalendar(month.year, month.month)
        if week[-1] >= today  # weeks that are over only stand in the way
    ]
    title = str(format_date(month, MONTH[language()], rebase=False))
    return Month(title, weeks, previous=turned(place - 1), next=turned(place + 1))


def _cell(day: date, windows: Iterable[Listed], errand: Errand) -> Cell:
    published = [one for one in windows if one.state != "withdrawn"]
    if not published:
        return Cell(day, "none")
    free = [one for one in published if one.state in CAN_BE_HAD]
    href = errand.page_href(day=day.isoformat(), _anchor="windows")
    if not free:
        states = (WITHOUT_PLACES[state] for state in WITHOUT_PLACES if any(one.state == state for one in published))
        state = next(states, "closed")
        return Cell(
            day, state, 0, sum(one.slot.capacity for one in published), href if state == "collecting" else None
        )
    remaining, capacity = sum(one.slot.remaining for one in free), sum(one.slot.capacity for one in published)
    return Cell(day, "few" if remaining <= FEW else "open", remaining, capacity, href)
