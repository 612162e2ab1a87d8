"""The stations side by side: price, hours, distance, the next free window, and how full today is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking.attendance.queries.visits import waiting_by_site
from booking.inspections.forms.booking import StationsForm
from booking.inspections.models import Owner
from booking.inspections.queries.stations import StationRow, stations_compared
from booking.inspections.rules.facts import VehicleKind
from booking.inspections.views.blueprint import bp
from booking.kernel.calendar import local_day
from booking.kernel.db import reading
from booking.kernel.ids import OwnerId, SiteId
from booking.policies import queries as policies
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.sites.rules.station import spans_on
from booking.slots.models import Method
from booking.web.guards import public
from booking.web.house import me, now, sessions
from booking.web.language import language, whole
from booking.web.words import yuan


@dataclass(frozen=True, slots=True)
class StationLine:
    """One station as the table shows it. `by_round`: its windows are given by a round, so one asks for them."""

    site_id: SiteId
    name: str
    address: str
    distance: str
    price: str
    hours: str  # of today
    row: StationRow
    waiting: int
    by_round: bool


@bp.get("/inspections/stations")
@public
def stations() -> ResponseReturnValue:
    """Show every station that inspects the chosen kind of vehicle, the nearest first. Nobody is assigned one."""
    with reading(sessions()) as session:
        asked = MultiDict({"kind": "small_passenger", "district": _own_district(session), **request.args.to_dict()})
        form = StationsForm(asked)
        lines = station_lines(session, form.chosen, form.district.data or "", now=now())
    return render_template("inspections/stations.html", form=form, lines=lines)


def station_lines(session: Session, kind: VehicleKind, district: str, *, now: datetime) -> Sequence[StationLine]:
    """Return the stations for a kind as rows of the table; a fixed number of statements."""
    rows = stations_compared(session, kind, district=district, now=now)
    today = local_day(now)
    waiting = waiting_by_site(session, today)
    usual = policies.all_values(session, today).code("inspections.method")
    worked = policies.working_days(session, around=today)
    open_on = sites.openings_of_sites(session, [row.station.id for row in rows], today, today, worked)
    return [
        StationLine(
            site_id=row.station.id,
            name=row.station.named(language()),
            address=row.station.facts.address,
            distance="" if row.kilometres is None else _("about %(count)s km", count=row.kilometres),
            price="" if row.price_fen is None else yuan(row.price_fen),
            hours=_hours(row.station, today) if open_on[row.station.id][today] else _("closed today"),
            row=row,
            waiting=waiting.get(row.station.id, 0),
            by_round=(row.station.terms.method or usual) != Method.FIRST_COME,
        )
        for row in rows
    ]


def district_of(session: Session, owner_id: OwnerId | None) -> str:
    """Return where the owner of a vehicle looks for stations, "" where nobody has told."""
    return session.scalar(select(Owner.district).where(Owner.id == owner_id)) or ""


def _own_district(session: Session) -> str:
    if not current_user.is_authenticated:
        return ""
    return session.scalar(select(Owner.district).where(Owner.person_id == me().person_id)) or ""


def _hours(station: StationShown, day: date) -> str:
    words = [f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans_on(station.hours, day.isoweekday())]
    return whole(str(_(", ").join(words))) or str(_("closed today"))
