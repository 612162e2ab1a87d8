"""The desk of rounds: what is due today, one round, and the numbers of a draw, which two people enter separately."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.allotment.errors import WrongValueError
from booking.allotment.forms import NumbersForm, refuse
from booking.allotment.queries import desk as queries
from booking.allotment.queries.rounds import round_line
from booking.allotment.service import beacons
from booking.allotment.views.blueprint import bp
from booking.allotment.views.words import next_step, timeline_of
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions


@bp.get("/desk/rounds")
@may(Act.SEE_ROUNDS)
def desk() -> ResponseReturnValue:
    with reading(sessions()) as session:
        board = queries.board(session, now=now())
    rounds = [(line, next_step(line)) for line in board.rounds]
    return render_template("allotment/desk.html", board=board, rounds=rounds, can=permissions(), now=now())


@bp.get("/desk/rounds/<int:round_id>")
@may(Act.SEE_ROUNDS)
def desk_round(round_id: int) -> ResponseReturnValue:
    with reading(sessions()) as session:
        line = round_line(session, round_id)
        numbers = queries.numbers_of(session, round_id, me().person_id)
        corrections = queries.corrections_of(session, round_id)
    return render_template(
        "allotment/desk_round.html",
        line=line,
        steps=timeline_of(line),
        numbers=numbers,
        corrections=corrections,
        can=permissions(),
        now=now(),
    )


@bp.get("/desk/rounds/<int:round_id>/numbers")
@may(Act.ENTER_DRAWS)
def numbers(round_id: int) -> ResponseReturnValue:
    return _numbers_page(round_id, NumbersForm())


@bp.post("/desk/rounds/<int:round_id>/numbers")
@may(Act.ENTER_DRAWS)
def enter_numbers(round_id: int) -> ResponseReturnValue:
    form = NumbersForm()
    if not form.validate_on_submit():
        return _numbers_page(round_id, form), 422
    try:
        with unit_of_work(sessions()) as session:
            given = (form.source.data, form.numbers.data)
            beacons.enter_draw(session, round_id, *given, actor=actor(), now=now())
    except WrongValueError as refused:
        refuse(form, refused)
        return _numbers_page(round_id, form), 422
    flash(_("Your numbers are kept."), "success")
    return redirect(url_for("allotment.numbers", round_id=round_id), 303)


def permissions() -> dict[str, bool]:
    """Say what the reader may do with rounds; each step asks again."""
    acts = {
        "enter": Act.ENTER_DRAWS,
        "see_people": Act.SEE_LEARNERS,
        "correct": Act.PROPOSE_CORRECTIONS,
        "approve_corrections": Act.APPROVE_CORRECTIONS,
        "close": Act.PROPOSE_CLOSURES,
        "approve_closures": Act.APPROVE_CLOSURES,
    }
    can = {word: role_may(actor(), act) for word, act in acts.items()}
    # A correction names a person and papers: neither planners nor sites need it.
    return {**can, "see_corrections": can["see_people"] or can["approve_corrections"]}


def _numbers_page(round_id: int, form: NumbersForm) -> str:
    with reading(sessions()) as session:
        line = round_line(session, round_id)
        found = queries.numbers_of(session, round_id, me().person_id)
    return render_template(
        "allotment/numbers.html", line=line, state=line.state(now()), numbers=found, form=form, now=now()
    )
