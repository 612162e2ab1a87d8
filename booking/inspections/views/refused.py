"""What somebody sees when a window was not given: why, in full, and the next way on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.bookings.offered import Errand, Listed
from booking.bookings.queries import live_booking_of
from booking.bookings.service import AlreadyBookedError
from booking.inspections.holders import vehicle_of
from booking.inspections.queries.bookable import Bookable, bookable
from booking.inspections.views.checking import explained, window
from booking.inspections.views.windows import nearest_free, note_of, state_of
from booking.kernel.db import reading
from booking.kernel.errors import BookingError, NotEligibleError
from booking.kernel.ids import Holder, PersonId, SiteId, SlotId
from booking.slots.holds import HoldGoneError
from booking.slots.queries import OpenSlot
from booking.slots.service import SlotClosedError, SlotFullError
from booking.web.house import now, sessions
from booking.web.language import worded

SEE_OTHER, CONFLICT, UNPROCESSABLE = 303, 409, 422
# What is answered on a page of its own; every other error goes to the common page.
REFUSALS = (SlotFullError, SlotClosedError, AlreadyBookedError, NotEligibleError, HoldGoneError)


@dataclass(frozen=True, slots=True)
class Try:
    """What was tried: which window, for what, by whom, and where the ways on lead.

    `kept` is the reference of the booking that was to be moved and stands as it was. `desk` is the vehicle's page at
    the counter, for a clerk, who sees every vehicle: `person_id` is None then.
    """

    slot_id: SlotId
    holder: Holder
    person_id: PersonId | None
    errand: Callable[[Bookable, SiteId], Errand]
    kept: str | None = None
    desk: str | None = None


def refused(error: BookingError, tried: Try) -> ResponseReturnValue:
    """Answer with the page for `error`."""
    with reading(sessions()) as session:
        known = bookable(session, vehicle_of(tried.holder), person_id=tried.person_id, now=now())
        slot = window(session, tried.slot_id, now=now())
        title, text = _said(error, slot, known)
        booking = live_booking_of(session, tried.holder, slot.service) if not tried.kept else None
        page = {
            "title": title,
            "text": text,
            "reasons": explained(error.reasons) if isinstance(error, NotEligibleError) else (),
            "free": _free(session, error, slot, known, tried),
            "held": tried.desk or url_for("bookings.show", reference=booking.reference) if booking else None,
            "all_href": tried.errand(known, slot.site_id).page_href(),
        }
    status = UNPROCESSABLE if isinstance(error, NotEligibleError) else CONFLICT
    return render_template("inspections/booking_refused.html", known=known, slot=slot, tried=tried, **page), status


def _said(error: BookingError, slot: OpenSlot, known: Bookable) -> tuple[str, str]:
    """Return the title and the sentence for what went wrong."""
    if isinstance(error, SlotFullError):
        return _("This window has just become full"), _("Somebody else took the last place. Nothing was booked.")
    if isinstance(error, AlreadyBookedError):
        return _("The vehicle has a place already"), _("Each vehicle has one place at a time.")
    if isinstance(error, SlotClosedError):
        state = state_of(slot, slot.day, now())
        return _("This window takes no bookings now"), note_of(slot, state, slot.day)
    if isinstance(error, NotEligibleError):
        return _("This vehicle cannot take this window"), ""
    return _("The held place is no longer there"), worded(error.wording)


def _free(
    session: Session, error: BookingError, slot: OpenSlot, known: Bookable, tried: Try
) -> Sequence[Listed] | None:
    """Return the nearest free windows; None where another window would not help."""
    if known.refusals or isinstance(error, AlreadyBookedError):
        return None
    errand, opens_on = tried.errand(known, slot.site_id), known.opens_on
    return nearest_free(session, known.vehicle.kind, slot, errand, opens_on=opens_on, now=now())
