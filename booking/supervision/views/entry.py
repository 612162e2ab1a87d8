"""One entry of the log: what it says, where it stands under which seal, and whether the seal still fits."""

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.audit.words import ACTS, KINDS, changes
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import NotFoundError
from booking.supervision.queries.seals import entries_between, seal_over
from booking.supervision.views.blueprint import bp
from booking.supervision.views.words import Subjects
from booking.web.guards import may
from booking.web.house import sessions


@bp.get("/supervision/log/<int:entry_id>")
@may(Act.READ_AUDIT)
def entry(entry_id: int) -> ResponseReturnValue:
    """Show one entry with its seal."""
    with reading(sessions()) as session:
        found = entries_between(session, entry_id - 1, entry_id)
        if not found:
            raise NotFoundError
        sealed = seal_over(session, entry_id)
        subject = f"account:{found[0].account_id}"
        called = Subjects(session, [subject])(subject) if found[0].account_id else ""
    given = {"acts": ACTS, "kinds": KINDS, "changes": changes}
    return render_template("supervision/entry.html", entry=found[0], sealed=sealed, called=called, **given)
