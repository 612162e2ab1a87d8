"""The plan that everybody may see, and the page of each site."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import cast

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.kernel.db import reading
from booking.kernel.ids import SiteId
from booking.plans.queries import public as plans
from booking.plans.queries.public import Closing, Filter
from booking.plans.views.blueprint import bp
from booking.plans.views.calendar import public_page
from booking.sites import queries as sites
from booking.sites.rules.station import LINE as STATIONS
from booking.slots.queries import slots_between
from booking.web.cache import kept_a_moment, shared_page
from booking.web.easy import look
from booking.web.guards import public
from booking.web.house import now, sessions, today

CLOSINGS = "closings"  # sites are closed on a higher floor, which says here how to read what is public of it
NEXT_SESSIONS, NEXT_WINDOWS = 12, 6
MOST_READ = 100  # a station has dozens of windows a day; those that take nobody any more are passed over
REACH = timedelta(days=60)


@bp.get("/plans")
@public
def public_plans() -> ResponseReturnValue:
    return shared_page(_plans)


def _plans() -> str:
    """Render the frame of whoever reads; what stands in it is the same for all, and kept a moment."""
    places = kept_a_moment(("places", look(), request.full_path), _places)
    return render_template("plans/public.html", places=places)


def _places() -> str:
    closings_of = cast("Callable[[Session, date], Sequence[Closing]]", current_app.extensions[CLOSINGS])
    with reading(sessions()) as session:
        page = public_page(session, request.args, now=now())
        closings = closings_of(session, today())
    return render_template("plans/places.html", page=page, closings=closings, now=now())


@bp.get("/sites/<int:site_id>")
@public
def site(site_id: int) -> ResponseReturnValue:
    number = SiteId(site_id)
    with reading(sessions()) as session:
        shown = sites.site(session, number)
        station = sites.station(session, number, now=now()) if shown.facts.line == STATIONS else None
        exceptions = sites.days(session, number, today())
        found = slots_between(session, today(), today() + REACH, site_id=number, limit=MOST_READ)
        slots = [slot for slot in found if station is None or slot.closes_at > now()][
            : NEXT_WINDOWS if station else NEXT_SESSIONS
        ]
        upcoming = plans.next_plan(session, Filter(site_id=number), now=now())
    return render_template(
        "plans/site.html",
        site=shown,
        station=station,
        exceptions=exceptions,
        slots=slots,
        plan=upcoming,
        now=now(),
    )
