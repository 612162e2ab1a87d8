"""The lines of business of this house. Adding a line is adding its folder and one row here."""

from collections.abc import Mapping

from booking.bookings.line import Line
from booking.exams.line import EXAMS
from booking.inspections.line import INSPECTIONS
from booking.kernel.errors import Wording

LINES: Mapping[str, Line] = {EXAMS.key: EXAMS, INSPECTIONS.key: INSPECTIONS}


def service_names() -> dict[str, Wording]:
    """Return what people call each service, over all lines."""
    return {code: name for line in LINES.values() for code, name in line.services.items()}
