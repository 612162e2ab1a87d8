"""Choosing a place: a month of days, the sessions of one day, a filter for the site. One page for four errands."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from booking.exams.forms import SiteForm
from booking.exams.line import EXAMS
from booking.exams.rules.facts import LicenceClass
from booking.exams.views.path import site_in_words
from booking.kernel.calendar import local_day
from booking.kernel.ids import SlotId
from booking.slots import queries as slots
from booking.slots.models import Lane, SlotState
from booking.slots.queries import OpenSlot
from booking.web.language import language, moment
from booking.web.months import Cell, Month

HORIZON = timedelta(days=92)
FEW = 5
SOONEST = 5
CAN_BE_HAD = ("open", "few")
# A day whose round is being decided reads as one that opens later.
WITHOUT_PLACES = {"collecting": "collecting", "decided": "early", "full": "full", "early": "early"}
MONTH = {"zh": "y年M月", "en": "MMMM y"}


@dataclass(frozen=True, slots=True)
class Errand:
    """Where the links of the page lead: `page` is the page itself, `slot` the check of one session.

    `wish` is the way to a request for a session that a round decides. None of both shows the plan without letting
    anybody choose.
    """

    page: str
    slot: str | None
    page_args: Mapping[str, Any]
    slot_args: Mapping[str, Any]
    wish: str | None = None

    def page_href(self, **asked: Any) -> str:  # noqa: ANN401 - what url_for takes
        return url_for(self.page, **self.page_args, **asked)

    def slot_href(self, slot_id: SlotId) -> str | None:
        return url_for(self.slot, **self.slot_args, slot_id=slot_id) if self.slot else None

    def wish_href(self, slot_id: SlotId | None = None) -> str | None:
        return url_for(self.wish, **self.page_args, wish=slot_id) if self.wish else None

    def only_looking(self) -> "Errand":
        return replace(self, slot=None, wish=None)


@dataclass(frozen=True, slots=True)
class Listed:
    """One session in a list; `note` says in words why it cannot be had, or that few places are left."""

    slot: OpenSlot
    state: str
    site: str
    note: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything the page shows. `published` tells an empty filter from an office without a plan.

    `collecting` counts the sessions, whatever the filter, that take requests, and `wish_href` leads to one;
    `undecided` counts those shown that take requests or wait for their round.
    """

    form: SiteForm
    month: Month | None
    day: date | None
    sessions: Sequence[Listed]
    soonest: Sequence[Listed]
    published: bool
    every_site: str
    collecting: int
    undecided: int
    wish_href: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for; anything that makes no sense is left out."""

    site: str
    day: date | None
    month: date | None


def choice(
    session: Session,
    subject: str,
    licence_class: LicenceClass | None,
    errand: Errand,
    *,
    lanes: Sequence[Lane] = (),
    now: datetime,
) -> Choice:
    """Load what can be chosen of `subject`, in one statement; sessions of other classes are left out.

    Places are counted in the `lanes` that the person may stand in.
    """
    today = local_day(now)
    found = slots.slots_between(session, today, today + HORIZON, line=EXAMS.key, service=subject, lanes=lanes)
    mine = [slot for slot in found if licence_class is None or serves(slot, licence_class)]
    asked = _asked()
    there = [slot for slot in mine if asked.site in ("", str(slot.site_id))]
    shown = [
        _session(slot, errand, now) for slot in there if slot.state is SlotState.PUBLISHED or slot.day == asked.day
    ]
    can_be_had = [one for one in shown if one.state in CAN_BE_HAD]
    first = next((one.slot.day for one in can_be_had or shown), today)
    month = asked.month or (asked.day or first).replace(day=1)
    return Choice(
        form=_form(asked.site, mine),
        month=_month(month, shown, asked.site, errand, today) if shown else None,
        day=asked.day,
        sessions=[one for one in shown if one.slot.day == asked.day],
        soonest=can_be_had[:SOONEST],
        published=bool(mine),
        every_site=errand.page_href(),
        collecting=sum(slot.is_collecting(now) for slot in mine),
        undecided=sum(one.state in ("collecting", "decided") for one in shown),
        wish_href=errand.wish_href(),
    )


def serves(slot: OpenSlot, licence_class: LicenceClass) -> bool:
    """Say whether the session is for this class ("" is for all)."""
    return not slot.classes or licence_class.value in slot.classes.split(",")


def state_of(slot: OpenSlot, now: datetime) -> str:
    """Name the state of a session: collecting, decided, open, few, full, early, closed, withdrawn.

    What a round decides takes requests first, is then decided, and opens for whoever comes first with what is left.
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
    return "few" if slot.remaining <= FEW else "open"


