"""What an operator does with the cars on the premises: call, start, result, undo. A second click changes nothing."""

from collections.abc import Callable, Collection
from functools import partial

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.attendance.models import VisitState
from booking.attendance.queries.visits import visit_shown
from booking.attendance.service import calls, results
from booking.inspections.forms.station import BreakOffForm
from booking.inspections.queries.station_day import slip
from booking.inspections.service import testing
from booking.inspections.views.blueprint import bp
from booking.inspections.views.station_day import board_page, own_station, to_board
from booking.inspections.views.station_words import told
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError
from booking.kernel.ids import TestLaneId, VisitId
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import worded

UNPROCESSABLE = 422

Verb = Callable[[Session, VisitId], object]


@bp.post("/station/lanes/<int:lane_id>/call")
@may(Act.RUN_STATION)
def call_next(lane_id: int) -> ResponseReturnValue:
    """Call the next car that the lane can test."""
    site_id = own_station()
    try:
        with unit_of_work(sessions()) as session:
            visit = testing.call_to_lane(session, site_id, TestLaneId(lane_id), actor=actor(), now=now())
    except ConflictError as refusal:
        flash(worded(refusal.wording), "error")
        return to_board()
    if visit is None:
        flash(_("Nobody who waits can be tested on this lane."), "warning")
    else:
        flash(_("Number %(number)s is called to lane %(lane)s.", number=visit.number, lane=visit.post), "success")
    return to_board()


@bp.post("/station/visits/<int:visit_id>/again")
@may(Act.RUN_STATION)
def call_again(visit_id: int) -> ResponseReturnValue:
    """Call the same number once more."""
    _step(visit_id, _by(calls.call_again), (VisitState.CALLED,))
    return to_board()


@bp.post("/station/visits/<int:visit_id>/not-here")
@may(Act.RUN_STATION)
def not_here(visit_id: int) -> ResponseReturnValue:
    """Record that nobody came to the call."""
    _step(visit_id, _by(calls.call_off), (VisitState.WAITING, VisitState.LEFT))
    return to_board()


@bp.post("/station/visits/<int:visit_id>/start")
@may(Act.RUN_STATION)
def start(visit_id: int) -> ResponseReturnValue:
    """Begin the test."""
    _step(visit_id, _by(calls.start), (VisitState.IN_TEST,))
    return to_board()


@bp.post("/station/visits/<int:visit_id>/left")
@may(Act.RUN_STATION)
def left(visit_id: int) -> ResponseReturnValue:
    """Record that a car drove off before its test."""
    _step(visit_id, _by(calls.leave), (VisitState.LEFT,))
    return to_board()


@bp.post("/station/visits/<int:visit_id>/break-off")
@may(Act.RUN_STATION)
def break_off(visit_id: int) -> ResponseReturnValue:
    """Put a car back whose test cannot go on; the reason is kept in the log."""
    form = BreakOffForm()
    if not form.validate_on_submit():
        form.reason.id = f"reason-{visit_id}"  # where the board asks for it beside this car
        return board_page(own_station(), break_off=form), UNPROCESSABLE
    verb = partial(calls.break_off, reason=form.reason.data.strip(), actor=actor(), now=now())
    _step(visit_id, verb, (VisitState.WAITING,))
    return to_board()


@bp.post("/station/visits/<int:visit_id>/passed")
@may(Act.RUN_STATION)
def passed(visit_id: int) -> ResponseReturnValue:
    """Record that the car passed."""
    _step(visit_id, partial(results.record_result, passed=True, actor=actor(), now=now()), (VisitState.PASSED,))
    return to_board()


@bp.post("/station/visits/<int:visit_id>/failed")
@may(Act.RUN_STATION)
def failed(visit_id: int) -> ResponseReturnValue:
    """Record that the car failed, and offer its re-inspection."""
    _step(visit_id, _by(testing.fail), (VisitState.FAILED,))
    return to_board()


@bp.post("/station/visits/<int:visit_id>/undo")
@may(Act.RUN_STATION)
def undo(visit_id: int) -> ResponseReturnValue:
    """Take the result back."""
    _step(visit_id, _by(testing.undo_result), (VisitState.IN_TEST,))
    return to_board()


def _by(verb: Callable[..., object]) -> Verb:
    return partial(verb, actor=actor(), now=now())


def _step(visit_id: int, verb: Verb, reached: Collection[VisitState]) -> None:
    """Do it, and say where the car stands now; a second click, which finds that state, is told the same."""
    number = VisitId(visit_id)
    try:
        with unit_of_work(sessions()) as session:
            verb(session, number)
    except ConflictError as refusal:
        with reading(sessions()) as session:
            state = visit_shown(session, number).state
        if state not in reached:
            flash(worded(refusal.wording), "error")
            return
    with reading(sessions()) as session:
        shown = slip(session, number, now=now())
    flash(told(shown), "warning" if shown.visit.state is VisitState.FAILED else "success")
