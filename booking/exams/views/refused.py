"""What a person sees when a place was not given: why, in full, and the next way on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.bookings.models import Booking
from booking.bookings.offered import Errand, Listed
from booking.bookings.queries import live_booking_of
from booking.bookings.service import AlreadyBookedError
from booking.exams.line import EXAMS
from booking.exams.views.choosing import next_free, note_of, state_of
from booking.exams.views.path import explained
from booking.kernel.db import reading
from booking.kernel.errors import NotEligibleError, NotFoundError
from booking.kernel.ids import PersonId, SlotId
from booking.slots import queries as slots
from booking.slots.queries import OpenSlot
from booking.slots.service import SlotClosedError, SlotFullError
from booking.web.cache import kept_a_moment
from booking.web.easy import look
from booking.web.house import now, sessions

SEE_OTHER, CONFLICT, UNPROCESSABLE = 303, 409, 422
# What is answered on a page of its own; every other error goes to the common page.
REFUSALS = (SlotFullError, SlotClosedError, AlreadyBookedError, NotEligibleError)


@dataclass(frozen=True, slots=True)
class Try:
    """What was tried: which session, for whom, and where the ways on lead."""

    slot_id: SlotId
    person_id: PersonId
    errand: Callable[[str], Errand]  # of a subject
    back: str
    show: Callable[[str], str]
    kept: str | None = None  # the reference of the booking that was to be moved and stands as it was


@dataclass(frozen=True, slots=True)
class Refused:
    """A page that says why, but for its frame, in which the reader's name stands."""

    title: str
    main: str

    def shown(self) -> str:
        return render_template("exams/refused.html", title=self.title, main=self.main)


def made_by(person_id: PersonId, request_key: str) -> str | None:
    """Return the booking that this very form has made already: the first click of two."""
    query = select(Booking.reference).where(Booking.person_id == person_id, Booking.request_key == request_key)
    with reading(sessions()) as session:
        return session.scalar(query)


def refused(error: Exception, tried: Try) -> ResponseReturnValue:
    """Answer with the page for `error`; raises what has no page here."""
    if isinstance(error, SlotFullError):
        # In a rush hundreds are told the same; and places in the list of others are taken every moment anyhow.
        page = kept_a_moment(("full", look(), tried.slot_id, tried.back, tried.kept), lambda: _full(tried))
        return page.shown(), CONFLICT
    with reading(sessions()) as session:
        slot = _slot(session, tried)
        if isinstance(error, NotEligibleError):
            return _not_eligible(session, error, slot, tried)
        if isinstance(error, AlreadyBookedError):
            page = _page(_("You hold a place already"), slot, tried, held=_held(session, slot, tried))
            return page.shown(), CONFLICT
        if isinstance(error, SlotClosedError):
            text, free = note_of(slot, state_of(slot, now())), _free(session, slot, tried)
            return _page(_("This session takes no bookings now"), slot, tried, text=text, free=free).shown(), CONFLICT
    raise error


def _slot(session: Session, tried: Try) -> OpenSlot:
    slot = slots.slot_shown(session, tried.slot_id)
    if slot is None:
        raise NotFoundError
    return slot


def _not_eligible(session: Session, error: NotEligibleError, slot: OpenSlot, tried: Try) -> ResponseReturnValue:
    booked = any(reason.code == "already-booked" for reason in error.reasons)
    held = _held(session, slot, tried) if booked else None
    page = _page(_("Not bookable now"), slot, tried, reasons=explained(error.reasons), held=held)
    return page.shown(), UNPROCESSABLE


def _full(tried: Try) -> Refused:
    title, text = _("This session has just become full"), _("Somebody else took the last place. Nothing was booked.")
    with reading(sessions()) as session:
        slot = _slot(session, tried)
        return _page(title, slot, tried, text=text, free=_free(session, slot, tried))


def _free(session: Session, slot: OpenSlot, tried: Try) -> Sequence[Listed]:
    return next_free(session, slot, tried.errand(slot.service), now=now())


def _held(session: Session, slot: OpenSlot, tried: Try) -> str | None:
    booking = live_booking_of(session, EXAMS.holder(tried.person_id), slot.service)
    return tried.show(booking.reference) if booking else None


def _page(
    title: str,
    slot: OpenSlot,
    tried: Try,
    *,
    text: str = "",
    reasons: Sequence[object] = (),
    free: Sequence[Listed] | None = None,
    held: str | None = None,
) -> Refused:
    main = render_template(
        "exams/refusal.html", title=title, slot=slot, text=text, reasons=reasons, free=free, held=held,
        all_href=tried.errand(slot.service).page_href(), back=tried.back,
        kept=tried.kept,
    )  # fmt: skip
    return Refused(title, main)
