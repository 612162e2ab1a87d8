"""Learners and results from CSV files: all or nothing, and every wrong line listed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from booking.exams import imports
from booking.exams.forms import FileForm
from booking.exams.views.blueprint import bp
from booking.exams.views.refused import SEE_OTHER, UNPROCESSABLE
from booking.kernel.actors import Act, Actor
from booking.kernel.db import unit_of_work
from booking.kernel.errors import ImportRefusedError, LineError
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.import_words import in_words, problems


class Importer(Protocol):
    """Brings in a whole file, or raises `ImportRefusedError`."""

    def __call__(self, session: Session, source: bytes, *, actor: Actor, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file."""

    title: LazyString
    columns: tuple[str, ...]
    bring_in: Importer


LEARNERS = Kind(_l("Import learners"), tuple(imports.LEARNER_COLUMNS), imports.import_learners)
RESULTS = Kind(_l("Import results"), tuple(imports.RESULT_COLUMNS), imports.import_results)
# What only files of this line are refused for.
PROBLEMS = problems(
    (
        r"carries no birth date; open this record at the counter",
        _l("carries no birth date; open this record at the counter"),
    ),
    (r"this person has an open record already", _l("this person has an open record already")),
    (r"does not fit the days before it", _l("does not fit the days before it")),
    (r"nobody with this document is known", _l("nobody with this document is known")),
    (r"is not the code of an exam site", _l("is not the code of an exam site")),
    (r"is still to come", _l("is still to come")),
    (r"this person has no open learner's record", _l("this person has no open learner's record")),
    (r"does not fit the outcome and the pass mark", _l("does not fit the outcome and the pass mark")),
    (
        r"a result of that subject and day is recorded already",
        _l("a result of that subject and day is recorded already"),
    ),
    (
        r"the booking of that day has another outcome already",
        _l("the booking of that day has another outcome already"),
    ),
)


@bp.route("/desk/imports/learners", methods=["GET", "POST"])
@may(Act.KEEP_LEARNER_RECORDS)
def import_learners() -> ResponseReturnValue:
    """Open a record for each line of a file."""
    return _import(LEARNERS)


@bp.route("/desk/imports/results", methods=["GET", "POST"])
@may(Act.KEEP_LEARNER_RECORDS)
def import_results() -> ResponseReturnValue:
    """Enter each result of a file."""
    return _import(RESULTS)


def _import(kind: Kind) -> ResponseReturnValue:
    form = FileForm()
    if request.method == "GET":
        return _page(kind, form)
    if not form.validate_on_submit():
        return _page(kind, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            count = kind.bring_in(session, form.file.data.read(), actor=actor(), now=now())
    except ImportRefusedError as refusal:
        return _page(kind, form, [in_words(error, PROBLEMS) for error in refusal.errors]), UNPROCESSABLE
    flash(_("Imported: %(count)s lines.", count=count), "success")
    return redirect(url_for("exams.counter"), SEE_OTHER)


def _page(kind: Kind, form: FileForm, errors: list[LineError] | None = None) -> str:
    return render_template(
        "exams/import.html", kind=kind, form=form, errors=errors or [], back=url_for("exams.counter")
    )
