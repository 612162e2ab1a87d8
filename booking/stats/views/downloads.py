"""The same figures and rows as files: written to the disk row by row, and sent from there."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.tables import write_csv_file
from booking.kernel.workbooks import MEDIA_TYPE, write_workbook
from booking.stats.forms import FiguresForm
from booking.stats.queries.rows import all_rows
from booking.stats.rules.figures import Figure
from booking.stats.views import rows as shown_rows
from booking.stats.views.blueprint import bp
from booking.stats.views.figures import asked_form, the_figure
from booking.stats.views.shares import UNPROCESSABLE
from booking.stats.views.shown import Shown, shown
from booking.web.downloads import sent_once
from booking.web.guards import may, public
from booking.web.house import sessions
from booking.web.language import worded

Cell = str | int | date | Decimal | None
Write = Callable[[BinaryIO, str, Sequence[str], Iterable[Sequence[Cell]]], object]


def _write_csv(target: BinaryIO, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    write_csv_file(target, columns, rows)


WAYS: dict[str, tuple[Write, str]] = {"csv": (_write_csv, "text/csv"), "xlsx": (write_workbook, MEDIA_TYPE)}


@bp.get("/stats/<code>.<any(csv, xlsx):way>")
@public
def public_table(code: str, way: str) -> ResponseReturnValue:
    """Give the tables of a public figure as a file."""
    return _table(the_figure(code, public_only=True), way)


@bp.get("/desk/figures/<code>.<any(csv, xlsx):way>")
@may(Act.SEE_FIGURES)
def table(code: str, way: str) -> ResponseReturnValue:
    """Give the tables of a figure as a file."""
    return _table(the_figure(code), way)


@bp.get("/desk/figures/<code>/rows.<any(csv, xlsx):way>")
@may(Act.SEE_FIGURES)
def rows_file(code: str, way: str) -> ResponseReturnValue:
    """Give the rows of a figure, or of one part of it, as a file."""
    with reading(sessions()) as session:
        figure, form, buckets = shown_rows.rows_asked(session, code)
        if not form.validate():
            return render_template("stats/rows.html", form=form, figure=figure, rows=(), query={}), UNPROCESSABLE
        found = map(shown_rows.InWords(figure), all_rows(session, figure, form.asked, buckets))
        content = (worded(figure.name), shown_rows.heads(), shown_rows.cells(found))
        return _file(way, f"{figure.code}-rows", form, content)


def _table(figure: Figure, way: str) -> ResponseReturnValue:
    with reading(sessions()) as session:
        form = asked_form(session)
        if not form.validate():
            given = {"figure": figure, "is_office": False, "endpoint": "stats.public_figure", "presets": []}
            return render_template("stats/figure.html", form=form, shown=None, action="", **given), UNPROCESSABLE
        found = shown(session, figure, form)
    heads = [_("Part"), worded(figure.name), _("Nine in ten"), worded(figure.some_name), worded(figure.of_name)]
    return _file(way, figure.code, form, (worded(figure.name), heads, _lines(found)))


def _lines(found: Shown) -> Iterator[tuple[Cell, ...]]:
    everything = (_("All together"), found.total)
    for label, value in (everything, *((line.label, line.value) for line in (*found.lines, *found.over_time))):
        yield (label, value.main, value.nine, value.some, value.total)


def _file(
    way: str, name: str, form: FiguresForm, content: tuple[str, Sequence[str], Iterable[Sequence[Cell]]]
) -> Response:
    """Write the file and send it; it is gone once it is sent."""
    write, mimetype = WAYS[way]
    called = f"{name}-{form.days.first}-{form.days.last}.{way}"
    return sent_once(lambda file: write(file, *content), called=called, mimetype=mimetype)
