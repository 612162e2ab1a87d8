"""The learner asks for places that a round decides, and changes what was asked."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from booking.allotment.queries.requests import live_requests, shown_request
from booking.exams.line import EXAMS
from booking.exams.views.blueprint import bp
from booking.exams.views.refused import SEE_OTHER
from booking.exams.views.wishing import Asking, sent, step_page
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import InvalidStateError, NotFoundError
from booking.web.guards import may
from booking.web.house import me, sessions


@bp.get("/exams/<subject>/request")
@may(Act.BOOK_FOR_ONESELF)
def wishes(subject: str) -> ResponseReturnValue:
    """Show the steps to a request; whoever has a live one of the subject is led to it."""
    asking = _asking(subject)
    with reading(sessions()) as session:
        known = live_requests(session, EXAMS.holder(me().person_id)).get(subject)
    return redirect(requested_at(known), SEE_OTHER) if known else step_page(asking)


@bp.post("/exams/<subject>/request")
@may(Act.BOOK_FOR_ONESELF)
def ask(subject: str) -> ResponseReturnValue:
    """Store the request."""
    return sent(_asking(subject))


@bp.get("/exams/requests/<reference>/change")
@may(Act.BOOK_FOR_ONESELF)
def wishes_again(reference: str) -> ResponseReturnValue:
    """Show the steps to other wishes, beginning with those there are."""
    return step_page(_changing(reference))


@bp.post("/exams/requests/<reference>/change")
@may(Act.BOOK_FOR_ONESELF)
def ask_again(reference: str) -> ResponseReturnValue:
    """Store the changed request."""
    return sent(_changing(reference))


def requested_at(reference: str) -> str:
    """Return where the learner sees a request."""
    return url_for("exams.own_request", reference=reference)


def _asking(subject: str) -> Asking:
    if subject not in EXAMS.services:
        raise NotFoundError
    here, back = url_for("exams.wishes", subject=subject), url_for("exams.slots", subject=subject)
    return Asking(me().person_id, subject, here, back, requested_at)


def _changing(reference: str) -> Asking:
    with reading(sessions()) as session:
        known = shown_request(session, reference, person_id=me().person_id)
    if not known.is_live:
        raise InvalidStateError(f"request {known.id} is {known.state}")
    here = url_for("exams.wishes_again", reference=reference)
    return Asking(me().person_id, known.service, here, requested_at(reference), requested_at, request=known)
