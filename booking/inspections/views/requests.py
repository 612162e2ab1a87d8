"""Asking for windows that a round decides, for one vehicle: one page with wishes in order, and the request itself."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from booking.allotment.errors import (
    ClosedWishError,
    ForeignWishError,
    NothingOpenError,
    NoWishError,
    RequestRefusedError,
    RoundClosedError,
    UnfitWishError,
)
from booking.allotment.queries import records
from booking.allotment.queries.crowds import crowds
from booking.allotment.queries.requests import (
    AskableSlot,
    ShownRequest,
    Stand,
    WishedSlot,
    askable_slots,
    reference_by_key,
    shown_request,
    stands_of,
    wishes_shown,
)
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.allotment.service.wishes import AnyAt, WishFor
from booking.inspections.forms.booking import ConfirmForm, WishesForm
from booking.inspections.holders import vehicle_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.bookable import Bookable, bookable
from booking.inspections.queries.stations import takes
from booking.inspections.views.blueprint import bp
from booking.inspections.views.checking import asked_for, explained, instant_in_words, ranking_lines
from booking.inspections.views.refused import SEE_OTHER, UNPROCESSABLE
from booking.inspections.views.windows import named
from booking.kernel.actors import Act
from booking.kernel.calendar import local_day
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError, InvalidStateError, NotFoundError
from booking.kernel.ids import SiteId, SlotId, VehicleId
from booking.kernel.secrets import new_token
from booking.policies import queries as policies
from booking.slots.models import Method
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import clock, moment, span, whole, worded
from booking.web.paths import LARGEST_ID

# In the words of stations, where the core's own speak of sessions and sites of tests.
WRONG: Mapping[type[Exception], LazyString] = {
    NoWishError: _l("Choose at least one window or station"),
    ForeignWishError: _l("One of the windows or stations is not for this vehicle"),
    ClosedWishError: _l("One of the windows no longer takes requests; choose another"),
    NothingOpenError: _l("The chosen stations have no window that takes requests now"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be asked for a vehicle: windows by day, any window of a station; `most` wishes at a time."""

    days: Sequence[tuple[date, Sequence[tuple[str, str]]]]
    stations: Sequence[tuple[str, str]]
    first: AskableSlot | None  # the one whose round closes first
    most: int


@dataclass(frozen=True, slots=True)
class InRound:
    """How the request stands in one round. `place` is for reference before the draw; None in a lottery."""

    stand: Stand
    people: int
    place: int | None
    since: str
    is_drawn: bool


@bp.get("/inspections/vehicles/<int:vehicle_id>/request")
@may(Act.BOOK_FOR_ONESELF)
def wishes(vehicle_id: int) -> ResponseReturnValue:
    """Show what can be asked for; a vehicle that has a live request is led to it."""
    with reading(sessions()) as session:
        known = bookable(session, VehicleId(vehicle_id), person_id=me().person_id, now=now())
        asked = asked_for(session, known)
    if asked:
        return redirect(requested_at(asked), SEE_OTHER)
    if not known.is_free:
        return redirect(url_for("inspections.book", vehicle_id=vehicle_id), SEE_OTHER)
    form = WishesForm(None, data={"wish": request.args.getlist("wish"), "request_key": new_token()})
    return _wishes_page(known, form)


@bp.post("/inspections/vehicles/<int:vehicle_id>/request")
@may(Act.BOOK_FOR_ONESELF)
def ask(vehicle_id: int) -> ResponseReturnValue:
    """Store the request, or say at the wishes what is wrong with them."""
    form = WishesForm()
    with reading(sessions()) as session:
        known = bookable(session, VehicleId(vehicle_id), person_id=me().person_id, now=now())
    if not form.validate_on_submit():
        return _wishes_page(known, form)
    try:
        asked = _asked(known, form)
        with unit_of_work(sessions()) as session:
            reference = requests.ask(session, INSPECTIONS, asked, actor=actor(), now=now())
    except (UnfitWishError, RoundClosedError) as error:
        form.wish.errors = [str(WRONG.get(type(error), worded(error.wording)))]
        return _wishes_page(known, form)
    except RequestRefusedError as error:
        return _refused(known, asked, error)
    except ConflictError:
        return _met(known, form)
    return redirect(requested_at(reference), SEE_OTHER)


@bp.get("/inspections/requests/<reference>")
@may(Act.BOOK_FOR_ONESELF)
def own_request(reference: str) -> ResponseReturnValue:
    """Show the request; somebody else's is not found."""
    with reading(sessions()) as session:
        known, request_ = _mine(session, reference)
        page = {
            "known": known,
            "asked": request_,
            "wishes": [_in_words(wish) for wish in wishes_shown(session, request_.id)],
            "rounds": _rounds(session, request_),
            "ranking": ranking_lines(session, known) if request_.is_live else (),
            "now": now(),
        }
    return render_template("inspections/booking_request.html", **page)


@bp.get("/inspections/requests/<reference>/receipts/<int:round_id>")
@may(Act.BOOK_FOR_ONESELF)
def receipt(reference: str, round_id: int) -> ResponseReturnValue:
    """Hand out the signed receipt of the request's latest row in a round, as the checker reads it."""
    with reading(sessions()) as session:
        _known, request_ = _mine(session, reference)
        seq = next((one.seq for one in stands_of(session, request_.id) if one.round_id == round_id), None)
        if seq is None:
            raise NotFoundError
        text = json.dumps(records.receipt_of(session, round_id, seq), ensure_ascii=False, indent=1)
    name = f"receipt-round-{round_id}-row-{seq}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text + "\n", mimetype="application/json", headers=headers)


