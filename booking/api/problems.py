"""One table from what went wrong to the problem (RFC 9457) that says so, for people and for programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from booking.accounts.service.throttle import TooManyTriesError
from booking.allotment.errors import AlreadyAskedError, RoundClosedError, UnfitWishError
from booking.api.errors import (
    DatedError,
    KeyReusedError,
    NoKeyError,
    NotAskableError,
    NotBookableError,
    NoTokenError,
    RecordNotYetError,
    RoundDecidesError,
    WrongLoginError,
)
from booking.api.words import TITLES, WRONG_FIELD, language, worded
from booking.bookings.line import Line, Reason
from booking.bookings.service import AlreadyBookedError, TooLateError
from booking.kernel.errors import (
    BookingError,
    InvalidInputError,
    InvalidStateError,
    NotAllowedError,
    NotFoundError,
    Refusal,
    StaleError,
    Wording,
)
from booking.slots.service import SlotClosedError, SlotFullError
from booking.web.errors import status_of
from booking.web.house import now

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
ALREADY_BOOKED = "already-booked"
WISHES = "preferences, any_at_sites"  # what a request calls its wishes
WHOLE = "_schema"  # what the schemas call a body that is no object at all
# The first that fits; what is not named here has the status that pages give it.
KINDS: tuple[tuple[type[BookingError], int, str], ...] = (
    (NoTokenError, 401, "unauthorized"),
    (WrongLoginError, 401, "wrong_login"),
    (TooManyTriesError, 429, "too_many_tries"),
    (NoKeyError, 400, "idempotency_key_missing"),
    (KeyReusedError, 422, "idempotency_key_reused"),
    (SlotFullError, 409, "slot_full"),
    (SlotClosedError, 409, "slot_closed"),
    (RoundDecidesError, 409, "round_decides"),
    (RecordNotYetError, 409, "record_not_yet"),
    (AlreadyBookedError, 409, "already_booked"),
    (AlreadyAskedError, 409, "already_asked"),
    (RoundClosedError, 409, "round_closed"),
    (StaleError, 409, "stale"),
    (TooLateError, 409, "too_late"),
    (InvalidStateError, 409, "invalid_state"),
    (NotBookableError, 422, "not_eligible"),
    (InvalidInputError, 422, "invalid_input"),
    (NotFoundError, 404, "not_found"),
    (NotAllowedError, 403, "not_allowed"),
)
CODES: Mapping[int, str] = {
    400: "bad_request", 401: "unauthorized", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed",
    409: "conflict", 413: "too_large", 422: "invalid_input", 429: "too_many_tries", 500: "internal_error",
    503: "busy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands in a problem, beside its status."""

    code: str
    detail: str
    reasons: Sequence[Reason] = ()


def problem(status: int, trouble: Trouble, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a problem in the reader's language."""
    response = jsonify(
        type=f"urn:problem-type:booking:{trouble.code}",
        title=worded(TITLES[status]),
        status=status,
        detail=trouble.detail,
        code=trouble.code,
        reasons=[reason_as_data(reason) for reason in trouble.reasons],
    )
    response.status_code, response.mimetype = status, MEDIA_TYPE
    response.headers.update(headers or {})
    return spoken(response)


def spoken(response: Response) -> Response:
    """Say in the headers in which language an answer is, and what it depends on."""
    response.headers["Content-Language"] = language()
    response.vary.update(("Accept-Language", "Authorization"))
    return response


def reason_as_data(reason: Reason) -> dict[str, str | None]:
    """Return a reason as the API gives it; `earliest` is a local day, None if waiting alone does not help."""
    earliest = reason.earliest.isoformat() if reason.earliest else None
    return {"code": reason.code, "message": reason.message, "basis": reason.basis, "earliest": earliest}


def explained(line: Line, refusals: Iterable[Refusal]) -> list[Reason]:
    """Put the refusals of a line into the reader's words."""
    return [line.explained(refusal, language()) for refusal in refusals]


def domain_problem(error: BookingError) -> Response:
    """Answer for an error of the house."""
    status = status_of(error)
    status, code = next(((s, c) for kind, s, c in KINDS if isinstance(error, kind)), (status, CODES[status]))
    headers = {}
    reasons: list[Reason] = []
    if isinstance(error, NoTokenError | WrongLoginError):
        headers["WWW-Authenticate"] = 'Bearer realm="booking"'
    elif isinstance(error, TooManyTriesError):
        headers["Retry-After"] = str(max(1, round((error.again_at - now()).total_seconds())))
    elif isinstance(error, NotBookableError):
        reasons = list(error.reasons)
        if not isinstance(error, NotAskableError) and any(reason.code == ALREADY_BOOKED for reason in reasons):
            return problem(409, Trouble("already_booked", worded(AlreadyBookedError.wording), reasons))
    elif isinstance(error, InvalidInputError):
        reasons = [_wrong(WISHES if isinstance(error, UnfitWishError) else error.field)]
    return problem(status, Trouble(code, _told(error), reasons), headers)


def http_problem(error: HTTPException) -> Response:
    """Answer for what Flask or the schemas refuse."""
    status = error.code if error.code is not None and error.code in TITLES else 400
    messages = getattr(error, "data", {}).get("messages", {})
    if "headers" in messages:
        return domain_problem(NoKeyError())
    wrong = {str(name) for place in messages.values() if isinstance(place, dict) for name in place}
    fields = sorted("JSON" if name == WHOLE else name for name in wrong)
    detail: Wording = TITLES[status] if status != 422 else InvalidInputError.wording
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return problem(status, Trouble(CODES[status], worded(detail), [_wrong(field) for field in fields]), headers)


def install(bp: Blueprint) -> None:
    """Register the handlers on the blueprint of the API."""

    @bp.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return http_problem(error)

    @bp.errorhandler(BookingError)
    def not_done(error: BookingError) -> Response:
        return domain_problem(error)

    @bp.errorhandler(OperationalError)
    def database_busy(error: OperationalError) -> Response:
        log.error("database busy", endpoint=request.endpoint, kind=type(error.orig).__name__)
        return problem(503, Trouble("busy", worded(TITLES[503])), {"Retry-After": "1"})

    @bp.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        log.error("request failed", endpoint=request.endpoint, kind=type(error).__name__)
        return problem(500, Trouble("internal_error", worded(TITLES[500])))


def _wrong(field: str) -> Reason:
    return Reason("invalid_field", worded(WRONG_FIELD, field=field), "", None)


def _told(error: BookingError) -> str:
    return worded(error.told, **error.facts) if isinstance(error, DatedError) else worded(error.wording)
