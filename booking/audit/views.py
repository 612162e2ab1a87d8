"""The supervisor's page: the log, and whether the alarm clock still rings."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.audit.forms import LogForm
from booking.audit.queries import entries, job_failures, job_states
from booking.audit.words import ACTS, JOBS, KINDS, changes
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading
from booking.web.guards import may
from booking.web.house import actor, now, sessions

bp = Blueprint("audit", __name__)
PER_PAGE = 50
UNPROCESSABLE = 422


@bp.get("/supervision/log")
@may(Act.READ_AUDIT)
def log() -> ResponseReturnValue:
    """Show the entries asked for, newest first."""
    form = LogForm(request.args)
    if not form.validate():
        return render_template("audit/log.html", form=form, entries=[], next_page=None), UNPROCESSABLE
    with reading(sessions()) as session:
        found = entries(session, form.sought, before=form.before.data, limit=PER_PAGE + 1)
    page = found[:PER_PAGE]
    next_page = url_for("audit.log", **_asked(), before=page[-1].id) if len(found) > PER_PAGE else None
    given = {"acts": ACTS, "kinds": KINDS, "changes": changes, "asked": _asked()}
    may_take_out = role_may(actor(), Act.TAKE_OUT_LOG)
    return render_template(
        "audit/log.html", form=form, entries=page, next_page=next_page, may_take_out=may_take_out, **given
    )


@bp.get("/supervision/jobs")
@may(Act.READ_AUDIT)
def jobs() -> ResponseReturnValue:
    """Show when each job last ran, what it did, and what failed."""
    with reading(sessions()) as session:
        states, failures = {state.job: state for state in job_states(session)}, job_failures(session)
    return render_template("audit/jobs.html", states=states, failures=failures, jobs=JOBS, now=now())


def _asked() -> dict[str, Any]:
    """Return what the address asks for; where it begins to read is no part of it."""
    return {name: value for name, value in request.args.items() if value and name != "before"}
