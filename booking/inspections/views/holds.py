"""The place that came with a reminder or a failed test: one button takes it, one gives it up."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.queries import made_with
from booking.bookings.wishes import Wish
from booking.inspections.forms.booking import ConfirmForm
from booking.inspections.queries.held import HeldPlace, held_place
from booking.inspections.service.holding import give_up_place
from booking.inspections.views import checking
from booking.inspections.views.blueprint import bp
from booking.inspections.views.booking import booked, errand_of, shown_at
from booking.inspections.views.refused import CONFLICT, SEE_OTHER, UNPROCESSABLE
from booking.inspections.views.windows import nearest_free
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.slots.holds import HoldGoneError
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@bp.get("/inspections/holds/<int:hold_id>")
@may(Act.BOOK_FOR_ONESELF)
def hold(hold_id: int) -> ResponseReturnValue:
    """Show what is held and until when; one that is over is told so, with the next free windows."""
    return _hold_page(hold_id, ConfirmForm())


@bp.post("/inspections/holds/<int:hold_id>/take")
@may(Act.BOOK_FOR_ONESELF)
def take_hold(hold_id: int) -> ResponseReturnValue:
    """Turn the held place into a booking, exactly once: the number of the hold is the key of the form."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _hold_page(hold_id, form)
    key = f"hold {hold_id}"
    with reading(sessions()) as session:
        place = held_place(session, hold_id, person_id=me().person_id, now=now())
        made = made_with(session, me().person_id, key)
    if made:
        return redirect(shown_at(made[0]), SEE_OTHER)
    if not place.is_live:
        return _hold_page(hold_id, form)
    return booked(Wish(me().person_id, place.known.holder, place.slot_id, key))


@bp.post("/inspections/holds/<int:hold_id>/give-up")
@may(Act.BOOK_FOR_ONESELF)
def give_up_held(hold_id: int) -> ResponseReturnValue:
    """Give the held place back for everybody."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _hold_page(hold_id, form)
    try:
        with unit_of_work(sessions()) as session:
            give_up_place(session, hold_id, actor=actor(), now=now())
    except HoldGoneError:
        return _hold_page(hold_id, form)
    flash(_("The held place is given up. You can book any other window."), "success")
    with reading(sessions()) as session:
        place = held_place(session, hold_id, person_id=me().person_id, now=now())
    return redirect(url_for("inspections.book", vehicle_id=place.known.vehicle.vehicle_id), SEE_OTHER)


def _hold_page(hold_id: int, form: ConfirmForm) -> ResponseReturnValue:
    with reading(sessions()) as session:
        place = held_place(session, hold_id, person_id=me().person_id, now=now())
        if not place.is_live:
            slot = checking.window(session, place.slot_id, now=now())
            errand, opens_on = errand_of(place.known, slot.site_id), place.known.opens_on
            kind = place.known.vehicle.kind
            free = nearest_free(session, kind, slot, errand, opens_on=opens_on, now=now())
            page = {"known": place.known, "place": place, "slot": slot, "free": free}
            return render_template("inspections/booking_hold_over.html", **page), CONFLICT
        check = checking.check(session, place.known, place.slot_id, now=now())
    page = {"papers": checking.papers(place.known, me().person_id), "left": _left(place)}
    html = render_template(
        "inspections/booking_hold.html", known=place.known, place=place, check=check, form=form, **page
    )
    return html, UNPROCESSABLE if form.errors else 200


def _left(place: HeldPlace) -> dict[str, object]:
    """Say how long the place is still held, and how a script says it of other hours and minutes ("{n}")."""
    span = place.until - now()
    hours, minutes = span // HOUR, span // MINUTE
    return {
        "seconds": int(span.total_seconds()),
        "words": _hours(hours) if hours else _minutes(minutes),
        "hours": _hours("{n}"),
        "minutes": _minutes("{n}"),
    }


def _hours(number: int | str) -> str:
    return str(_("Hours left: %(n)s", n=number))


def _minutes(number: int | str) -> str:
    return str(_("Minutes left: %(n)s", n=number))
