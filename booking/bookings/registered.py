"""The lines of business as the application registered them: pages of the core serve whichever line it is."""

from collections.abc import Mapping
from typing import cast

from flask import current_app

from booking.bookings.line import Line
from booking.kernel.errors import NotFoundError, Wording

KEY = "booking_lines"


def all_lines() -> Mapping[str, Line]:
    """Return the lines by code."""
    return cast("Mapping[str, Line]", current_app.extensions[KEY])


def line_of(key: str) -> Line:
    """Return a line by its code; raise `NotFoundError`."""
    lines = all_lines()
    if key not in lines:
        raise NotFoundError
    return lines[key]


def all_services() -> Mapping[str, Wording]:
    """Return what people call each service, over all lines."""
    return {code: name for line in all_lines().values() for code, name in line.services.items()}
