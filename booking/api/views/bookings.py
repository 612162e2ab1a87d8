"""The caller's bookings: made once for each key, listed, shown (as a calendar entry too), cancelled."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from booking.api import schemas
from booking.api.errors import KeyReusedError, NotBookableError, RoundDecidesError
from booking.api.holders import holder_of
from booking.api.problems import explained
from booking.api.views.bearer import bearer, caller, holder
from booking.api.views.blueprint import bp
from booking.api.words import ROUND_DECIDES, SEND_REQUEST, language, local_time
from booking.bookings import queries, service
from booking.bookings.calendar_entry import MEDIA_TYPE, calendar_file, media_type
from booking.bookings.line import Line
from booking.bookings.queries import ShownBooking
from booking.bookings.service import AlreadyBookedError, DuplicateRequestError
from booking.bookings.wishes import Wish, look_first
from booking.inspections.holders import is_vehicle, vehicle_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.service.booking import book_window
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotEligibleError, NotFoundError
from booking.kernel.ids import REFERENCE_LENGTH, BookingId, SlotId
from booking.lines import LINES
from booking.slots.queries import line_of, slot_shown
from booking.slots.service import SlotClosedError, SlotFullError
from booking.web.house import now, sessions

# Of two requests with one key at once, the second may meet what the first has just changed.
REFUSALS = (SlotFullError, SlotClosedError, AlreadyBookedError, NotEligibleError, DuplicateRequestError)


@bp.post("/bookings")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.arguments(schemas.KeySchema, location="headers", error_status_code=400)
@bp.arguments(schemas.WishSchema)
@bp.response(201, schemas.BookingSchema)
@bp.alt_response(404, "NOT_FOUND")
@bp.alt_response(409, "CONFLICT")
def book(given: dict[str, str], asked: dict[str, int]) -> dict[str, object]:
    """Book a seat, for inspections for a vehicle. Sent again with the same key, the answer is the same booking."""
    slot_id = SlotId(asked["slot_id"])
    with reading(sessions()) as session:
        line = _line(session, slot_id)
        wish = Wish(holder(), holder_of(session, line, holder(), asked.get("vehicle_id")), slot_id, given["key"])
        reference = _made(session, wish)
        if reference is None:
            look_first(session, line, wish, now=now())  # a refusal must hold up nobody
    if reference is None:
        reference = _booked(line, wish)
    with reading(sessions()) as session:
        return _booking(_mine(session, str(reference)))


@bp.get("/bookings")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.arguments(schemas.PageSchema, location="query")
@bp.response(200, schemas.BookingListSchema)
def bookings(asked: dict[str, Any]) -> dict[str, object]:
    """List the caller's bookings, the last made first."""
    limit = asked["limit"]
    before = BookingId(int(asked["cursor"])) if "cursor" in asked else None
    with reading(sessions()) as session:
        found = queries.page_of_bookings(session, holder(), before=before, limit=limit + 1)
    items = [_booking(booking) for booking in found[:limit]]
    return {"items": items, "next_cursor": str(found[limit - 1].id) if len(found) > limit else None}


@bp.get("/bookings/<reference>")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.response(200, schemas.BookingSchema)
@bp.alt_response(404, "NOT_FOUND")
def booking(reference: str) -> dict[str, object]:
    """Show one booking of the caller; somebody else's is not found."""
    with reading(sessions()) as session:
        return _booking(_mine(session, reference))


@bp.get("/bookings/<reference>.ics")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.response(200, {"type": "string"}, content_type=MEDIA_TYPE, description="A calendar (RFC 5545) with one event")
@bp.alt_response(404, "NOT_FOUND")
def calendar(reference: str) -> Response:
    """Give a booking of the caller as a calendar file; a change or cancellation comes as the same event again."""
    with reading(sessions()) as session:
        mine = _mine(session, reference)
        line = LINES[mine.line]
        called = line.called(session, [mine.holder])[mine.holder]
        revised_at = queries.revised_at(session, mine)
    content = calendar_file(mine, line, language(), called=called, revised_at=revised_at, now=now())
    headers = {"Content-Disposition": f'attachment; filename="booking-{mine.reference}.ics"'}
    return Response(content, content_type=media_type(mine), headers=headers)


@bp.delete("/bookings/<reference>")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.response(200, schemas.BookingSchema)
@bp.alt_response(404, "NOT_FOUND")
@bp.alt_response(409, "CONFLICT")
def cancel(reference: str) -> dict[str, object]:
    """Cancel a booking before its deadline; what is cancelled already stays so."""
    with unit_of_work(sessions()) as session:
        line = LINES[_mine(session, reference).line]
        service.cancel(session, line, reference, actor=caller(), now=now())
    with reading(sessions()) as session:
        return _booking(_mine(session, reference))


def _made(session: Session, wish: Wish) -> str | None:
    """Return the booking that this very request has made already; raise `KeyReusedError` if the key made another."""
    made = queries.made_with(session, wish.person_id, wish.request_key)
    if made is None:
        return None
    reference, slot_id = made
    if slot_id != wish.slot_id or queries.shown(session, reference, person_id=None).holder != wish.holder:
        raise KeyReusedError
    return reference


def _line(session: Session, slot_id: SlotId) -> Line:
    line = LINES.get(line_of(session, slot_id) or "")
    if line is None:
        raise NotFoundError
    return line


def _booked(line: Line, wish: Wish) -> str:
    try:
        with unit_of_work(sessions()) as session:
            if line is INSPECTIONS:
                return book_window(session, wish, actor=caller(), now=now())
            return service.book_seat(session, line, wish, actor=caller(), now=now())
    except REFUSALS as error:
        with reading(sessions()) as session:
            made = _made(session, wish)
        if made:
            return made
        if isinstance(error, NotEligibleError):
            raise NotBookableError(explained(line, error.reasons)) from error
        if isinstance(error, SlotClosedError):
            _say_when_a_round_decides(wish.slot_id)
        raise


def _say_when_a_round_decides(slot_id: SlotId) -> None:
    with reading(sessions()) as session:
        slot = slot_shown(session, slot_id)
    at = now()
    if slot is None or slot.requests_until is None or not slot.published_at <= at < slot.opens_at:
        return
    if slot.is_collecting(at):
        raise RoundDecidesError(SEND_REQUEST, {"until": local_time(slot.requests_until)})
    raise RoundDecidesError(ROUND_DECIDES, {"opens": local_time(slot.opens_at)})


def _mine(session: Session, reference: str) -> ShownBooking:
    """Return a booking that the caller made, or for what the caller may act for; else raise `NotFoundError`."""
    if not (reference.isascii() and reference.isalnum() and len(reference) == REFERENCE_LENGTH):
        raise NotFoundError
    booking = queries.shown(session, reference, person_id=None)
    if booking.person_id != holder() and not LINES[booking.line].is_for(session, booking.holder, holder()):
        raise NotFoundError
    return booking


def _booking(booking: ShownBooking) -> dict[str, object]:
    return {
        "reference": booking.reference, "state": booking.state, "slot": booking,
        "vehicle_id": vehicle_of(booking.holder) if is_vehicle(booking.holder) else None,
        "created_at": booking.created_at, "cancel_until": booking.cancel_until,
    }  # fmt: skip
