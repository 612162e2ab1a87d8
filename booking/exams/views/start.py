"""The start page of driving tests, for everybody: who may book, what to bring, the terms, and the other ways."""

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.exams.queries import terms_on
from booking.exams.views.blueprint import bp
from booking.kernel.db import reading
from booking.web.cache import shared_page
from booking.web.guards import public
from booking.web.house import sessions, today


@bp.get("/exams/start")
@public
def about() -> ResponseReturnValue:
    """Say who may book, what to bring, what it costs and how places are given, before anybody signs in."""
    return shared_page(_start_page)


def _start_page() -> str:
    with reading(sessions()) as session:
        terms = terms_on(session, today())
    return render_template("exams/start.html", terms=terms)
