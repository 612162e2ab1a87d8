"""Slots as pages show them where one is chosen: how each stands, in words, and a month of days. For every line."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from booking.kernel.ids import SiteId, SlotId
from booking.slots.models import SlotState
from booking.slots.queries import OpenSlot
from booking.web.language import language, moment, until
from booking.web.months import Cell, Month

CAN_BE_HAD = ("open", "few")
# How a day without a free place reads: the first of these that one of its slots has. A day whose round is being
# decided, or whose slots are too early for a vehicle, reads as one that opens later.
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
    """Where the links of a page lead: `page` is the page itself, `slot` the check of one slot.

    `wish` is the way to a request for a slot that a round decides. None of both shows the plan without letting
    anybody choose.
    """

    page: str
    slot: str | None
    page_args: Mapping[str, Any]
    slot_args: Mapping[str, Any]
    wish: str | None = None
    wish_args: Mapping[str, Any] = field(default_factory=dict)

    def page_href(self, **asked: Any) -> str:
        return url_for(self.page, **self.page_args, **asked)

    def slot_href(self, slot_id: SlotId) -> str | None:
        return url_for(self.slot, **self.slot_args, slot_id=slot_id) if self.slot else None

    def wish_href(self, slot_id: SlotId | None = None) -> str | None:
        return url_for(self.wish, **self.wish_args, wish=slot_id) if self.wish else None

    def standing_href(self, site_ids: Sequence[SiteId]) -> str | None:
        """Return the way to a request for whatever comes free at any of the sites, carried on into later plans."""
        if self.wish is None or not site_ids:
            return None
        wishes = [f"*{site_id}" for site_id in site_ids]
        return url_for(self.wish, **self.wish_args, wish=wishes, carry_on="y", step="check")

    def href(self, slot_id: SlotId, state: str) -> str | None:
        """Return where a slot that stands so leads: to its check, to a request, or nowhere."""
        if state == "collecting":
            return self.wish_href(slot_id)
        return self.slot_href(slot_id) if state in CAN_BE_HAD else None

    def only_looking(self) -> "Errand":
        return replace(self, slot=None, wish=None)


@dataclass(frozen=True, slots=True)
class Listed:
    """One slot in a list; `note` says in words why it cannot be had, or how many places are left."""

    slot: OpenSlot
    state: str
    site: str
    note: str
    href: str | None


def state_of(slot: OpenSlot, now: datetime, *, few: int) -> str:
    """Name how a slot stands: collecting, decided, open, few, full, early, closed or withdrawn.

    What a round decides takes requests first, is then decided, and opens for whoever comes first with what is left.
    `few` is from how many places on few are left.
    """
    if slot.state is SlotState.WITHDRAWN:
        return "withdrawn"
    if slot.is_collecting(now):
        return "collecting"
    if now < slot.opens_at:
        return "decided" if slot.requests_until is not None else "early"
    if now >= slot.closes_at:
        return "closed"
    if slot.remaining <= 0:
        return "full"
    return "few" if slot.remaining <= few else "open"


def note_of(slot: OpenSlot, state: str) -> str:
    """Say in words how many places are left, or why none can be had; each line words its own withdrawal."""
    if state in CAN_BE_HAD:
        return str(_("%(remaining)s of %(capacity)s left", remaining=slot.remaining, capacity=slot.capacity))
    if state == "full":
        later = slot.capacity - slot.released
        return str(
            ngettext(
                "%(count)s more place comes on sale later.",
                "%(count)s more places come on sale later.",
                later,
                count=later,
            )
            if later > 0
            else _("All places are taken.")
        )
    sentences = {
        "collecting": (_l("Requests until %(moment)s."), slot.requests_until),
        "decided": (_l("What nobody waits for opens on %(moment)s."), slot.opens_at),
        "early": (_l("Booking opens on %(moment)s."), slot.opens_at),
        "closed": (_l("Booking closed on %(moment)s."), slot.closes_at),
    }
    sentence, instant = sentences[state]
    written = until if state in ("collecting", "closed") else moment
    return str(sentence) % {"moment": written(instant or slot.opens_at)}


def month_of(
    month: date,
    shown: Sequence[Listed],
    errand: Errand,
    *,
    today: date,
    few: int,
    anchor: str,
    asked: Mapping[str, Any] | None = None,
) -> Month:
    """Return the grid of a month with what was published in it; `asked` stays in every link, `anchor` is the list."""
    by_day: dict[date, list[Listed]] = {}
    for one in shown:
        by_day.setdefault(one.slot.day, []).append(one)
    months = sorted({day.replace(day=1) for day in by_day} | {month, today.replace(day=1)})
    place, kept = months.index(month), asked or {}

    def turned(to: int) -> str | None:
        return errand.page_href(**kept, month=f"{months[to]:%Y-%m}") if 0 <= to < len(months) else None

    def cell(day: date) -> Cell:
        href = errand.page_href(**kept, day=day.isoformat(), _anchor=anchor)
        return _cell(day, by_day.get(day, []), href, few)

    weeks = [
        [cell(day) if day.month == month.month else None for day in week]
        for week in Calendar().monthdatescalendar(month.year, month.month)
        if week[-1] >= today  # weeks that are over only stand in the way
    ]
    title = str(format_date(month, MONTH[language()], rebase=False))
    return Month(title, weeks, previous=turned(place - 1), next=turned(place + 1))


def _cell(day: date, shown: Sequence[Listed], href: str, few: int) -> Cell:
    published = [one for one in shown if one.state != "withdrawn"]
    if not published:
        return Cell(day, "none")
    free = [one for one in published if one.state in CAN_BE_HAD]
    capacity = sum(one.slot.capacity for one in published)
    if not free:
        states = (WITHOUT_PLACES[state] for state in WITHOUT_PLACES if any(one.state == state for one in published))
        state = next(states, "closed")
        return Cell(day, state, 0, capacity, href if state == "collecting" else None)
    remaining = sum(one.slot.remaining for one in free)
    return Cell(day, "few" if remaining <= few else "open", remaining, capacity, href)


def day_asked(text: str) -> date | None:
    """Return the day that an address names; what makes no sense is left out."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
