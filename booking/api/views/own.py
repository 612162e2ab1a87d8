"""Tokens, and how the caller stands."""

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from booking.accounts.models import SignInKind
from booking.accounts.queries import live_sign_in
from booking.accounts.views import door
from booking.api import schemas
from booking.api.errors import WrongLoginError
from booking.api.holders import holder_of
from booking.api.problems import ALREADY_BOOKED, explained
from booking.api.views.bearer import bearer, holder
from booking.api.views.blueprint import bp
from booking.api.words import worded
from booking.bookings.line import Reason
from booking.bookings.queries import live_booking_of
from booking.bookings.service import AlreadyBookedError
from booking.exams.line import EXAMS
from booking.exams.queries import path_of, record_of
from booking.exams.rules.places import NO_RECORD
from booking.inspections.holders import vehicle_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.bookable import barred
from booking.inspections.queries.facts import facts_of
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import Refusal
from booking.kernel.ids import Holder
from booking.web.guards import public
from booking.web.house import now, sessions, today


@bp.post("/tokens")
@public
@bp.arguments(schemas.LoginSchema)
@bp.response(200, schemas.TokenSchema)
@bp.alt_response(401, "UNAUTHORIZED")
@bp.alt_response(403, "FORBIDDEN")
@bp.alt_response(429, "TOO_MANY_REQUESTS")
def tokens(asked: dict[str, str]) -> dict[str, object]:
    """Give a token for login and password. It ends by itself, or when the holder ends it.

    Staff who sign in with a second factor get none.
    """
    at = now()
    token = door.enter(sessions(), **asked, kind=SignInKind.API, address=request.remote_addr or "", now=at)
    if token is None:
        raise WrongLoginError
    with reading(sessions()) as session:
        live = live_sign_in(session, token, SignInKind.API, now=at)
    if live is None:  # ended in the same moment, as by a new password
        raise WrongLoginError
    return {"token": token, "expires_at": live.expires_at}


@bp.get("/me/eligibility")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.arguments(schemas.ServiceAskedSchema, location="query")
@bp.response(200, schemas.EligibilitySchema)
@bp.alt_response(404, "NOT_FOUND")
def eligibility(asked: dict[str, Any]) -> dict[str, object]:
    """Say whether the caller could book a service today, with every reason against it that holds on any day."""
    service, vehicle_id = asked["service"], asked.get("vehicle_id")
    with reading(sessions()) as session:
        if service in INSPECTIONS.services:
            reasons = _against_vehicle(session, service, holder_of(session, INSPECTIONS, holder(), vehicle_id))
        else:
            holder_of(session, EXAMS, holder(), vehicle_id)
            reasons = explained(EXAMS, _refusals(session, service))
    return {"eligible": not reasons, "reasons": reasons}


def _against_vehicle(session: Session, service: str, whose: Holder) -> list[Reason]:
    vehicle_id = vehicle_of(whose)
    facts = facts_of(session, [vehicle_id]).get(vehicle_id)
    reasons = explained(INSPECTIONS, barred(session, facts, service, now=now()))
    if live_booking_of(session, whose, service) is not None:
        reasons.append(Reason(ALREADY_BOOKED, worded(AlreadyBookedError.wording), "", None))
    return reasons


def _refusals(session: Session, service: str) -> Sequence[Refusal]:
    record = record_of(session, holder())
    if record is None:
        return (NO_RECORD,)
    outlooks = path_of(session, record, today=today())
    return next(outlook.refusals for outlook in outlooks if outlook.subject == service)
