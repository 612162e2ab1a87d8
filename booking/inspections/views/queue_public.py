"""The queue of a station for everybody: a page for the telephone, and a display for the wall. Numbers, no plates."""

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.inspections.queries.station_day import PublicDay, public_day
from booking.inspections.views.blueprint import bp
from booking.kernel.db import reading
from booking.kernel.ids import SiteId
from booking.web.cache import kept_a_moment, shared_page
from booking.web.guards import public
from booking.web.house import now, sessions

REFRESH_SECONDS = 15


@bp.get("/inspections/stations/<int:site_id>/queue")
@public
def station_queue(site_id: int) -> ResponseReturnValue:
    """Say who is called, how many wait, and how long one would wait who came now."""
    return shared_page(lambda: render_template("inspections/station/queue.html", day=_day(site_id), now=now()))


@bp.get("/inspections/stations/<int:site_id>/display")
@public
def call_display(site_id: int) -> ResponseReturnValue:
    """Show the calls in large type; the browser brings them up to date by itself, with or without script."""
    return render_template(
        "inspections/station/display.html", day=_day(site_id), now=now(), refresh_seconds=REFRESH_SECONDS
    )


def _day(site_id: int) -> PublicDay:
    """Return the day of a station; whoever asks within the same second is shown the same."""

    def read() -> PublicDay:
        with reading(sessions()) as session:
            return public_day(session, SiteId(site_id), now=now())

    return kept_a_moment(("queue", site_id), read)
