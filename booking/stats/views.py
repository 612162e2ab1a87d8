"""The public figures: pages, and the same as files. Nobody signs in for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.inspections.line import INSPECTIONS
from booking.kernel.db import reading
from booking.lines import service_names
from booking.stats.exports.inspections import NAMES, inspections_as_csv
from booking.stats.exports.shares import shares_as_csv
from booking.stats.exports.terminal import shortened
from booking.stats.forms import InspectionsForm, PeriodForm, SharesForm, inspections_form, named, shares_form
from booking.stats.queries.inspections import Station, inspections_at, stations
from booking.stats.queries.shares import Days, by_channel, known_days, sites_of
from booking.stats.rules.inspections import Report, Row
from booking.stats.rules.shares import Channels, Shares, all_together, shares_of
from booking.web.guards import public
from booking.web.house import sessions, today
from booking.web.language import worded

bp = Blueprint("stats", __name__)
UNPROCESSABLE = 422


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
        known = known_days(session)
        cars = by_channel(session, form.days.first, form.days.last, line=INSPECTIONS.key)
    return render_template(
        "stats/shares.html", form=form, query=_query(form), cars=_rows(shares_of(cars)), **_figures(channels, known)
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
    return _file(shares_as_csv(shares_of(channels)), "shares", form)


@bp.get("/stats/inspections")
@public
def inspections() -> ResponseReturnValue:
    """Show what became of the cars of a period."""
    with reading(sessions()) as session:
        known = stations(session)
        form = inspections_form(request.args, known, today())
        if not form.validate():
            return render_template("stats/inspections_refused.html", form=form), UNPROCESSABLE
        report = inspections_at(session, form.days.first, form.days.last, form.chosen(known))
    query = _query_of_inspections(form)
    return render_template("stats/inspections.html", form=form, query=query, **_tables(report, known))


@bp.get("/stats/inspections.csv")
@public
def inspections_csv() -> ResponseReturnValue:
    """Give the figures of a period as a file."""
    with reading(sessions()) as session:
        known = stations(session)
        form = inspections_form(request.args, known, today())
        if not form.validate():
            return render_template("stats/inspections_refused.html", form=form), UNPROCESSABLE
        report = inspections_at(session, form.days.first, form.days.last, form.chosen(known))
    return _file(inspections_as_csv(report), "inspections", form)


def _asked(session: Session) -> SharesForm:
    return shares_form(request.args, sites_of(session), today())


def _file(text: str, name: str, form: PeriodForm) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}-{form.days.first}-{form.days.last}.csv"}
    return Response(text, mimetype="text/csv", headers=headers)


def _query(form: SharesForm) -> dict[str, str]:
    """The period and site as they stand in an address."""
    return {"from": form.days.first.isoformat(), "to": form.days.last.isoformat(), "site": form.site.data}


def _query_of_inspections(form: InspectionsForm) -> dict[str, str]:
    return {"from": form.days.first.isoformat(), "to": form.days.last.isoformat(), "station": form.station.data}


def _figures(channels: tuple[Channels, ...], known: Days | None) -> dict[str, object]:
    counted = shares_of(channels)
    rows = _rows(counted)
    return {
        "shares": counted,
        "rows": rows,
        # A subject without any booking would look like one that nobody booked on line.
        "bars": [row for row in rows if row.total],
        "channels": [*((_name(row.service), row) for row in channels), (_("All together"), all_together(channels))],
        "known": known,
    }


def _rows(counted: Shares) -> list[ShareRow]:
    labelled = [*((_name(item.service), item) for item in counted.items), (_("All together"), counted.total)]
    return [ShareRow(label, count.online, count.total, count.share) for label, count in labelled]


def _name(service: str) -> str:
    names = service_names()
    return worded(names[service]) if service in names else service


def _tables(report: Report, known: Sequence[Station]) -> dict[str, object]:
    """Return each table's rows under the names that readers know, the sum at the end."""
    names = {**{code: worded(name) for code, name in NAMES.items()}, **{one.code: named(one) for one in known}}
    total = (_("All together"), report.total)

    def labelled(rows: Sequence[Row]) -> list[tuple[str, Row]]:
        return [*((names.get(row.code, row.code), row) for row in rows), total]

    by_station, by_kind = labelled(report.stations), labelled(report.kinds)
    return {
        "total": report.total,
        "stations": by_station,
        "kinds": by_kind,
        "channels": labelled(report.channels),
        "station_bars": _bars(by_station),
        "kind_bars": _bars(by_kind),
        "channel_bars": [(label, row.cars) for label, row in labelled(report.channels)[:-1]],
    }


def _bars(rows: Sequence[tuple[str, Row]]) -> list[ShareRow]:
    """Return the bars of those that had a car: without one, a bar would look like nobody on line."""
    shares = [(label, row.online) for label, row in rows]
    return [ShareRow(shortened(label), one.some, one.total, one.share) for label, one in shares if one and one.total]
