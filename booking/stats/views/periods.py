"""Periods that people usually ask for."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

from booking.web.house import today

DAYS_OF_WEEK = 7


def presets(query: Mapping[str, str]) -> list[tuple[str, Mapping[str, str]]]:
    """Return usual periods with what each says in an address beside the other choices."""
    present = today()
    monday = present - timedelta(present.weekday())
    quarter = date(present.year, 3 * ((present.month - 1) // 3) + 1, 1)
    spans = (
        (_("This week"), monday, monday + timedelta(DAYS_OF_WEEK - 1)),
        (_("Last week"), monday - timedelta(DAYS_OF_WEEK), monday - timedelta(1)),
        (_("This month"), present.replace(day=1), present),
        (_("This quarter"), quarter, present),
        (_("This year"), date(present.year, 1, 1), present),
        (_("Last year"), date(present.year - 1, 1, 1), date(present.year - 1, 12, 31)),
        (_("Five years"), date(present.year - 4, 1, 1), present),
    )
    return [(name, {**query, "from": first.isoformat(), "to": last.isoformat()}) for name, first, last in spans]
