"""Several vehicles in one go: which, where, on which day, check, done. The address holds what was chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from booking.bookings.line import Reason
from booking.bookings.queries import made_with
from booking.inspections.forms.booking import MOST_AT_ONCE, PARTS, BookSeveralForm, SeveralForm
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.bookable import Bookable, all_bookable
from booking.inspections.queries.stations import REACH, is_free, nearest_first, stations_for, windows_for
from booking.inspections.rules.several import Seats, assigned
from booking.inspections.service.several import NOT_HAD, book_several, key_of
from booking.inspections.views.blueprint import bp
from booking.inspections.views.checking import explained
from booking.inspections.views.refused import CONFLICT, SEE_OTHER, UNPROCESSABLE
from booking.inspections.views.stations import district_of
from booking.kernel.actors import Act
from booking.kernel.calendar import local_day
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import SiteId, SlotId, VehicleId
from booking.kernel.secrets import new_token
from booking.slots.models import Slot
from booking.slots.queries import OpenSlot
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import full_day, language, span, worded


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle of the plan: its window, or why it has none."""

    vehicle: Bookable
    slot: OpenSlot | None
    note: str

    @property
    def code(self) -> str:
        """The row as the form sends it."""
        return f"{self.vehicle.vehicle.vehicle_id}-{self.slot.id}" if self.slot else ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which so many of the vehicles find a window."""

    day: date
    fits: int
    hours: str
    href: str


@bp.get("/inspections/several", endpoint="book_several")
@may(Act.BOOK_FOR_ONESELF)
def several() -> ResponseReturnValue:
    """Choose vehicles and station, then a day, then check: each step is the same address with more in it."""
    with reading(sessions()) as session:
        mine = all_bookable(session, me().person_id, now=now())
        form = _form(session, mine)
        chosen = [one for one in mine if str(one.vehicle.vehicle_id) in (form.vehicle.data or ())]
        problem = _problem(form, chosen)
        if problem or not chosen:
            return _choose_page(form, mine, problem)
        site_id = SiteId(int(form.site.data))
        windows = _windows(session, chosen, site_id)
        day = _asked_day()
        if day is None:
            return _days_page(form, chosen, windows)
        rows = _plan(session, chosen, [slot for slot in windows if slot.day == day])
    return _check_page(form, rows, day)


@bp.post("/inspections/several")
@may(Act.BOOK_FOR_ONESELF)
def book_all() -> ResponseReturnValue:
    """Book the windows that were shown, all of them or as many as can be had."""
    form = BookSeveralForm()
    if not form.validate_on_submit() or not form.place.data:
        return redirect(url_for("inspections.book_several"), SEE_OTHER)
    plan = {VehicleId(int(vehicle)): SlotId(int(slot)) for vehicle, slot in form.place.data.items()}
    key, whole = form.request_key.data, form.whole.data != PARTS
    done = url_for("inspections.several_done", key=key, vehicle=list(plan))
    with reading(sessions()) as session:
        if any(made_with(session, me().person_id, key_of(key, vehicle_id)) for vehicle_id in plan):
            return redirect(done, SEE_OTHER)  # the first click of two
    try:
        with unit_of_work(sessions()) as session:
            book_several(session, me().person_id, plan, key, whole=whole, actor=actor(), now=now())
    except NOT_HAD as error:
        page = {"text": worded(error.wording), "again": request.full_path}
        return render_template("inspections/booking_several_refused.html", **page), CONFLICT
    return redirect(done, SEE_OTHER)


@bp.get("/inspections/several/done")
@may(Act.BOOK_FOR_ONESELF)
def several_done() -> ResponseReturnValue:
    """List what became of each vehicle of one form."""
    key, asked = request.args.get("key", ""), request.args.getlist("vehicle")
    with reading(sessions()) as session:
        mine = [one for one in all_bookable(session, me().person_id, now=now()) if _code(one) in asked]
        made = {
            one.vehicle.vehicle_id: made_with(session, me().person_id, key_of(key, one.vehicle.vehicle_id))
            for one in mine
        }
    rows = [(one, made[one.vehicle.vehicle_id]) for one in mine]
    if not any(found for _, found in rows):
        raise NotFoundError
    return render_template("inspections/booking_several_done.html", rows=rows)


def _form(session: Session, mine: Sequence[Bookable]) -> SeveralForm:
    form = SeveralForm(request.args)
    form.vehicle.choices = [SelectChoice(_code(one), one.vehicle.plate) for one in mine if not _against(one)]
    kinds = dict.fromkeys(one.vehicle.kind for one in mine)
    stations = {station.id: station for kind in kinds for station in stations_for(session, kind, now=now())}
    district = next((found for one in mine if (found := district_of(session, one.vehicle.owner_id))), "")
    form.site.choices = [
        SelectChoice(str(station.id), station.named(language()))
        for station in nearest_first(stations.values(), district)
    ]
    known = {choice.value for choice in form.vehicle.choices}
    form.vehicle.data = [code for code in form.vehicle.data or () if code in known]
    return form


def _problem(form: SeveralForm, chosen: Sequence[Bookable]) -> str:
    """Say what is missing in an address that has been sent; "" for a bare one."""
    if not request.args:
        return ""
    if not chosen:
        return str(_("Choose at least one vehicle"))
    if len(chosen) > MOST_AT_ONCE:
        return str(_("Choose at most %(most)s vehicles at once", most=MOST_AT_ONCE))
    if form.site.data not in {choice.value for choice in form.site.choices or ()}:
        return str(_("Choose a station"))
    return ""


def _against(one: Bookable) -> Sequence[Reason | str]:
    """Return why a vehicle cannot be among several: the rules, a place it has, or one that is held for it."""
    if one.vehicle.booking:
        return [_("It has a place already.")]
    if one.vehicle.held:
        return [_("A place is held for it: take that one, or give it up first.")]
    return explained(one.refusals)


def _windows(session: Session, chosen: Sequence[Bookable], site_id: SiteId) -> Sequence[OpenSlot]:
    """Return the free windows of the station for any of the vehicles, in order of time; a statement for each kind."""
    today = local_day(now())
    found = {
        slot.id: slot
        for kind in dict.fromkeys(one.vehicle.kind for one in chosen)
        for slot in windows_for(session, kind, today, today + REACH, now=now(), site_id=site_id)
        if is_free(slot, now())
    }
    return sorted(found.values(), key=lambda slot: (slot.starts_at, slot.id))


def _plan(session: Session, chosen: Sequence[Bookable], windows: Sequence[OpenSlot]) -> Sequence[Row]:
    """Give each vehicle a window of the day that the rules allow it."""
    slots = {slot.id: slot for slot in windows}
    rows = [session.get_one(Slot, slot_id) for slot_id in slots]
    pairs = [(one.holder, row) for one in chosen for row in rows]
    refused = INSPECTIONS.refused(session, pairs, now=now())
    wanted = {
        one.vehicle.vehicle_id: [slot_id for slot_id in slots if (one.holder, slot_id) not in refused]
        for one in chosen
    }
    given = assigned(wanted, _seats(slots.values()))
    none = _("No free window is left for it on this day.")
    return [
        Row(
            one,
            slots.get(given.get(one.vehicle.vehicle_id, SlotId(0))),
            "" if wanted[one.vehicle.vehicle_id] else none,
        )
        for one in chosen
    ]


def _seats(slots: Iterable[OpenSlot]) -> list[Seats]:
    return [Seats(slot.id, slot.starts_at, slot.ends_at, slot.remaining) for slot in slots]


def _choose_page(form: SeveralForm, mine: Sequence[Bookable], problem: str) -> ResponseReturnValue:
    form.vehicle.errors = [problem] if problem else []
    others = [(one.vehicle, against) for one in mine if (against := _against(one))]
    page = render_template("inspections/booking_several.html", form=form, mine=mine, others=others)
    return page, UNPROCESSABLE if problem else 200


def _days_page(form: SeveralForm, chosen: Sequence[Bookable], windows: Sequence[OpenSlot]) -> ResponseReturnValue:
    with reading(sessions()) as session:
        days = [
            _day(form, day, _plan(session, chosen, [slot for slot in windows if slot.day == day]))
            for day in dict.fromkeys(slot.day for slot in windows)
        ]
    days = [day for day in days if day.fits]
    page = {"form": form, "days": days, "count": len(chosen), "back": _address(form)}
    return render_template("inspections/booking_several_days.html", **page)


def _day(form: SeveralForm, day: date, rows: Sequence[Row]) -> Day:
    slots = sorted((row.slot for row in rows if row.slot), key=lambda slot: slot.starts_at)
    hours = span(_Span(slots[0].starts_at, slots[-1].ends_at)) if slots else ""
    return Day(day, len(slots), hours, _address(form, day))


@dataclass(frozen=True, slots=True)
class _Span:
    starts_at: datetime
    ends_at: datetime


def _check_page(form: SeveralForm, rows: Sequence[Row], day: date) -> ResponseReturnValue:
    send = BookSeveralForm(data={"request_key": new_token(), "whole": form.whole.data})
    fits = sum(row.slot is not None for row in rows)
    page = {
        "rows": rows,
        "send": send,
        "day": full_day(day),
        "station": next((str(c.label) for c in form.site.choices or () if c.value == form.site.data), ""),
        "can_be_sent": fits == len(rows) if form.is_whole else fits > 0,
        "fits": fits,
        "here": _address(form, day),
        "back": _address(form),
    }
    return render_template("inspections/booking_several_check.html", **page)


def _address(form: SeveralForm, day: date | None = None) -> str:
    return url_for(
        "inspections.book_several",
        vehicle=form.vehicle.data,
        site=form.site.data,
        whole=form.whole.data,
        day=day.isoformat() if day else None,
    )


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _code(one: Bookable) -> str:
    return str(one.vehicle.vehicle_id)
