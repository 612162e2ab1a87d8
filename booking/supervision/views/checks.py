"""Spot checks: those that wait, those that were looked at, and how the weekly draw can be done again by anybody."""

from collections.abc import Iterable
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.tables import write_csv_file
from booking.supervision.forms import OUTCOMES, LookForm
from booking.supervision.queries import checks as queries
from booking.supervision.rules.chain import drawn
from booking.supervision.service import checks as service
from booking.supervision.views.blueprint import SEE_OTHER, UNPROCESSABLE, bp
from booking.supervision.views.words import Subjects
from booking.web.downloads import sent_once
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.get("/supervision/checks")
@may(Act.READ_AUDIT)
def spot_checks() -> ResponseReturnValue:
    """Show the cases that wait for a look, those that had one, and the draws."""
    with reading(sessions()) as session:
        waiting, closed = queries.open_checks(session), queries.closed_checks(session)
        called = Subjects(session, [check.subject for check in (*waiting, *closed)])
        past = queries.draws(session)
    given = {"waiting": waiting, "closed": closed, "draws": past, "outcomes": OUTCOMES}
    return render_template("supervision/checks.html", called=called, **given)


@bp.get("/supervision/checks/<int:check_id>")
@may(Act.READ_AUDIT)
def spot_check(check_id: int) -> ResponseReturnValue:
    """Show one case."""
    return _page(check_id, LookForm())


@bp.post("/supervision/checks/<int:check_id>")
@may(Act.CHECK_FINDINGS)
def close_check(check_id: int) -> ResponseReturnValue:
    """Close a case with what was found."""
    form = LookForm()
    if not form.validate_on_submit():
        return _page(check_id, form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        service.close(session, check_id, looked=form.looked, actor=actor(), now=now())
    flash(_("Closed. What you wrote stays."), "success")
    return redirect(url_for("supervision.spot_checks"), SEE_OTHER)


@bp.get("/supervision/draws/<week>.csv")
@may(Act.READ_AUDIT)
def draw_file(week: str) -> ResponseReturnValue:
    """Give the bookings of a week in the order in which its seed draws them."""
    monday = _monday(week)
    with reading(sessions()) as session:
        draw = queries.draw_of(session, monday)
        references = [row.reference for row in session.execute(service.bookings_of_week(monday))]
    in_order = drawn(draw.seed, references, len(references))
    rows: Iterable[tuple[object, ...]] = (
        (place, reference, "x" if place <= draw.drawn else "", draw.seed)
        for place, reference in enumerate(in_order, 1)
    )
    head = ("place", "reference", "drawn", "seed")
    return sent_once(lambda file: write_csv_file(file, head, rows), called=f"draw-{monday}.csv", mimetype="text/csv")


def _page(check_id: int, form: LookForm) -> str:
    with reading(sessions()) as session:
        check = queries.check_shown(session, check_id)
        called = Subjects(session, [check.subject])(check.subject)
    may_close = check.is_open and role_may(actor(), Act.CHECK_FINDINGS)
    given = {"called": called, "form": form, "may_close": may_close, "outcomes": OUTCOMES}
    return render_template("supervision/check.html", check=check, **given)


def _monday(week: str) -> date:
    try:
        return date.fromisoformat(week)
    except ValueError as failure:
        raise NotFoundError from failure
