"""The lines of business as the application registered them: pages of the core serve whichever line a round is of."""

from collections.abc import Mapping
from typing import cast

from flask import current_app

from booking.bookings.line import Line
from booking.kernel.errors import NotFoundError

KEY = "booking_lines"


def line_of(key: str) -> Line:
    """Return a line by its code; raise `NotFoundError`."""
    lines = cast("Mapping[str, Line]", current_app.extensions[KEY])
    if key not in lines:
        raise NotFoundError
    return lines[key]
