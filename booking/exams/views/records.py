"""Keeping the learner's record at the counter: opening, correcting, closing it, and entering one result."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from booking.accounts.queries import MaskedPerson
from booking.exams import queries, service
from booking.exams.forms import CorrectionForm, ReasonForm, RecordForm, ResultForm
from booking.exams.line import EXAMS
from booking.exams.queries import Record
from booking.exams.service import Application, OpenRecordError, ResultKnownError
from booking.exams.views.blueprint import bp
from booking.exams.views.desk import somebody_else
from booking.exams.views.refused import CONFLICT, SEE_OTHER, UNPROCESSABLE
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotFoundError, StaleError
from booking.kernel.ids import PersonId
from booking.sites import queries as sites
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import language, worded


@bp.get("/desk/learners/<int:person_id>/record/new")
@may(Act.KEEP_LEARNER_RECORDS)
def new_record(person_id: int) -> ResponseReturnValue:
    """Ask for the application."""
    return _record_page(person_id, RecordForm(), _("Open a learner's record"))


@bp.post("/desk/learners/<int:person_id>/record/new")
@may(Act.KEEP_LEARNER_RECORDS)
def open_record(person_id: int) -> ResponseReturnValue:
    """Open the record."""
    form = RecordForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(sessions()) as session:
                person = somebody_else(session, person_id)
                service.open_record(session, person.person_id, form.application(), actor=actor(), now=now())
            return _done(person_id, _("The record is open."))
        except InvalidInputError as error:
            _name(form, error)
        except OpenRecordError as error:
            form.form_errors.append(worded(error.wording))
    return _record_page(person_id, form, _("Open a learner's record")), UNPROCESSABLE


@bp.get("/desk/learners/<int:person_id>/record")
@may(Act.KEEP_LEARNER_RECORDS)
def edit_record(person_id: int) -> ResponseReturnValue:
    """Show the record for correction."""
    form = CorrectionForm()
    with reading(sessions()) as session:
        somebody_else(session, person_id)
        form.show(_application(_record(session, person_id)))
    return _record_page(person_id, form, _("Correct the record"))


@bp.post("/desk/learners/<int:person_id>/record")
@may(Act.KEEP_LEARNER_RECORDS)
def correct_record(person_id: int) -> ResponseReturnValue:
    """Correct the record, unless somebody else has changed it since it was shown."""
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            _correct(person_id, form)
            return _done(person_id, _("The record is corrected."))
        except InvalidInputError as error:
            _name(form, error)
        except StaleError as error:
            return _stale(person_id, worded(error.wording))
    return _record_page(person_id, form, _("Correct the record")), UNPROCESSABLE


@bp.get("/desk/learners/<int:person_id>/record/close")
@may(Act.KEEP_LEARNER_RECORDS)
def close_page(person_id: int) -> ResponseReturnValue:
    """Say what closing means, and ask for the reason."""
    return _close_page(person_id, ReasonForm())


@bp.post("/desk/learners/<int:person_id>/record/close")
@may(Act.KEEP_LEARNER_RECORDS)
def close_record(person_id: int) -> ResponseReturnValue:
    """Close the record."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _close_page(person_id, form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        somebody_else(session, person_id)
        learner_id = _record(session, person_id).learner_id
        service.close_record(session, learner_id, reason=form.reason.data, actor=actor(), now=now())
    return _done(person_id, _("The record is closed."))


@bp.get("/desk/learners/<int:person_id>/result")
@may(Act.KEEP_LEARNER_RECORDS)
def new_result(person_id: int) -> ResponseReturnValue:
    """Ask for one result."""
    return _result_page(person_id, ResultForm())


@bp.post("/desk/learners/<int:person_id>/result")
@may(Act.KEEP_LEARNER_RECORDS)
def record_result(person_id: int) -> ResponseReturnValue:
    """Enter one result."""
    form = ResultForm()
    _offer(form)
    if form.validate_on_submit():
        try:
            with unit_of_work(sessions()) as session:
                person = somebody_else(session, person_id)
                service.record_result(session, person.person_id, form.result(), actor=actor(), now=now())
            return _done(person_id, _("The result is entered."))
        except InvalidInputError as error:
            form.score.errors = [worded(error.wording)]
        except ResultKnownError as error:
            form.day.errors = [worded(error.wording)]
    return _result_page(person_id, form), UNPROCESSABLE


def _record(session: Session, person_id: int) -> Record:
    record = queries.record_of(session, PersonId(person_id))
    if record is None:
        raise NotFoundError
    return record


def _application(record: Record) -> Application:
    facts = record.facts
    return Application(
        facts.licence_class,
        facts.kind,
        facts.held_class,
        facts.accepted_on,
        facts.permit_issued_on,
        facts.permit_valid_until,
    )


def _correct(person_id: int, form: CorrectionForm) -> None:
    seen = form.application_seen()
    if seen is None:
        raise StaleError
    with unit_of_work(sessions()) as session:
        somebody_else(session, person_id)
        learner_id = _record(session, person_id).learner_id
        service.correct_record(
            session,
            learner_id,
            form.application(),
            seen=seen,
            reason=form.reason.data,
            actor=actor(),
            now=now(),
        )


def _stale(person_id: int, why: str) -> ResponseReturnValue:
    """Show the record as it is now; what the clerk had entered is not kept, so that nothing is mixed up."""
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        record = _record(session, person_id)
    form = CorrectionForm(formdata=None)
    form.show(_application(record))
    return _shown(person, form, _("Correct the record"), why), CONFLICT


def _name(form: RecordForm, error: InvalidInputError) -> None:
    form[error.field].errors = [_("This day does not fit the days before it")]


def _record_page(person_id: int, form: RecordForm, title: str) -> str:
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
    return _shown(person, form, title)


def _shown(person: MaskedPerson, form: RecordForm, title: str, why: str = "") -> str:
    return render_template(
        "exams/record.html", person=person, form=form, title=title, why=why, back=_learner(person.person_id)
    )


def _close_page(person_id: int, form: ReasonForm) -> str:
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        _record(session, person_id)
    return render_template("exams/close.html", person=person, form=form, back=_learner(person_id))


def _result_page(person_id: int, form: ResultForm) -> str:
    _offer(form)
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        _record(session, person_id)
    return render_template("exams/result.html", person=person, form=form, back=_learner(person_id))


def _offer(form: ResultForm) -> None:
    """Give the form its subjects and sites."""
    with reading(sessions()) as session:
        known = sites.sites(session, EXAMS.key)
    names = [SelectChoice(str(site.id), site.named(language())) for site in known]
    subjects = [SelectChoice(code, worded(name)) for code, name in EXAMS.services.items()]
    form.subject.choices = [SelectChoice("", _("choose")), *subjects]
    form.site.choices = [SelectChoice("", _("elsewhere, or not known")), *names]


def _learner(person_id: int) -> str:
    return url_for("exams.learner", person_id=person_id)


def _done(person_id: int, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(_learner(person_id), SEE_OTHER)
