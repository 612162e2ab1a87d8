"""Pages' words of overrides and of what a slip says was done."""

from collections.abc import Sequence

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from booking.bookings.models import OverrideKind, OverrideState
from booking.bookings.registered import line_of
from booking.web.language import worded

KINDS: dict[OverrideKind, LazyString] = {
    OverrideKind.OFFICE_ERROR: _l("mistake of the office"),
    OverrideKind.SYSTEM_FAULT: _l("fault of the system"),
    OverrideKind.COURT: _l("court decision or law"),
    OverrideKind.HARDSHIP: _l("hardship"),
}
STATES: dict[OverrideState, LazyString] = {
    OverrideState.PROPOSED: _l("waits for the second person"),
    OverrideState.APPROVED: _l("approved, booked"),
    OverrideState.DECLINED: _l("declined"),
    OverrideState.EXPIRED: _l("not decided in time"),
}
# What a slip says was done, by the act in the log.
DONE: dict[str, LazyString] = {
    "booking made": _l("Place booked"),
    "booking moved": _l("Booking moved"),
    "booking cancelled": _l("Booking cancelled"),
    "booking cancelled_by_office": _l("Session taken back by the office"),
    "request made": _l("Place requested"),
    "request changed": _l("Request changed"),
    "request withdrawn": _l("Request withdrawn"),
    "override proposed": _l("Override proposed"),
}


def rules_in_words(line: str, lifted: Sequence[str]) -> list[str]:
    """Say which rules were lifted, as the public reads it."""
    known = line_of(line).liftable
    return [worded(known[code]) if code in known else code for code in lifted]
