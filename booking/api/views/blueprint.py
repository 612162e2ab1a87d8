"""The blueprint of all calls."""

from flask import Response
from flask_smorest import Blueprint

from booking.api import problems

PREFIX = "/api/v1"
bp = Blueprint("api", __name__, url_prefix=PREFIX)
problems.install(bp)


@bp.after_request
def say_language(response: Response) -> Response:
    """Say in which language an answer is."""
    return problems.spoken(response)
