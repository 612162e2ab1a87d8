"""The lines of business as the application registered them: pages of the core serve whichever line it is."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from flask import current_app
from sqlalchemy.orm import Session

from booking.bookings.line import Line
from booking.kernel.errors import NotFoundError, Wording
from booking.kernel.ids import Holder

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


class Placed(Protocol):
    """A booking or a request: of which line, and what holds it."""

    @property
    def line(self) -> str: ...
    @property
    def holder(self) -> Holder: ...


def called(session: Session, shown: Sequence[Placed]) -> Mapping[Holder, str]:
    """Return what each holder is called, "" where that is the person; one question to each line."""
    return {
        holder: name
        for key in {one.line for one in shown}
        for holder, name in line_of(key).called(session, [one.holder for one in shown if one.line == key]).items()
    }
