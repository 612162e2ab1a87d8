"""Every figure by its definition: the public ones for everybody, all of them for the office."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import NotFoundError
from booking.stats.forms import FiguresForm, figures_form
from booking.stats.queries.shares import sites_of
from booking.stats.rules.catalogue import BY_CODE, FIGURES, figures_of
from booking.stats.rules.figures import Figure
from booking.stats.views.blueprint import bp
from booking.stats.views.periods import presets
from booking.stats.views.shares import UNPROCESSABLE
from booking.stats.views.shown import overview, shown
from booking.web.guards import may, public
from booking.web.house import sessions, today


@bp.get("/stats/definitions")
@public
def definitions() -> ResponseReturnValue:
    """Say what each figure is."""
    return render_template("stats/definitions.html", figures=FIGURES)


@bp.get("/stats/<code>")
@public
def public_figure(code: str) -> ResponseReturnValue:
    """Show a public figure."""
    return _figure(the_figure(code, public_only=True), "stats.public_figure")


@bp.get("/desk/figures")
@may(Act.SEE_FIGURES)
def desk() -> ResponseReturnValue:
    """Show all figures of a period."""
    with reading(sessions()) as session:
        form = asked_form(session)
        if not form.validate():
            return render_template("stats/desk.html", form=form, rows=(), presets=presets({})), UNPROCESSABLE
        rows = overview(session, figures_of(form.line.data, public_only=False), form)
    return render_template("stats/desk.html", form=form, rows=rows, presets=presets(form.query), services=rows[0][1])


@bp.get("/desk/figures/<code>")
@may(Act.SEE_FIGURES)
def figure(code: str) -> ResponseReturnValue:
    """Show a figure with the ways to its rows."""
    return _figure(the_figure(code), "stats.figure")


def the_figure(code: str, *, public_only: bool = False) -> Figure:
    """Return the figure with a code; raise `NotFoundError`."""
    found = BY_CODE.get(code)
    if found is None or (public_only and not found.is_public):
        raise NotFoundError
    return found


def asked_form(session: Session) -> FiguresForm:
    """Return the form as the address has it."""
    return figures_form(request.args, lambda line: sites_of(session, line=line), today())


def _figure(of: Figure, endpoint: str) -> ResponseReturnValue:
    is_office = endpoint == "stats.figure"
    given = {"figure": of, "endpoint": endpoint, "is_office": is_office, "action": url_for(endpoint, code=of.code)}
    with reading(sessions()) as session:
        form = asked_form(session)
        if not form.validate():
            return render_template("stats/figure.html", form=form, shown=None, presets=presets({}), **given), 422
        found = shown(session, of, form)
    query = form.query
    return render_template("stats/figure.html", form=form, shown=found, query=query, presets=presets(query), **given)
