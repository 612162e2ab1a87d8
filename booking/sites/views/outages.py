"""Outages of test lanes: announcing one, and saying that the lane works again."""

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
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites import queries
from booking.sites.forms.site import mark
from booking.sites.forms.station import WRONG, OutageForm, outage_form
from booking.sites.queries import StationShown
from booking.sites.rules.site import may_set_days
from booking.sites.service import outages as service
from booking.sites.views.blueprint import bp
from booking.sites.views.stations import station_of
from booking.web.guards import may
from booking.web.house import actor, now, sessions

VERBS = "outages"  # a higher floor knows what an outage does to published windows, and puts its own verbs here


class Announcing(Protocol):
    """`service.announce_outage`, or that with what follows for published windows."""

    def __call__(
        self,
        session: Session,
        lane_id: TestLaneId,
        starts_at: datetime,
        ends_at: datetime | None,
        *,
        reason: str,
        actor: Actor,
        now: datetime,
    ) -> int: ...


class Ending(Protocol):
    """`service.end_outage`, or that with what follows for published windows."""

    def __call__(self, session: Session, outage_id: int, *, actor: Actor, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Verbs:
    """What the page does, and the address that says afterwards what came of it."""

    announce: Announcing
    end: Ending
    outcome: Callable[[SiteId, int], str]


ALONE = Verbs(
    service.announce_outage, service.end_outage, lambda site_id, _: url_for("sites.outages", site_id=site_id)
)


@bp.route("/desk/sites/<int:site_id>/outages", methods=["GET", "POST"])
@may(Act.ANNOUNCE_OUTAGES)
def outages(site_id: int) -> ResponseReturnValue:
    station = _own(site_id)
    form = outage_form(station, now=now())
    if not form.validate_on_submit():
        return _page(station, form)
    verbs = _verbs()
    starts_at, ends_at = form.begins, form.ends_at.instant
    try:
        with unit_of_work(sessions()) as session:
            outage_id = verbs.announce(
                session, form.lane_id, starts_at, ends_at, reason=form.reason.data, actor=actor(), now=now()
            )
    except InvalidInputError as refusal:
        mark(form, refusal, WRONG)
        return _page(station, form)
    flash(_("The outage is announced; everybody can read it on the page of the station."), "success")
    return redirect(verbs.outcome(station.id, outage_id), 303)


@bp.post("/desk/sites/<int:site_id>/outages/<int:outage_id>/end")
@may(Act.ANNOUNCE_OUTAGES)
def end_outage(site_id: int, outage_id: int) -> ResponseReturnValue:
    station = _own(site_id)
    verbs = _verbs()
    with unit_of_work(sessions()) as session:
        if queries.lane(session, queries.outage(session, outage_id).lane_id).site_id != station.id:
            raise NotFoundError
        verbs.end(session, outage_id, actor=actor(), now=now())
    flash(_("The lane is back in service."), "success")
    return redirect(verbs.outcome(station.id, outage_id), 303)


def _own(site_id: int) -> StationShown:
    """Return the station, or raise `NotAllowedError` if somebody else's operator asks."""
    station = station_of(site_id)
    if not may_set_days(actor(), station.id):
        raise NotAllowedError
    return station


def _verbs() -> Verbs:
    return cast("Verbs", current_app.extensions.get(VERBS, ALONE))


def _page(station: StationShown, form: OutageForm) -> ResponseReturnValue:
    page = render_template("sites/outages.html", station=station, form=form, now=now())
    return page, 422 if form.errors else 200