@bp.route("/inspections/requests/<reference>/withdraw", methods=["GET", "POST"])
@may(Act.BOOK_FOR_ONESELF)
def withdraw(reference: str) -> ResponseReturnValue:
    """Say what withdrawing means, ask, and do it."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            requests.withdraw(session, INSPECTIONS, reference, actor=actor(), now=now())
        flash(_("Your request is withdrawn. It costs nothing."), "success")
        return redirect(requested_at(reference), SEE_OTHER)
    with reading(sessions()) as session:
        known, request_ = _mine(session, reference)
        if not request_.is_live:
            raise InvalidStateError(f"request {request_.id} is {request_.state}")
        chosen = [_in_words(wish) for wish in wishes_shown(session, request_.id)]
    page = {"known": known, "asked": request_, "wishes": chosen, "form": form, "back": requested_at(reference)}
    return render_template("inspections/booking_withdraw.html", **page), UNPROCESSABLE if form.errors else 200


def requested_at(reference: str) -> str:
    """Return where a request is shown."""
    return url_for("inspections.own_request", reference=reference)


def _mine(session: Session, reference: str) -> tuple[Bookable, ShownRequest]:
    """Return a request and its vehicle; raise `NotFoundError` where the reader may not act for it."""
    found = shown_request(session, reference, person_id=None)
    if found.line != INSPECTIONS.key:
        raise NotFoundError
    return bookable(session, vehicle_of(found.holder), person_id=me().person_id, now=now()), found


def _wishes_page(known: Bookable, form: WishesForm) -> ResponseReturnValue:
    form.request_key.data = form.request_key.data or new_token()
    with reading(sessions()) as session:
        offer = _offer(session, known)
        ranking = ranking_lines(session, known)
    back = url_for("inspections.book", vehicle_id=known.vehicle.vehicle_id)
    page = {"known": known, "form": form, "offer": offer, "ranking": ranking, "back": back}
    return render_template("inspections/booking_wishes.html", **page), UNPROCESSABLE if form.errors else 200


def _offer(session: Session, known: Bookable) -> Offer:
    """Load the windows that take requests and suit the vehicle; one statement beside the setting."""
    slots = [
        slot
        for slot in askable_slots(session, INSPECTIONS.key, known.vehicle.service, now=now())
        if takes(slot.classes, known.vehicle.kind) and slot.day >= known.opens_on
    ]
    by_day: dict[date, list[tuple[str, str]]] = {}
    for slot in slots:
        by_day.setdefault(slot.day, []).append((str(slot.slot_id), _window_in_words(slot)))
    stations = {f"*{slot.site_id}": named(slot.site_name, slot.site_name_en) for slot in slots}
    return Offer(
        days=list(by_day.items()),
        stations=list(stations.items()),
        first=min(slots, key=lambda slot: slot.requests_until, default=None),
        most=policies.all_values(session, local_day(now())).number("rounds.most_wishes"),
    )


def _window_in_words(slot: AskableSlot) -> str:
    station = named(slot.site_name, slot.site_name_en)
    hours = span(slot)
    return str(
        ngettext(
            "%(hours)s, %(station)s: %(count)s place",
            "%(hours)s, %(station)s: %(count)s places",
            slot.places,
            hours=hours,
            station=station,
            count=slot.places,
        )
    )


def _in_words(wish: WishedSlot) -> str:
    station = named(wish.site_name, wish.site_name_en)
    if wish.starts_at is None or wish.ends_at is None:
        return str(_("Any window at %(station)s", station=station))
    return f"{whole(f'{moment(wish.starts_at)}–{clock(wish.ends_at)}')} · {station}"


def _asked(known: Bookable, form: WishesForm) -> Asked:
    chosen = [_wish_of(code) for code in dict.fromkeys(form.wish.data or ())]
    return Asked(me().person_id, known.holder, known.vehicle.service, chosen, form.request_key.data)


def _wish_of(code: str) -> WishFor:
    """Read a wish as the form writes it; raise `ForeignWishError` for what can be none."""
    number = code.removeprefix("*")
    if not (number.isascii() and number.isdecimal()) or not 0 < int(number) <= LARGEST_ID:
        raise ForeignWishError
    return AnyAt(SiteId(int(number))) if code.startswith("*") else SlotId(int(number))


def _refused(known: Bookable, asked: Asked, error: RequestRefusedError) -> ResponseReturnValue:
    """Write the refusal into the record, so that nobody is turned away unseen, and show every reason."""
    with suppress(RoundClosedError), unit_of_work(sessions()) as session:
        requests.note_refusal(session, INSPECTIONS, asked, error.round_id, error.reasons, now=now())
    page = {"known": known, "reasons": explained(error.reasons), "round_id": error.round_id}
    return render_template("inspections/booking_request_refused.html", **page), UNPROCESSABLE


def _met(known: Bookable, form: WishesForm) -> ResponseReturnValue:
    """Answer what met another click or another person: the request there is leads on."""
    with reading(sessions()) as session:
        made = reference_by_key(session, me().person_id, form.request_key.data) or asked_for(session, known)
    if made is None:
        raise ConflictError
    return redirect(requested_at(made), SEE_OTHER)


def _rounds(session: Session, request_: ShownRequest) -> Sequence[InRound]:
    """Return how the request stands in each round, in order of their days; three statements."""
    stands = stands_of(session, request_.id)
    others = crowds(session, [stand.round_id for stand in stands], apart_from=request_.holder)
    found = []
    for stand in stands:
        crowd, place = others[stand.round_id], None
        if stand.ranking_time is not None and stand.method is Method.RANKED:
            place = crowd.before(stand.lane, stand.ranking_time) + 1
        since = instant_in_words(stand.ranking_time) if stand.ranking_time else ""
        found.append(InRound(stand, crowd.others + 1, place, since, is_drawn=stand.drawn_at is not None))
    return found
