"""The front page, the language switch, the style page, and the health of the system."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.exams import queries as exams
from booking.guides.queries.announcements import announcements_on
from booking.home import queries, samples, tokens
from booking.home.forms import SampleForm
from booking.inspections.queries import terms as inspections
from booking.kernel.db import reading
from booking.web import easy
from booking.web.cache import shared_page
from booking.web.guards import public
from booking.web.house import house, now, sessions, today
from booking.web.language import COOKIE, LOCALES
from booking.web.paths import own_path

bp = Blueprint("home", __name__)
ONE_YEAR = 365 * 24 * 3600


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    return shared_page(_front)


def _front() -> str:
    with reading(sessions()) as session:
        dates = queries.next_dates(session, now=now())
        terms, inspection_terms = exams.terms_on(session, today()), inspections.terms_on(session, today())
        announced = announcements_on(session, today())
    return render_template(
        "home/index.html", next_dates=dates, terms=terms, inspection_terms=inspection_terms, announced=announced
    )


@bp.get("/language/<language>")
@public
def language(language: str) -> ResponseReturnValue:
    if language not in LOCALES:
        abort(404)
    return _back_with(COOKIE, language, ONE_YEAR)


@bp.get("/easy/<any(on, off):state>")
@public
def large_type(state: str) -> ResponseReturnValue:
    return _back_with(easy.COOKIE, easy.ON, ONE_YEAR if state == "on" else 0)


def _back_with(cookie: str, value: str, seconds: int) -> ResponseReturnValue:
    """Go back to the page that was left, with a choice that the browser remembers (or, after 0 seconds, forgets)."""
    answer = redirect(own_path(request.args.get("next")) or url_for("home.index"), 303)
    secure = not house().is_demo
    answer.set_cookie(cookie, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax")
    return answer


@bp.get("/style")
@public
def style() -> ResponseReturnValue:
    form = SampleForm(data={"phone": "138", "site": "1"})
    form.validate()
    clean, filtering = SampleForm(prefix="fresh-"), SampleForm(prefix="filtering-")
    return render_template(
        "home/style.html", samples=samples, tokens=tokens, form=form, clean=clean, filtering=filtering
    )


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    return render_template("home/accessibility.html")


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    return {"state": "alive"}


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    with reading(sessions()) as session:
        return {"state": "ready"} if queries.answers(session) else ({"state": "not ready"}, 503)
