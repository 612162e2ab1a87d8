"""The rows behind a number: references, days and states, and nobody's name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import InvalidInputError
from booking.lines import LINES
from booking.stats.forms import FiguresForm
from booking.stats.queries.rows import FactRow, Place, page_of_rows
from booking.stats.rules.catalogue import ENDINGS, STANDINGS
from booking.stats.rules.figures import Figure, Kind
from booking.stats.views.blueprint import bp
from booking.stats.views.figures import asked_form, the_figure
from booking.stats.views.shares import UNPROCESSABLE
from booking.stats.views.shown import NONE, bucket_name, service_name
from booking.web.guards import may
from booking.web.house import sessions
from booking.web.language import language, worded

ROWS_ON_A_PAGE = 50
MOST_DIGITS = 10  # of the number of a row, its sign included
SOME, ALL = "some", "all"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row in the reader's words."""

    day: date
    reference: str
    service: str
    site: str
    licence_class: str
    bucket: str
    amount: int
    state: str


@bp.get("/desk/figures/<code>/rows")
@may(Act.SEE_FIGURES)
def rows(code: str) -> ResponseReturnValue:
    """Show the rows of a figure, or of one part of it, page by page."""
    figure = the_figure(code)
    part = request.args.get("part", ALL)
    with reading(sessions()) as session:
        form = asked_form(session)
        if not form.validate():
            return render_template("stats/rows.html", form=form, figure=figure, rows=(), query={}), UNPROCESSABLE
        found = page_of_rows(
            session, figure, form.asked, buckets_of(figure, part), below=_below(), limit=ROWS_ON_A_PAGE
        )
    query = {**form.query, "part": part}
    return render_template(
        "stats/rows.html",
        form=form,
        figure=figure,
        part=part_name(figure, part),
        query=query,
        rows=list(map(InWords(figure), found[:ROWS_ON_A_PAGE])),
        next=_next(code, query, found),
    )


def buckets_of(figure: Figure, part: str) -> tuple[str, ...]:
    """Return the buckets of the part of a figure that an address names: "some", "all", or one bucket."""
    if part == SOME:
        return figure.some
    if part == ALL:
        return figure.of
    return (part,)


def part_name(figure: Figure, part: str) -> str:
    """Return what a part of a figure is called."""
    if figure.kind is Kind.SPREAD or part == ALL:
        return worded(figure.of_name) if figure.of else _("All rows")
    return worded(figure.some_name) if part == SOME else bucket_name(figure, part)


class InWords:
    """Puts rows into the reader's words. Each word is looked up once: a file has hundreds of thousands of rows."""

    def __init__(self, figure: Figure) -> None:
        words = STANDINGS if figure.measure in ("asked", "wish") else {**STANDINGS, **ENDINGS}
        self._figure = figure
        self._is_chinese = language() == "zh"
        self._states = {code: worded(wording) for code, wording in words.items()}
        self._services = {code: service_name(code) for line in LINES.values() for code in line.services}
        self._buckets: dict[str, str] = {}

    def __call__(self, row: FactRow) -> ShownRow:
        """Return a row in words."""
        return ShownRow(
            row.day,
            row.reference or NONE,
            self._services.get(row.service, row.service),
            (row.site if self._is_chinese else row.site_en or row.site) or NONE,
            row.licence_class or NONE,
            self._bucket(row.bucket),
            row.amount,
            self._states.get(row.state, NONE),
        )

    def _bucket(self, code: str) -> str:
        if code not in self._buckets:
            known = self._figure.numbers_as if self._figure.numbers_as and code.isdigit() else code
            self._buckets[code] = bucket_name(self._figure, known)
        return self._buckets[code]


def rows_asked(session: Session, code: str) -> tuple[Figure, FiguresForm, tuple[str, ...]]:
    """Return figure, form and buckets as the address has them; the form is not validated."""
    figure = the_figure(code)
    return figure, asked_form(session), buckets_of(figure, request.args.get("part", ALL))


def heads() -> list[str]:
    """Return the words over the columns of rows."""
    return [_("Day"), _("Reference"), _("Subject or service"), _("Site"), _("Licence class"), _("Counted as"),
            _("Amount"), _("State")]  # fmt: skip


def cells(found: Iterator[ShownRow]) -> Iterator[tuple[str | int | date, ...]]:
    """Yield rows as the cells of a file."""
    for row in found:
        yield (row.day, row.reference, row.service, row.site, row.licence_class, row.bucket, row.amount, row.state)


def _below() -> Place | None:
    written = request.args.get("below", "")
    if not written:
        return None
    try:
        day, key, bucket = written.split(".")
        return Place(date.fromisoformat(day), _row_number(key), bucket)
    except ValueError as failure:
        raise InvalidInputError("below") from failure


def _row_number(written: str) -> int:
    """Return a number that a database can hold; raise `ValueError` for any other."""
    if len(written) > MOST_DIGITS:
        raise ValueError(written)
    return int(written)


def _next(code: str, query: Mapping[str, str], found: object) -> str | None:
    if not isinstance(found, list) or len(found) <= ROWS_ON_A_PAGE:
        return None
    last: FactRow = found[ROWS_ON_A_PAGE - 1]
    values: dict[str, Any] = {**query, "below": f"{last.day.isoformat()}.{last.key}.{last.bucket}"}
    return url_for("stats.rows", code=code, **values)
