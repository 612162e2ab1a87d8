"""Overrides as the office sees them: the list, one in full, and the second person's answer."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import queries as people
from booking.bookings import overrides
from booking.bookings.behalf_forms import PAPERS
from booking.bookings.override_queries import override_shown, overrides_shown
from booking.bookings.registered import called, line_of
from booking.desk.forms import AnswerForm, ConfirmForm
from booking.desk.views.blueprint import bp
from booking.desk.words import KINDS, STATES, rules_in_words
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError, ConflictError, NotEligibleError
from booking.kernel.identifiers import masked_name
from booking.web.errors import status_of
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import language, worded

SEE_OTHER, UNPROCESSABLE = 303, 422


@bp.get("/desk/overrides")
@may(Act.SEE_OVERRIDES)
def overrides_list() -> ResponseReturnValue:
    """Show what waits first, then what was decided."""
    with reading(sessions()) as session:
        found = overrides_shown(session)
    rows = [(one, rules_in_words(one.line, one.lifted)) for one in found]
    return render_template("desk/overrides.html", rows=rows, kinds=KINDS, states=STATES, now=now())


@bp.get("/desk/overrides/<int:number>")
@may(Act.SEE_OVERRIDES)
def override(number: int) -> ResponseReturnValue:
    """Show one override with everything that the second person needs."""
    return _page(number)


@bp.post("/desk/overrides/<int:number>/approve")
@may(Act.APPROVE_OVERRIDES)
def approve(number: int) -> ResponseReturnValue:
    """Approve it, which books the place; what has changed since is said, and then nothing is stored."""
    try:
        with unit_of_work(sessions()) as session:
            line = line_of(override_shown(session, number).line)
            reference = overrides.approve(session, line, number, actor=actor(), now=now())
    except (ConflictError, NotEligibleError) as refused:
        return _page(number, refused=refused), status_of(refused)
    flash(_("Approved: booking %(reference)s is made, and the person is told.", reference=reference), "success")
    return redirect(url_for("desk.override", number=number), SEE_OTHER)


@bp.post("/desk/overrides/<int:number>/decline")
@may(Act.APPROVE_OVERRIDES)
def decline(number: int) -> ResponseReturnValue:
    """Decline it with a reason."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(number, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            line = line_of(override_shown(session, number).line)
            given = {"answer": form.answer.data, "answer_en": form.answer_en.data or ""}
            overrides.decline(session, line, number, actor=actor(), now=now(), **given)
    except ConflictError as refused:
        return _page(number, refused=refused), status_of(refused)
    flash(_("Declined; the person is told why."), "success")
    return redirect(url_for("desk.override", number=number), SEE_OTHER)


def _page(number: int, form: AnswerForm | None = None, refused: BookingError | None = None) -> str:
    with reading(sessions()) as session:
        shown = override_shown(session, number)
        line = line_of(shown.line)
        name = masked_name(people.masked_person(session, shown.person_id).name)
        holder = called(session, [shown])[shown.holder]
        is_mine = line.is_for(session, shown.holder, me().person_id)
    reasons = refused.reasons if isinstance(refused, NotEligibleError) else ()
    is_own = shown.proposed_by_person == me().person_id
    return render_template(
        "desk/override.html",
        override=shown,
        name=f"{name} {holder}".strip(),
        rules=rules_in_words(shown.line, shown.lifted),
        kinds=KINDS,
        states=STATES,
        shown=PAPERS[shown.paper],
        is_own=is_own,
        is_mine=is_mine,
        may_decide=role_may(actor(), Act.APPROVE_OVERRIDES) and not is_own and not is_mine and shown.is_open(now()),
        refused=worded(refused.wording) if refused else None,
        reasons=[line.explained(one, language()) for one in reasons],
        form=form or AnswerForm(formdata=None),
        confirm=ConfirmForm(formdata=None),
        now=now(),
    )
