"""Outages of test lanes: which there are, and saying that a lane works again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.kernel.actors import Act, Actor
from booking.kernel.db import unit_of_work
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.queries import StationShown
from booking.sites.rules.site import may_set_days
from booking.sites.views.blueprint import bp
from booking.sites.views.stations import station_of
from booking.web.guards import may
from booking.web.house import actor, now, sessions

OUTAGES = "outages"  # a higher floor knows what an outage does to published windows, and puts its `Outages` here


class Ending(Protocol):
    """`service.end_outage` with what follows for published windows."""

    def __call__(self, session: Session, outage_id: int, *, actor: Actor, now: datetime) -> object: ...


@dataclass(frozen=True, slots=True)
class Outages:
    """What the higher floor does with outages: ending one, and the pages that announce one and show what it does."""

    end: Ending
    announced_at: Callable[[SiteId], str]
    shown_at: Callable[[SiteId, int], str]


@bp.get("/desk/sites/<int:site_id>/outages")
@may(Act.ANNOUNCE_OUTAGES)
def outages(site_id: int) -> ResponseReturnValue:
    station = _own(site_id)
    return render_template("sites/outages.html", station=station, pages=_higher(), now=now())


@bp.post("/desk/sites/<int:site_id>/outages/<int:outage_id>/end")
@may(Act.ANNOUNCE_OUTAGES)
def end_outage(site_id: int, outage_id: int) -> ResponseReturnValue:
    station = _own(site_id)
    with unit_of_work(sessions()) as session:
        if queries.lane(session, queries.outage(session, outage_id).lane_id).site_id != station.id:
            raise NotFoundError
        _higher().end(session, outage_id, actor=actor(), now=now())
    flash(_("The lane is back in service."), "success")
    return redirect(url_for("sites.outages", site_id=site_id), 303)


def _own(site_id: int) -> StationShown:
    """Return the station, or raise `NotAllowedError` if somebody else's operator asks."""
    station = station_of(site_id)
    if not may_set_days(actor(), station.id):
        raise NotAllowedError
    return station


def _higher() -> Outages:
    return cast("Outages", current_app.extensions[OUTAGES])
