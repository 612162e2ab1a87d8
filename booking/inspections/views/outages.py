"""Announcing that a test lane is out of service: what it does is looked at first, and who is hit stays in sight."""

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.inspections.service.lane_changes import bookings_beyond
from booking.inspections.service.outages import (
    OutageEffect,
    announce_outage,
    lift_outage,
    outage_effect,
    preview_outage,
)
from booking.inspections.views.blueprint import bp
from booking.inspections.views.station_day import SEE_OTHER
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError, Wording
from booking.kernel.ids import SiteId
from booking.sites import queries as sites
from booking.sites.forms.site import mark
from booking.sites.forms.station import WRONG, OutageForm, outage_form
from booking.sites.queries import StationShown
from booking.sites.rules.site import may_set_days
from booking.sites.service.outages import check_outage
from booking.sites.views.hits import LANE_HITS
from booking.sites.views.outages import OUTAGES, Outages
from booking.web.guards import may
from booking.web.house import actor, now, sessions

UNPROCESSABLE = 422
OUT_OF_ORDER = Wording("设备故障，正在抢修", "Equipment failure; it is being repaired")  # what the board fills in
PAGES = Outages(
    end=lift_outage,
    announced_at=lambda site_id: url_for("inspections.new_outage", site_id=site_id),
    shown_at=lambda site_id, outage_id: url_for("inspections.show_outage", site_id=site_id, outage_id=outage_id),
)

bp.record_once(lambda state: state.app.extensions.update({OUTAGES: PAGES, LANE_HITS: bookings_beyond}))


@bp.route("/desk/stations/<int:site_id>/outages/new", methods=["GET", "POST"])
@may(Act.ANNOUNCE_OUTAGES)
def new_outage(site_id: int) -> ResponseReturnValue:
    """Show what an outage would do, and announce it once that was looked at."""
    station = _own(site_id)
    form = outage_form(station, now=now())
    if request.method == "GET" and "lane" in request.args:
        form.lane.data = request.args.get("lane", type=int)
        form.reason.data, form.reason_en.data = OUT_OF_ORDER.zh, OUT_OF_ORDER.en
    if not form.validate_on_submit():
        return _page(station, form)
    is_save = request.form.get("step") == "save"
    try:
        effect = _preview(form)
        if is_save and request.form.get("seen") == digest(form, effect):
            return _announce(station, form)
    except InvalidInputError as refusal:
        mark(form, refusal, WRONG)
        return _page(station, form)
    return _page(station, form, effect, changed=is_save)


@bp.get("/desk/stations/<int:site_id>/outages/<int:outage_id>")
@may(Act.ANNOUNCE_OUTAGES)
def show_outage(site_id: int, outage_id: int) -> ResponseReturnValue:
    """Show whom an outage hits, as bookings stand now."""
    station = _own(site_id)
    with reading(sessions()) as session:
        outage = sites.outage(session, outage_id)
        lane = sites.lane(session, outage.lane_id)
        if lane.site_id != station.id:
            raise NotFoundError
        effect = outage_effect(session, outage_id, now=now())
    is_over = outage_id not in {one.id for one in station.outages}
    return render_template(
        "inspections/station/outage.html",
        station=station,
        outage=outage,
        lane=lane,
        effect=effect,
        is_over=is_over,
        now=now(),
    )


def digest(form: OutageForm, effect: OutageEffect) -> str:
    """Return what stands for exactly this outage and what it does: what is announced must be what was looked at."""
    told = (form.lane_id, form.begins, form.ends_at.instant, effect)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _preview(form: OutageForm) -> OutageEffect:
    times = (form.begins, form.ends_at.instant)
    with reading(sessions()) as session:
        check_outage(sites.lane(session, form.lane_id), *times, reason=form.reason.data, now=now())
        return preview_outage(session, form.lane_id, *times, now=now())


def _announce(station: StationShown, form: OutageForm) -> ResponseReturnValue:
    with unit_of_work(sessions()) as session:
        effect = announce_outage(
            session,
            form.lane_id,
            form.begins,
            form.ends_at.instant,
            reason=form.reason.data,
            reason_en=form.reason_en.data or "",
            actor=actor(),
            now=now(),
        )
    flash(_("The outage is announced; everybody can read it on the page of the station."), "success")
    return redirect(url_for("inspections.show_outage", site_id=station.id, outage_id=effect.outage_id), SEE_OTHER)


def _own(site_id: int) -> StationShown:
    """Return the station, or raise `NotAllowedError` if somebody else's operator asks."""
    with reading(sessions()) as session:
        station = sites.station(session, SiteId(site_id), now=now())
    if not may_set_days(actor(), station.id):
        raise NotAllowedError
    return station


def _page(
    station: StationShown, form: OutageForm, effect: OutageEffect | None = None, *, changed: bool = False
) -> ResponseReturnValue:
    seen = digest(form, effect) if effect else ""
    page = render_template(
        "inspections/station/outage_new.html", station=station, form=form, effect=effect, changed=changed, seen=seen
    )
    return page, UNPROCESSABLE if form.errors or changed else 200
