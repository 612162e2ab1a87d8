"""The applicants of a round at the desk, and putting a row right: proposed by one, consented to by another."""

from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.allotment.forms import ConfirmForm, CorrectionFields, CorrectionForm, SearchForm, refuse
from booking.allotment.queries import desk as queries
from booking.allotment.queries.desk import Applicant
from booking.allotment.queries.rounds import RoundLine, round_line
from booking.allotment.service import corrections
from booking.allotment.views.blueprint import bp
from booking.allotment.views.desk import permissions
from booking.allotment.views.paging import beside, page_asked
from booking.bookings.registered import line_of
from booking.kernel.actors import Act
from booking.kernel.calendar import local_day, local_time
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError, ConflictError, InvalidInputError, NotAllowedError
from booking.kernel.ids import Holder
from booking.slots.models import Lane, Method
from booking.web.errors import status_of
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import worded

Fields = TypeVar("Fields", bound=CorrectionFields)


@bp.get("/desk/rounds/<int:round_id>/applicants")
@may(Act.SEE_LEARNERS)
def applicants(round_id: int) -> ResponseReturnValue:
    with reading(sessions()) as session:
        line = round_line(session, round_id)
        found, has_more = queries.applicants_page(session, round_id, page=page_asked())
    return render_template(
        "allotment/applicants.html",
        line=line,
        found=found,
        form=SearchForm(),
        beside=beside(has_more=has_more),
        can=permissions(),
        now=now(),
    )


@bp.post("/desk/rounds/<int:round_id>/applicants")
@may(Act.SEE_LEARNERS)
def find_applicants(round_id: int) -> ResponseReturnValue:
    """Show who was found. What is searched for never stands in an address."""
    form = SearchForm()
    is_valid = form.validate_on_submit()
    with reading(sessions()) as session:
        line = round_line(session, round_id)
        found = queries.find_applicants(session, round_id, form.text.data) if is_valid else ()
    page = render_template(
        "allotment/applicants.html", line=line, found=found, form=form, beside=None, can=permissions(), now=now()
    )
    return page, 200 if is_valid else 422


@bp.get("/desk/rounds/<int:round_id>/applicants/<holder>/correct")
@may(Act.PROPOSE_CORRECTIONS)
def correct(round_id: int, holder: str) -> ResponseReturnValue:
    """Show the row and, once another is written in the address, what would be changed."""
    line, one = _row(round_id, holder)
    asked = request.args if "lane" in request.args else None
    fields = _fitting(CorrectionFields(asked, **_present(one)), line)
    is_previewed = asked is not None and fields.validate()
    form = _fitting(CorrectionForm(formdata=None, data=fields.data), line) if is_previewed else None
    page = _correct_page(line, one, fields, form)
    return page, 422 if asked is not None and not is_previewed else 200


@bp.post("/desk/rounds/<int:round_id>/applicants/<holder>/correct")
@may(Act.PROPOSE_CORRECTIONS)
def propose_correction(round_id: int, holder: str) -> ResponseReturnValue:
    line, one = _row(round_id, holder)
    form = _fitting(CorrectionForm(), line)
    if not form.validate_on_submit():
        return _correct_page(line, one, form, form), 422
    try:
        with unit_of_work(sessions()) as session:
            row = ((round_id, one.holder), Lane(form.lane.data), form.ranking_time)
            of = line_of(line.line)
            corrections.propose(session, of, *row, reason=form.reason.data, actor=actor(), now=now())
    except (ConflictError, InvalidInputError) as refused:
        refuse(form, refused)
        return _correct_page(line, one, form, form), 422
    flash(_("The correction is proposed. It stands in the list once a second person consents."), "success")
    return redirect(url_for("allotment.desk_round", round_id=round_id), 303)


@bp.get("/desk/rounds/corrections/<int:correction_id>")
@may(Act.SEE_ROUNDS)
def correction(correction_id: int) -> ResponseReturnValue:
    if not permissions()["see_corrections"]:
        raise NotAllowedError
    return _correction_page(correction_id)


@bp.post("/desk/rounds/corrections/<int:correction_id>")
@may(Act.APPROVE_CORRECTIONS)
def approve_correction(correction_id: int) -> ResponseReturnValue:
    with reading(sessions()) as session:
        shown = queries.correction(session, correction_id)
        line = round_line(session, shown.round_id)
    try:
        with unit_of_work(sessions()) as session:
            corrections.approve(session, line_of(line.line), correction_id, actor=actor(), now=now())
    except ConflictError as refused:
        return _correction_page(correction_id, refused), status_of(refused)
    flash(_("The row is corrected, and the person is told. The record names the two of you by code."), "success")
    return redirect(url_for("allotment.desk_round", round_id=shown.round_id), 303)


def _row(round_id: int, holder: str) -> tuple[RoundLine, Applicant]:
    with reading(sessions()) as session:
        return round_line(session, round_id), queries.applicant(session, round_id, Holder(holder))


def _present(one: Applicant) -> dict[str, object]:
    """Return the row as it stands, for the fields."""
    at = one.ranking_time
    return {"lane": one.lane.value} | ({"day": local_day(at), "clock": local_time(at)} if at else {})


def _fitting(form: Fields, line: RoundLine) -> Fields:
    """Return the form without a ranking time where the round is a lottery."""
    if line.method is Method.LOTTERY:
        del form.day, form.clock
    return form


def _correct_page(line: RoundLine, one: Applicant, fields: CorrectionFields, form: CorrectionForm | None) -> str:
    return render_template(
        "allotment/correct.html",
        line=line,
        one=one,
        fields=fields,
        form=form,
        is_same=form is not None and (form.lane.data, form.ranking_time) == (one.lane, one.ranking_time),
        now=now(),
    )


def _correction_page(correction_id: int, refused: BookingError | None = None) -> str:
    with reading(sessions()) as session:
        shown = queries.correction(session, correction_id)
    return render_template(
        "allotment/correction.html",
        one=shown,
        refused=worded(refused.wording) if refused else None,
        form=ConfirmForm(),
        is_own=shown.proposed_by == me().person_id,
        can=permissions(),
        now=now(),
    )
