"""What everybody may know of overrides: how many in each month, and each with its rule and kind, without a name."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.bookings.override_queries import PublishedOverride, first_override_on, overrides_between
from booking.desk.queries.rounds import rounds_of_slots
from booking.desk.views.blueprint import bp
from booking.desk.words import KINDS, rules_in_words
from booking.kernel.db import reading
from booking.web.cache import shared_page
from booking.web.guards import public
from booking.web.house import sessions, today

MONTHS = 12  # shown at least, so that zero is shown as zero; the rest when there is something


@bp.get("/overrides")
@public
def published() -> ResponseReturnValue:
    """Show the months and each override."""
    return shared_page(_published)


def _published() -> str:
    with reading(sessions()) as session:
        first = min(first_override_on(session) or today(), _months_back(today(), MONTHS - 1))
        found = overrides_between(session, first, today())
        rounds = rounds_of_slots(session, [one.slot_id for one in found])
    months = [(month, _counted(found, month)) for month in _months(first.replace(day=1), today())]
    rows = [(one, rules_in_words(one.line, one.lifted), rounds.get(one.slot_id)) for one in found]
    by_round = sorted(Counter(rounds[one.slot_id] for one in found if one.slot_id in rounds).items())
    page = {"months": months, "rows": rows, "by_round": by_round, "total": len(found)}
    return render_template("desk/published.html", **page, kinds=KINDS)


def _counted(found: Sequence[PublishedOverride], month: date) -> Counter[str]:
    return Counter(one.kind.value for one in found if one.decided_on.replace(day=1) == month)


def _months(first: date, last: date) -> list[date]:
    """Return the months from `last` back to `first`, each by its first day."""
    months, month = [], last.replace(day=1)
    while month >= first:
        months.append(month)
        month = (month - timedelta(1)).replace(day=1)
    return months


def _months_back(day: date, count: int) -> date:
    month = day.replace(day=1)
    for _ in range(count):
        month = (month - timedelta(1)).replace(day=1)
    return month
