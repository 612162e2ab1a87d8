"""Results of the test and of the retest, a whole list at a time: all that was entered is stored, or nothing."""

import re
from collections.abc import Iterator

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import BookingId
from booking.rosters.forms import ResultsForm, Try
from booking.rosters.models import AttemptOutcome
from booking.rosters.queries.rosters import Roster
from booking.rosters.queries.rows import RosterRow
from booking.rosters.rules.scores import is_enough, mark_for
from booking.rosters.service.attempts import AttemptResult, record_attempt
from booking.rosters.service.refusing import RosterRefusedError
from booking.rosters.views.access import SEE_OTHER, UNPROCESSABLE, roster_shown
from booking.rosters.views.blueprint import bp
from booking.rosters.views.words import told
from booking.web.guards import may
from booking.web.house import actor, now, sessions

FIELD = re.compile(r"score_(\d{1,10})_([12])")


class UnclearError(Exception):
    """A score without an outcome, of somebody whose pass mark is not known."""


@bp.route("/station/rosters/<int:slot_id>/results", methods=["GET", "POST"])
@may(Act.KEEP_ROSTERS)
def results(slot_id: int) -> ResponseReturnValue:
    """Show a row for everybody whose result is due, and take what was entered."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    form = ResultsForm.of(_tries(roster))
    if request.method == "GET":
        return _page(roster, form)
    if not form.validate_on_submit():
        return _page(roster, form), UNPROCESSABLE
    count = _record(roster, form)
    if count is None:
        return _page(roster, form), UNPROCESSABLE
    flash(
        ngettext("Recorded: %(count)s result.", "Recorded: %(count)s results.", count, count=count),
        "success" if count else "warning",
    )
    return redirect(url_for("rosters.results", slot_id=slot_id), SEE_OTHER)


def _tries(roster: Roster) -> Iterator[Try]:
    """Yield each attempt that can be recorded, and those that were sent although they no longer can."""
    for row in roster.rows:
        if row.may_attempt and not roster.head.is_closed:
            yield row.booking_id, row.may_attempt
    known = {row.booking_id for row in roster.rows}
    for name in request.form:
        found = FIELD.fullmatch(name)
        if found and int(found[1]) in known:
            yield BookingId(int(found[1])), int(found[2])


def _record(roster: Roster, form: ResultsForm) -> int | None:
    """Record everything that was entered and return how much; None, and nothing stored, where one was refused."""
    rows = {row.booking_id: row for row in roster.rows}
    one: Try | None = None
    count = 0
    try:
        with unit_of_work(sessions()) as session:
            for one, score, outcome in form.entered():
                row = rows[one[0]]
                result = AttemptResult(one[1], _outcome(roster, row, score, outcome), score)
                if not _is_there(row, result):
                    record_attempt(session, row.booking_id, result, actor=actor(), now=now())
                count += 1
    except RosterRefusedError as refusal:
        if one is None:  # refused before anything was entered: not an answer to a row
            raise
        form.refuse(one, told(refusal.refused))
        return None
    except UnclearError:
        if one is None:
            raise
        form.refuse(one, _("Choose whether it was passed: the pass mark of this person is not known."))
        return None
    return count


def _outcome(roster: Roster, row: RosterRow, score: int | None, outcome: AttemptOutcome | None) -> AttemptOutcome:
    """Return what was chosen, else what the score says."""
    if outcome:
        return outcome
    passes = is_enough(score or 0, mark_for(row.licence_class, roster.head.service, roster.head.day))
    if passes is None:
        raise UnclearError
    return AttemptOutcome.PASSED if passes else AttemptOutcome.FAILED


def _is_there(row: RosterRow, result: AttemptResult) -> bool:
    """Say whether this very result is recorded already: the form was sent twice."""
    return any(
        (done.number, done.outcome, done.score) == (result.number, result.outcome, result.score)
        for done in row.attempts
    )


def _page(roster: Roster, form: ResultsForm) -> str:
    rows = {row.booking_id: row for row in roster.rows}
    return render_template(
        "rosters/results.html",
        roster=roster,
        head=roster.head,
        form=form,
        lines=[(one, rows[one[0]]) for one in form.tries],
        mark=lambda row: mark_for(row.licence_class, roster.head.service, roster.head.day),
        now=now(),
    )
