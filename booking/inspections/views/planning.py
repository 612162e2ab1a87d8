"""Planning a station: its lanes and hours give the windows, which are looked at first and then saved as drafts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.inspections.forms.station import PlanForm
from booking.inspections.service.planned import PlannedStationDay, planned_station_days
from booking.inspections.views.blueprint import bp
from booking.inspections.views.station_day import SEE_OTHER
from booking.kernel.actors import Act
from booking.kernel.calendar import ONE_DAY
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import SiteId
from booking.plans.queries.board import monday_of
from booking.plans.service.checks import ConflictingPlanError, require_own_site
from booking.plans.service.drafting import draft_plans
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.web.guards import may
from booking.web.house import actor, now, sessions

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Preview:
    """What the lanes give for the days asked for, nothing saved."""

    service: str
    days: Sequence[PlannedStationDay]

    @property
    def clean(self) -> Sequence[PlannedStationDay]:
        """The days that can be saved."""
        return [day for day in self.days if not day.conflicts]

    @property
    def digest(self) -> str:
        """Stands for exactly these windows: what is saved must be what was looked at."""
        return hashlib.sha256(f"{self.service} {[day.planned for day in self.clean]!r}".encode()).hexdigest()


@bp.route("/desk/stations/<int:site_id>/plan", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def plan_station(site_id: int) -> ResponseReturnValue:
    """Show what the lanes give, and save it as drafts once it was looked at."""
    require_own_site(actor(), SiteId(site_id))
    with reading(sessions()) as session:
        station = sites.station(session, SiteId(site_id), now=now())
    form = PlanForm()
    form.offer([offer.service for offer in station.facts.offers])
    if request.method == "GET":
        return _page(station, form)
    if not form.validate_on_submit():
        return _page(station, form), UNPROCESSABLE
    preview = _preview(station.id, form)
    is_save = request.form.get("step") == "save"
    if is_save and preview.clean and form.seen.data == preview.digest:
        return _save(station, form, preview)
    form.seen.data = preview.digest
    return _page(station, form, preview, changed=is_save), UNPROCESSABLE if is_save else 200


def _save(station: StationShown, form: PlanForm, preview: Preview) -> ResponseReturnValue:
    days = [day.planned for day in preview.clean]
    try:
        with unit_of_work(sessions()) as session:
            plans = draft_plans(session, station.id, preview.service, days, actor=actor(), now=now())
    except ConflictingPlanError:  # somebody was faster: what is wrong by now is shown
        preview = _preview(station.id, form)
        form.seen.data = preview.digest
        return _page(station, form, preview, changed=True), UNPROCESSABLE
    flash(
        _("Drafts saved: %(count)s. Submit them for approval when they are complete.", count=len(plans)),
        "success",
    )
    return redirect(url_for("plans.board", week=monday_of(days[0].day), site=station.id), SEE_OTHER)


def _preview(site_id: SiteId, form: PlanForm) -> Preview:
    first, last = form.first.data, form.last.data
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    with reading(sessions()) as session:
        return Preview(form.service.data, planned_station_days(session, site_id, form.service.data, days, now=now()))


def _page(station: StationShown, form: PlanForm, preview: Preview | None = None, *, changed: bool = False) -> str:
    return render_template(
        "inspections/station/plan.html", station=station, form=form, preview=preview, changed=changed
    )
