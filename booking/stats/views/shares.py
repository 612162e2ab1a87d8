"""The public figures: pages, and the same as files. Nobody signs in for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.exams.line import EXAMS
from booking.inspections.line import INSPECTIONS
from booking.kernel.calendar import ONE_DAY
from booking.kernel.db import reading
from booking.stats.exports.shares import shares_as_csv
from booking.stats.forms import PeriodForm, SharesForm, shares_form
from booking.stats.queries.counted import Asked
from booking.stats.queries.shares import by_channel, known_days, sites_of
from booking.stats.rules.catalogue import BY_CODE, figures_of
from booking.stats.rules.figures import Figure
from booking.stats.rules.shares import Channels, Shares, all_together, shares_of
from booking.stats.rules.spans import Days
from booking.stats.views.blueprint import bp
from booking.stats.views.periods import presets
from booking.stats.views.shown import Line, drawn, is_by_week, over_time, overview_of, service_name
from booking.web.guards import public
from booking.web.house import sessions, today

UNPROCESSABLE = 422
FIRST_SEEN = ("fill", "wait", "lead", "pass", "no_show")  # of the public figures; the others have their pages


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A count under the name that readers know it by."""

    label: str
    online: int
    total: int
    share: Decimal | None


@bp.get("/stats")
@public
def shares() -> ResponseReturnValue:
    """Show the shares of a period."""
    with reading(sessions()) as session:
        form = _asked(session)
        if not form.validate():
            return render_template("stats/refused.html", form=form), UNPROCESSABLE
        channels = by_channel(session, form.days.first, form.days.last, site_id=form.site_id)
        asked = Asked(form.days, EXAMS.key, site_id=form.site_id)
        more = {
            # Only where nothing is to be seen does anybody ask from when to when there is something.
            "known": known_days(session) if not any(row.total for row in channels) else None,
            "cars": _rows(shares_of(by_channel(session, form.days.first, form.days.last, line=INSPECTIONS.key))),
            "by_week": is_by_week(form.days),
            "over_time": (lines := over_time(session, BY_CODE["online"], asked)),
            "curve": drawn(BY_CODE["online"], lines),
            "overview": _of_days_over(session, asked),
        }
    return render_template(
        "stats/shares.html",
        form=form,
        query=_query(form),
        presets=presets({"site": form.site.data}),
        online=BY_CODE["online"],
        public_figures=figures_of(EXAMS.key, public_only=True),
        **more,
        **_figures(channels),
    )


@bp.get("/stats.csv")
@public
def shares_csv() -> ResponseReturnValue:
    """Give the shares of a period as a file."""
    with reading(sessions()) as session:
        form = _asked(session)
        if not form.validate():
            return render_template("stats/refused.html", form=form), UNPROCESSABLE
        channels = by_channel(session, form.days.first, form.days.last, site_id=form.site_id)
    return file_of(shares_as_csv(shares_of(channels)), "shares", form)


def _of_days_over(session: Session, asked: Asked) -> Sequence[tuple[Figure, Sequence[Line]]]:
    """Count what can only be said of days that are over; these are rolled up, and those ahead would cost the most."""
    days = Days(asked.days.first, min(asked.days.last, today() - ONE_DAY))
    if days.last < days.first:
        return ()
    return overview_of(session, [BY_CODE[code] for code in FIRST_SEEN], replace(asked, days=days))


def _asked(session: Session) -> SharesForm:
    return shares_form(request.args, sites_of(session), today())


def file_of(text: str, name: str, form: PeriodForm) -> Response:
    """Return a table as a CSV file of a period."""
    headers = {"Content-Disposition": f"attachment; filename={name}-{form.days.first}-{form.days.last}.csv"}
    return Response(text, mimetype="text/csv", headers=headers)


def _query(form: SharesForm) -> dict[str, str]:
    """The period and site as they stand in an address."""
    return {"from": form.days.first.isoformat(), "to": form.days.last.isoformat(), "site": form.site.data}


def _figures(channels: tuple[Channels, ...]) -> dict[str, object]:
    counted = shares_of(channels)
    rows = _rows(counted)
    everything = (_("All together"), all_together(channels))
    return {
        "shares": counted,
        "rows": rows,
        # A subject without any booking would look like one that nobody booked on line.
        "bars": [row for row in rows if row.total],
        "channels": [*((service_name(row.service), row) for row in channels), everything],
    }


def _rows(counted: Shares) -> list[ShareRow]:
    labelled = [*((service_name(item.service), item) for item in counted.items), (_("All together"), counted.total)]
    return [ShareRow(label, count.online, count.total, count.share) for label, count in labelled]
