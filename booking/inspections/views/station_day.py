"""The board of a station's day, and the slip of one visit. Operators see their own station, the office every one."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.inspections.forms.station import ArrivalForm, BreakOffForm
from booking.inspections.queries.gate import Found
from booking.inspections.queries.station_day import Slip, arrival_kind, slip, station_day
from booking.inspections.queries.stations import LINE
from booking.inspections.views.blueprint import bp
from booking.kernel.actors import Act, Role
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId, VisitId
from booking.sites import queries as sites
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.paths import LARGEST_ID

SEE_OTHER = 303


@bp.get("/station")
@may(Act.SEE_STATION_DAY)
def station_today() -> ResponseReturnValue:
    """Show operators the board of their station, and everybody else which stations there are."""
    if role_may(actor(), Act.RUN_STATION):
        return board_page(own_station(), arrived=_arrived())
    with reading(sessions()) as session:
        stations = sites.sites(session, LINE)
    return render_template("inspections/station/choose.html", stations=stations)


@bp.get("/station/<int:site_id>")
@may(Act.SEE_STATION_DAY)
def station_board(site_id: int) -> ResponseReturnValue:
    """Show the board of a station to read; an operator reads the own one only."""
    _refuse_other_station(SiteId(site_id))
    return board_page(SiteId(site_id))


@bp.get("/station/visits/<int:visit_id>")
@may(Act.SEE_STATION_DAY)
def visit_slip(visit_id: int) -> ResponseReturnValue:
    """Show one visit, for paper."""
    with reading(sessions()) as session:
        shown = slip(session, VisitId(visit_id), now=now())
        _refuse_other_station(shown.visit.site_id)
        site = sites.site(session, shown.visit.site_id)
    return render_template(
        "inspections/station/slip.html", slip=shown, site=site, kind=arrival_kind(shown.visit), now=now()
    )


def board_page(
    site_id: SiteId,
    *,
    form: ArrivalForm | None = None,
    break_off: BreakOffForm | None = None,
    found: Found | None = None,
    arrived: VisitId | None = None,
) -> str:
    """Render the board: `found` is the answer to what was scanned, `arrived` whoever drove in last.

    The reason in `break_off`, where something is wrong with it, has the id of the field beside its car.
    """
    with reading(sessions()) as session:
        day = station_day(session, site_id, now=now())
        last = _of_station(session, site_id, arrived)
    return render_template(
        "inspections/station/board.html",
        day=day,
        may_run=role_may(actor(), Act.RUN_STATION),
        form=form or ArrivalForm(formdata=None),
        break_off=break_off or BreakOffForm(formdata=None),
        found=found,
        last=last,
        kind=arrival_kind,
        now=now(),
    )


def own_station() -> SiteId:
    """Return the station of the operator who is signed in."""
    site_id = actor().site_id
    if actor().role is not Role.STATION or site_id is None:
        raise NotAllowedError
    return site_id


def to_board(arrived: VisitId | None = None) -> ResponseReturnValue:
    """Send the operator back to the board after an act."""
    return redirect(url_for("inspections.station_today", arrived=arrived), SEE_OTHER)


def _arrived() -> VisitId | None:
    """Return the visit that the address says drove in last, or None."""
    text = request.args.get("arrived", "")
    return VisitId(int(text)) if text.isascii() and text.isdigit() and int(text) <= LARGEST_ID else None


def _of_station(session: Session, site_id: SiteId, visit_id: VisitId | None) -> Slip | None:
    """Return the slip of a visit of this station; None for any other."""
    try:
        found = None if visit_id is None else slip(session, visit_id, now=now())
    except NotFoundError:
        return None
    return found if found and found.visit.site_id == site_id else None


def _refuse_other_station(site_id: SiteId) -> None:
    if role_may(actor(), Act.RUN_STATION) and site_id != own_station():
        raise NotAllowedError
