"""The rows behind one tally, and the note of whoever looked at it."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.audit.words import ACTS, KINDS
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotFoundError
from booking.policies import queries as policies
from booking.supervision.forms import LookForm, SpanForm, span_form
from booking.supervision.queries import checks
from booking.supervision.queries.rows import rows_of
from booking.supervision.rules.catalogue import Rule
from booking.supervision.service import checks as service
from booking.supervision.views.blueprint import SEE_OTHER, UNPROCESSABLE, bp
from booking.supervision.views.fairness import Line, judged
from booking.supervision.views.words import Subjects, the_rule
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today


@dataclass(frozen=True, slots=True)
class Case:
    """What an address names: a rule, a subject, some days, and how it stands."""

    rule: Rule
    subject: str
    form: SpanForm
    line: Line

    @property
    def query(self) -> dict[str, str]:
        """The case as it stands in an address."""
        return {"subject": self.subject, **self.form.query}


@bp.get("/supervision/fairness/<code>")
@may(Act.READ_AUDIT)
def finding(code: str) -> ResponseReturnValue:
    """Show what was counted of one subject."""
    return _page(code, LookForm())


@bp.post("/supervision/fairness/<code>")
@may(Act.CHECK_FINDINGS)
def look(code: str) -> ResponseReturnValue:
    """Note that somebody looked at it, and what they think."""
    form = LookForm()
    if not form.validate_on_submit():
        return _page(code, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            case = _case(session, code)
            of = case.rule.code, case.subject, case.form.days, case.line.tally.amount
            service.look_at(session, *of, looked=form.looked, actor=actor(), now=now())
    except InvalidInputError:
        form.note.errors = [_("Write what you looked at")]
        return _page(code, form), UNPROCESSABLE
    flash(_("Noted. It stands among the closed checks; later acts open the finding again."), "success")
    address = url_for("supervision.fairness", **case.form.query)
    return redirect(f"{address}#{case.rule.code}", SEE_OTHER)


def _case(session: Session, code: str) -> Case:
    """Read what the address asks for; raise `NotFoundError` where nothing was counted."""
    rule, subject, form = the_rule(code), request.args.get("subject", ""), span_form(request.args, today())
    if not form.validate():
        raise NotFoundError
    values = policies.all_values(session, form.days.last)
    one = judged(session, rule, values, checks.looks_since(session, [code], form.days.first), form.days)
    line = next((line for line in one.lines if line.tally.subject == subject), None)
    if line is None:
        raise NotFoundError
    return Case(rule, subject, form, line)


def _page(code: str, form: LookForm) -> str:
    with reading(sessions()) as session:
        case = _case(session, code)
        rows = rows_of(session, code, case.subject, case.form.days)
        called = Subjects(session, [case.subject])
    return render_template(
        "supervision/finding.html",
        case=case,
        rows=rows,
        called=called(case.subject),
        role=called.role(case.subject),
        form=form,
        acts=ACTS,
        kinds=KINDS,
        may_look=role_may(actor(), Act.CHECK_FINDINGS),
    )