def note_of(slot: OpenSlot, state: str) -> str:
    """Say in words how many places are left, or why none can be had."""
    if state in CAN_BE_HAD:
        return str(_("%(remaining)s of %(capacity)s left", remaining=slot.remaining, capacity=slot.capacity))
    if state == "withdrawn":
        return str(_("The office has withdrawn this session."))
    if state != "full":
        return _when(slot, state)
    later = slot.capacity - slot.released
    return str(_("%(count)s more places come on sale later.", count=later) if later else _("All places are taken."))


def _when(slot: OpenSlot, state: str) -> str:
    """Say when a session opens or closes."""
    sentences = {
        "collecting": (_l("Requests until %(moment)s."), slot.requests_until),
        "decided": (_l("What nobody waits for opens on %(moment)s."), slot.opens_at),
        "early": (_l("Booking opens on %(moment)s."), slot.opens_at),
        "closed": (_l("Booking closed on %(moment)s."), slot.closes_at),
    }
    sentence, instant = sentences[state]
    return str(sentence) % {"moment": moment(instant or slot.opens_at)}


def _session(slot: OpenSlot, errand: Errand, now: datetime) -> Listed:
    state = state_of(slot, now)
    href = errand.slot_href(slot.id) if state in CAN_BE_HAD else None
    if state == "collecting":
        href = errand.wish_href(slot.id)
    return Listed(slot, state, site_in_words(slot.site_name, slot.site_name_en), note_of(slot, state), href)


def next_free(session: Session, like: OpenSlot, errand: Errand, *, now: datetime) -> list[Listed]:
    """Return the next sessions with a free place, as rows of the same table."""
    return [_session(slot, errand, now) for slot in slots.next_free(session, like, now=now)]


def _asked() -> _Asked:
    day = _day(request.args.get("day", ""))
    month = _day(f"{request.args.get('month', '')}-01")
    site = request.args.get("site", "")
    return _Asked(site if site.isdecimal() else "", day, month)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _form(site: str, found: Sequence[OpenSlot]) -> SiteForm:
    form = SiteForm(MultiDict({"site": site}))
    names = {slot.site_id: site_in_words(slot.site_name, slot.site_name_en) for slot in found}
    sites = [SelectChoice(str(site_id), names[site_id]) for site_id in sorted(names)]
    form.site.choices = [SelectChoice("", _("All sites")), *sites]
    return form


def _month(month: date, shown: Sequence[Listed], site: str, errand: Errand, today: date) -> Month:
    by_day: dict[date, list[Listed]] = {}
    for one in shown:
        by_day.setdefault(one.slot.day, []).append(one)
    months = sorted({day.replace(day=1) for day in by_day} | {month, today.replace(day=1)})
    place = months.index(month)

    def turned(to: int) -> str | None:
        if not 0 <= to < len(months):
            return None
        return errand.page_href(site=site or None, month=f"{months[to]:%Y-%m}")

    weeks = [
        [_cell(day, by_day.get(day, []), site, errand) if day.month == month.month else None for day in week]
        for week in Calendar().monthdatescalendar(month.year, month.month)
        if week[-1] >= today  # weeks that are over only stand in the way
    ]
    title = str(format_date(month, MONTH[language()], rebase=False))
    return Month(title, weeks, previous=turned(place - 1), next=turned(place + 1))


def _cell(day: date, sessions: Sequence[Listed], site: str, errand: Errand) -> Cell:
    published = [one for one in sessions if one.state != "withdrawn"]
    if not published:
        return Cell(day, "none")
    free = [one for one in published if one.state in CAN_BE_HAD]
    remaining = sum(one.slot.remaining for one in free)
    capacity = sum(one.slot.capacity for one in published)
    href = errand.page_href(site=site or None, day=day.isoformat(), _anchor="sessions")
    if not free:
        states = (WITHOUT_PLACES[state] for state in WITHOUT_PLACES if any(one.state == state for one in published))
        state = next(states, "closed")
        return Cell(day, state, 0, capacity, href if state == "collecting" else None)
    return Cell(day, "few" if remaining <= FEW else "open", remaining, capacity, href)
