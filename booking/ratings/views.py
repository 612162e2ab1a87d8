"""Rating a visit; what everybody may know of ratings; and the office's answers."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.queries import ShownBooking, shown
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.ratings import queries, service
from booking.ratings.forms import AnswerForm, RatingForm, rating_form
from booking.ratings.queries import Given
from booking.ratings.rules import WORDS, can_rate
from booking.web.guards import may, public
from booking.web.house import actor, me, now, sessions, today
from booking.web.language import worded

bp = Blueprint("ratings", __name__)
SEE_OTHER, UNPROCESSABLE = 303, 422
PUBLIC_DAYS = timedelta(days=365)


@bp.route("/my/bookings/<reference>/rating", methods=["GET", "POST"])
@may(Act.BOOK_FOR_ONESELF)
def rate(reference: str) -> ResponseReturnValue:
    """Ask for the rating of a visit, or show what was said and answered."""
    booking, given, open_ = _standing(reference)
    form = rating_form()
    if given or not open_ or request.method == "GET":
        return _page(booking, given, open_, form)
    if not form.validate():
        return _page(booking, given, open_, form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        service.rate(session, booking.id, form.chosen, form.words.data or "", actor=actor(), now=now())
    flash(_("Thank you. Your rating is recorded."), "success")
    return redirect(url_for("ratings.rate", reference=reference), SEE_OTHER)


@bp.get("/ratings")
@public
def summary() -> ResponseReturnValue:
    """Show counts by grade and site of the last twelve months; no words, no names."""
    first, last = _year()
    with reading(sessions()) as session:
        sites = queries.by_site(session, first, last)
    counts = {"sites": sites, "total": queries.together(sites)}
    return render_template("ratings/summary.html", **counts, first=first, last=last, words=_words())


@bp.get("/desk/ratings")
@may(Act.SEE_RATINGS)
def desk() -> ResponseReturnValue:
    """Show what waits for an answer, then the latest."""
    with reading(sessions()) as session:
        waiting, latest = queries.to_answer(session), queries.latest(session)
    return render_template("ratings/desk.html", waiting=waiting, latest=latest, words=_words(), today=today())


@bp.get("/desk/ratings/<int:rating_id>")
@may(Act.SEE_RATINGS)
def show(rating_id: int) -> ResponseReturnValue:
    """Show one rating without its author."""
    return _rating_page(rating_id, AnswerForm())


@bp.post("/desk/ratings/<int:rating_id>")
@may(Act.ANSWER_RATINGS)
def answer(rating_id: int) -> ResponseReturnValue:
    """Answer a bad rating."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _rating_page(rating_id, form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        service.answer(session, rating_id, form.answer.data, actor=actor(), now=now())
    flash(_("Answered. The author has been told."), "success")
    return redirect(url_for("ratings.desk"), SEE_OTHER)


def _rating_page(rating_id: int, form: AnswerForm) -> str:
    with reading(sessions()) as session:
        given = queries.rating(session, rating_id)
    may_answer = role_may(actor(), Act.ANSWER_RATINGS)
    parts = {"given": given, "form": form, "words": _words(), "may_answer": may_answer}
    return render_template("ratings/show.html", **parts)


def _standing(reference: str) -> tuple[ShownBooking, Given | None, bool]:
    with reading(sessions()) as session:
        booking = shown(session, reference, person_id=me().person_id)
        given = queries.rating_of(session, booking.id)
        time = queries.rating_time(session, today())
    open_ = can_rate(booking.state.value, booking.ends_at, rating_time=time, now=now())
    return booking, given, open_


def _page(booking: ShownBooking, given: Given | None, open_: bool, form: RatingForm) -> str:
    parts = {"booking": booking, "given": given, "is_open": open_, "form": form, "words": _words()}
    return render_template("ratings/rate.html", **parts)


def _words() -> dict[int, str]:
    return {int(grade): worded(word) for grade, word in WORDS.items()}


def _year() -> tuple[date, date]:
    return today() - PUBLIC_DAYS, today()
