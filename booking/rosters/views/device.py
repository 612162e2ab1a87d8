"""What lets a device go on without network: the worker that keeps the page, and what is forgotten at sign-out."""

import json

from flask import Response, request
from flask.typing import ResponseReturnValue

from booking.rosters.views import shell
from booking.rosters.views.blueprint import bp
from booking.web.guards import public

KEPT = "roster-kept"  # the cookie of static/js/roster/keeping.js: how many check-ins still wait on the device


@bp.get("/station/rosters/worker.js")
@public
def worker() -> ResponseReturnValue:
    """Give the worker, with the list of what it keeps; it holds nothing that only operators may see."""
    content = json.dumps({"version": shell.version(), "files": shell.addresses()})
    response = Response(f"const SHELL = {content};\n{shell.worker_source()}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.after_app_request
def forget_at_sign_out(response: Response) -> Response:
    """Let the device forget its rosters when somebody signs out, unless a check-in still waits there to be sent."""
    if request.endpoint == "accounts.sign_out" and request.cookies.get(KEPT) == "0":
        response.headers["Clear-Site-Data"] = '"storage"'
    return response
