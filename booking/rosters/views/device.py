"""What lets a device go on without network: the worker that keeps the page, and what is forgotten at sign-out."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from booking.rosters.views import shell
from booking.rosters.views.blueprint import bp
from booking.web.guards import public
from booking.web.workers import UNSENT, forget_all


@bp.get("/station/rosters/worker.js")
@public
def worker() -> ResponseReturnValue:
    """Give the worker; it holds nothing that only operators may see."""
    return shell.SHELL.response()


@bp.after_app_request
def forget_at_sign_out(response: Response) -> Response:
    """Let the device forget its rosters when somebody signs out."""
    if request.endpoint == "accounts.sign_out" and UNSENT in request.cookies:
        forget_all(response)
    return response
