"""What became of the cars at stations, for everybody: a page, and the same as a file."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.db import reading
from booking.stats.exports.inspections import NAMES, inspections_as_csv
from booking.stats.exports.terminal import shortened
from booking.stats.forms import InspectionsForm, inspections_form, named
from booking.stats.queries.inspections import Station, inspections_at, stations
from booking.stats.rules.inspections import Report, Row
from booking.stats.views.blueprint import bp
from booking.stats.views.shares import UNPROCESSABLE, ShareRow, file_of
from booking.web.guards import public
from booking.web.house import sessions, today
from booking.web.language import worded


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
    return file_of(inspections_as_csv(report), "inspections", form)


def _query_of_inspections(form: InspectionsForm) -> dict[str, str]:
    return {"from": form.days.first.isoformat(), "to": form.days.last.isoformat(), "station": form.station.data}


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
