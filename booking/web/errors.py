"""One table from what went wrong to the page that says so and names a way forward."""

import structlog
from flask import Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from booking.kernel.errors import (
    BookingError,
    ConflictError,
    ImportRefusedError,
    InvalidInputError,
    NotAllowedError,
    NotEligibleError,
    NotFoundError,
)
from booking.web.language import worded

log = structlog.get_logger()

STATUS: tuple[tuple[type[BookingError], int], ...] = (
    (NotFoundError, 404),
    (NotAllowedError, 403),
    (ConflictError, 409),
    (NotEligibleError, 422),
    (InvalidInputError, 422),
    (ImportRefusedError, 422),
)
TITLES = {
    400: _l("The request could not be understood"),
    403: _l("Not allowed"),
    404: _l("Not found"),
    405: _l("This address cannot be used this way"),
    409: _l("Things have changed"),
    410: _l("No longer there"),
    413: _l("Too large"),
    422: _l("Not possible now"),
    429: _l("Too many tries"),
    500: _l("Our mistake"),
    503: _l("Too busy at the moment"),
}
TEXTS = {
    400: _l("Something in the address or form was not as expected. Nothing was saved. Please go back and try again."),
    403: _l("Your account may not open this page."),
    404: _l("There is no such page here, or it is not yours."),
    405: _l("Please go back and use the buttons on the page."),
    413: _l("What was sent is larger than we accept. Nothing was saved."),
    429: _l("Please wait a few minutes, then try again. Nothing was lost."),
    500: _l(
        "Something went wrong on our side and has been noted. "
        "If you were saving something, look first whether it is there."
    ),
    503: _l("The system is busy. Please try again in a minute; what was confirmed before is safe."),
}


def status_of(error: BookingError) -> int:
    """Return the HTTP status that stands for a domain error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def error_page(status: int, text: str) -> ResponseReturnValue:
    """Render the error page; every one names the ways on."""
    ways = [(_l("Home"), url_for("home.index")), (_l("Public plans"), url_for("plans.public_plans"))]
    title = TITLES.get(status, TITLES[500])
    return render_template("errors/error.html", status=status, title=title, text=text, ways=ways), status


def install(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(BookingError)
    def domain_error(error: BookingError) -> ResponseReturnValue:
        return error_page(status_of(error), worded(error.wording))

    @app.errorhandler(CSRFError)
    def stale_form(error: CSRFError) -> ResponseReturnValue:
        return error_page(
            400, str(_l("This form was open for too long. Please go back, reload the page and send it again."))
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        return error_page(error.code, str(TEXTS.get(error.code, TEXTS[400])))

    @app.errorhandler(OperationalError)
    def database_busy(error: OperationalError) -> ResponseReturnValue:
        log.error("database busy", endpoint=request.endpoint, kind=type(error.orig).__name__)
        return error_page(503, str(TEXTS[503]))

    @app.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        log.error("request failed", endpoint=request.endpoint, kind=type(error).__name__, exc_info=app.debug)
        return error_page(500, str(TEXTS[500]))
