"""Choosing a place: a month of days, the sessions of one day, a filter for the site. One page for four errands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from booking.bookings import offered
from booking.bookings.offered import CAN_BE_HAD, Errand, Listed, day_asked, month_of
from booking.exams.forms import SiteForm
from booking.exams.line import EXAMS
from booking.exams.rules.facts import LicenceClass
from booking.exams.views.path import site_in_words
from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId, SlotId
from booking.sites.rules.order import by_sound
from booking.slots import queries as slots
from booking.slots.models import Lane, SlotState
from booking.slots.queries import OpenSlot
from booking.web.months import Month

HORIZON = timedelta(days=92)
FEW = 5
SOONEST = 5
SITES_WAITED_FOR = 3
WAYS_ON = (*CAN_BE_HAD, "collecting")


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything the page shows. `published` tells an empty filter from an office without a plan.

    `soonest` are the first sessions with a place, or else the first that take requests. `collecting` counts the
    sessions, whatever the filter, that take requests, and `wish_href` leads to one; `undecided` counts those shown
    that take requests or wait for their round. `standing_href` leads to a request that waits for later plans.
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
    standing_href: str | None

    @property
    def is_full_day(self) -> bool:
        """Whether a day was chosen on which nothing can be had or asked for."""
        return self.day is not None and not any(one.state in WAYS_ON for one in self.sessions)


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
    leaving: SlotId | None = None,
    now: datetime,
) -> Choice:
    """Load what can be chosen of `subject`, in one statement; sessions of other classes are left out.

    Places are counted in the `lanes` that the person may stand in. `leaving` is the session that is to be exchanged
    for another, and no choice itself.
    """
    today = local_day(now)
    found = slots.slots_between(session, today, today + HORIZON, line=EXAMS.key, service=subject, lanes=lanes)
    mine = [slot for slot in found if licence_class is None or serves(slot, licence_class)]
    asked = _asked()
    there = [slot for slot in mine if asked.site in ("", str(slot.site_id))]
    shown = [
        _session(slot, errand, now)
        for slot in there
        if slot.id != leaving and (slot.state is SlotState.PUBLISHED or slot.day == asked.day)
    ]
    can_be_had = [one for one in shown if one.state in CAN_BE_HAD]
    first = next((one.slot.day for one in can_be_had or shown), today)
    month = asked.month or (asked.day or first).replace(day=1)
    of_site = {"site": asked.site or None}
    grid = month_of(month, shown, errand, today=today, few=FEW, anchor="sessions", asked=of_site) if shown else None
    return Choice(
        form=_form(asked.site, mine),
        month=grid,
        day=asked.day,
        sessions=[one for one in shown if one.slot.day == asked.day],
        soonest=(can_be_had or [one for one in shown if one.state == "collecting"])[:SOONEST],
        published=bool(mine),
        every_site=errand.page_href(),
        collecting=sum(slot.is_collecting(now) for slot in mine),
        undecided=sum(one.state in ("collecting", "decided") for one in shown),
        wish_href=errand.wish_href(),
        standing_href=errand.standing_href(_waited_for(asked.site, mine)),
    )


def _waited_for(site: str, mine: Sequence[OpenSlot]) -> list[SiteId]:
    """Return the chosen site, or the first few, where rounds decide sessions: a request waits for nothing else."""
    by_round = dict.fromkeys(slot.site_id for slot in mine if slot.requests_until and site in ("", str(slot.site_id)))
    return list(by_round)[:SITES_WAITED_FOR]


def serves(slot: OpenSlot, licence_class: LicenceClass) -> bool:
    """Say whether the session is for this class ("" is for all)."""
    return not slot.classes or licence_class.value in slot.classes.split(",")


def state_of(slot: OpenSlot, now: datetime) -> str:
    """Name how a session stands, as `offered.state_of`."""
    return offered.state_of(slot, now, few=FEW)


def note_of(slot: OpenSlot, state: str) -> str:
    """Say in words how many places are left, or why none can be had."""
    return str(_("The office has withdrawn this session.")) if state == "withdrawn" else offered.note_of(slot, state)


def _session(slot: OpenSlot, errand: Errand, now: datetime) -> Listed:
    state, site = state_of(slot, now), site_in_words(slot.site_name, slot.site_name_en)
    return Listed(slot, state, site, note_of(slot, state), errand.href(slot.id, state))


def next_free(session: Session, like: OpenSlot, errand: Errand, *, now: datetime) -> list[Listed]:
    """Return the next sessions with a free place, as rows of the same table."""
    return [_session(slot, errand, now) for slot in slots.next_free(session, like, now=now)]


def _asked() -> _Asked:
    day = day_asked(request.args.get("day", ""))
    month = day_asked(f"{request.args.get('month', '')}-01")
    site = request.args.get("site", "")
    return _Asked(site if site.isdecimal() else "", day, month)


def _form(site: str, found: Sequence[OpenSlot]) -> SiteForm:
    form = SiteForm(MultiDict({"site": site}))
    names = {slot.site_id: (slot.site_name, slot.site_name_en) for slot in found}
    by_ear = sorted(names.items(), key=lambda site: (by_sound(site[1][0]), site[0]))
    sites = [SelectChoice(str(site_id), site_in_words(*name)) for site_id, name in by_ear]
    form.site.choices = [SelectChoice("", _("All sites")), *sites]
    return form
