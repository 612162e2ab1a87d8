"""Pages of a station for the office: its test lanes, its hours, its prices and directions."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotFoundError
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites import queries
from booking.sites.forms.site import mark
from booking.sites.forms.station import WRONG, LaneForm, hours_form, lane_form, terms_form
from booking.sites.queries import StationShown
from booking.sites.rules.station import StationLane
from booking.sites.service import lanes as service
from booking.sites.service import stations
from booking.sites.views.blueprint import bp
from booking.sites.views.hits import NOBODY, Impact, ToLookAt, lane_hits, once_looked_at, site_hits
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.get("/desk/sites/<int:site_id>/lanes")
@may(Act.SEE_PLANS)
def lanes(site_id: int) -> ResponseReturnValue:
    may_keep = role_may(actor(), Act.KEEP_STATIONS)
    return render_template("sites/lanes.html", station=station_of(site_id), may_keep=may_keep)


@bp.route("/desk/sites/<int:site_id>/lanes/new", methods=["GET", "POST"])
@may(Act.KEEP_STATIONS)
def add_lane(site_id: int) -> ResponseReturnValue:
    station, form = station_of(site_id), lane_form(None)
    if not form.validate_on_submit():
        return _after_lane(station, None, form)
    unseen = _stored(
        form,
        lambda session: NOBODY,  # one more lane leaves nobody outside
        lambda session: service.add_lane(session, station.id, form.facts(), actor=actor(), now=now()),
    )
    if form.errors or unseen:
        return _after_lane(station, None, form)
    return _to_lanes(site_id, _("The test lane is added."))


@bp.route("/desk/sites/<int:site_id>/lanes/<int:lane_id>", methods=["GET", "POST"])
@may(Act.KEEP_STATIONS)
def change_lane(site_id: int, lane_id: int) -> ResponseReturnValue:
    station = station_of(site_id)
    lane = _lane_of(station, TestLaneId(lane_id))
    form = lane_form(lane)
    if not form.validate_on_submit():
        return _after_lane(station, lane, form)
    unseen = _stored(
        form,
        lambda session: lane_hits()(session, lane.id, form.facts(), now()),
        lambda session: service.change_lane(
            session, lane.id, form.facts(), seen=form.seen.data, actor=actor(), now=now()
        ),
    )
    if form.errors or unseen:
        return _after_lane(station, lane, form, unseen)
    return _to_lanes(site_id, _("The test lane is changed."))


@bp.route("/desk/sites/<int:site_id>/hours", methods=["GET", "POST"])
@may(Act.KEEP_STATIONS)
def hours(site_id: int) -> ResponseReturnValue:
    station = station_of(site_id)
    form = hours_form(station.hours)
    if not form.validate_on_submit():
        page = render_template("sites/hours.html", station=station, form=form, unseen=None)
        return page, 422 if form.errors else 200
    wanted, seen = form.hours(), form.seen.data
    unseen = once_looked_at(
        lambda session: site_hits().outside_hours(session, station.id, wanted, now()),
        lambda session: stations.set_hours(session, station.id, wanted, seen=seen, actor=actor(), now=now()),
    )
    if unseen:
        return render_template("sites/hours.html", station=station, form=form, unseen=unseen), unseen.status
    flash(_("The opening hours are set. Windows published before stay as they are."), "success")
    return redirect(url_for("sites.show", site_id=site_id), 303)


@bp.route("/desk/sites/<int:site_id>/terms", methods=["GET", "POST"])
@may(Act.KEEP_STATIONS)
def terms(site_id: int) -> ResponseReturnValue:
    station = station_of(site_id)
    form = terms_form(station)
    try:
        if form.validate_on_submit():
            with unit_of_work(sessions()) as session:
                stations.set_terms(session, station.id, form.terms(), seen=form.seen.data, actor=actor(), now=now())
            flash(_("Prices and directions are saved."), "success")
            return redirect(url_for("sites.show", site_id=site_id), 303)
    except InvalidInputError as refusal:
        mark(form, refusal, WRONG)
    page = render_template("sites/terms.html", station=station, form=form)
    return page, 422 if form.errors else 200


def station_of(site_id: int) -> StationShown:
    """Return the station of an address, or raise `NotFoundError`: an exam site has no such pages."""
    with reading(sessions()) as session:
        return queries.station(session, SiteId(site_id), now=now())


def _lane_of(station: StationShown, lane_id: TestLaneId) -> StationLane:
    found = next((lane for lane in station.lanes if lane.id == lane_id), None)
    if found is None:
        raise NotFoundError
    return found


def _stored(form: LaneForm, count: Callable[[Session], Impact], verb: Callable[[Session], object]) -> ToLookAt | None:
    """Do it once it was looked at, or say at the field what is wrong."""
    try:
        return once_looked_at(count, verb)
    except service.LaneNameTakenError:
        form.name.errors.append(_("Another test lane of this station is called this already"))
    except InvalidInputError as refusal:
        mark(form, refusal, WRONG)
    return None


def _after_lane(
    station: StationShown, lane: StationLane | None, form: LaneForm, unseen: ToLookAt | None = None
) -> ResponseReturnValue:
    page = render_template("sites/lane.html", station=station, lane=lane, form=form, unseen=unseen)
    return page, 422 if form.errors else unseen.status if unseen else 200


def _to_lanes(site_id: int, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for("sites.lanes", site_id=site_id), 303)
