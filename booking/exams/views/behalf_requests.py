"""Asking, changing and withdrawing for a person at the counter or on the telephone: same rounds, and a reason."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.accounts.queries import MaskedPerson
from booking.allotment.queries.requests import ShownRequest, live_requests, shown_request
from booking.allotment.service import requests
from booking.bookings.behalf_forms import OnBehalfForm
from booking.exams.forms import WishesOnBehalfForm
from booking.exams.line import EXAMS
from booking.exams.views.blueprint import bp
from booking.exams.views.desk import somebody_else
from booking.exams.views.own_request import request_page, withdrawal_page
from booking.exams.views.refused import SEE_OTHER, UNPROCESSABLE
from booking.exams.views.wishing import Asking, sent, step_page
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidStateError, NotFoundError
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.get("/desk/learners/<int:person_id>/<subject>/request")
@may(Act.BOOK_ON_BEHALF)
def wishes_for(person_id: int, subject: str) -> ResponseReturnValue:
    """Show the steps to a request for the person; a live one of the subject leads to itself."""
    asking = _asking(person_id, subject)
    with reading(sessions()) as session:
        known = live_requests(session, EXAMS.holder(asking.person_id)).get(subject)
    return redirect(asking.shown(known), SEE_OTHER) if known else step_page(asking)


@bp.post("/desk/learners/<int:person_id>/<subject>/request")
@may(Act.BOOK_ON_BEHALF)
def ask_for(person_id: int, subject: str) -> ResponseReturnValue:
    """Store the request for the person."""
    return sent(_asking(person_id, subject))


@bp.get("/desk/learners/<int:person_id>/requests/<reference>")
@may(Act.BOOK_ON_BEHALF)
def request_of(person_id: int, reference: str) -> ResponseReturnValue:
    """Show the person's request as the person sees it."""
    with reading(sessions()) as session:
        person, known = _theirs(session, person_id, reference)
        return request_page(session, known, person)


@bp.get("/desk/learners/<int:person_id>/requests/<reference>/change")
@may(Act.BOOK_ON_BEHALF)
def wishes_again_for(person_id: int, reference: str) -> ResponseReturnValue:
    """Show the steps to other wishes for the person."""
    return step_page(_changing(person_id, reference))


@bp.post("/desk/learners/<int:person_id>/requests/<reference>/change")
@may(Act.BOOK_ON_BEHALF)
def ask_again_for(person_id: int, reference: str) -> ResponseReturnValue:
    """Store the changed request for the person."""
    return sent(_changing(person_id, reference))


@bp.get("/desk/learners/<int:person_id>/requests/<reference>/withdraw")
@may(Act.BOOK_ON_BEHALF)
def withdrawal_for(person_id: int, reference: str) -> ResponseReturnValue:
    """Say what withdrawing means, and ask for the reason."""
    return _withdrawal(person_id, reference, OnBehalfForm())


@bp.post("/desk/learners/<int:person_id>/requests/<reference>/withdraw")
@may(Act.BOOK_ON_BEHALF)
def withdraw_for(person_id: int, reference: str) -> ResponseReturnValue:
    """Withdraw the request for the person."""
    form = OnBehalfForm()
    if not form.validate_on_submit():
        return _withdrawal(person_id, reference, form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        _theirs(session, person_id, reference)
        given = {"reason": form.reason.data, "evidence": form.shown}
        requests.withdraw(session, EXAMS, reference, actor=actor(), now=now(), **given)
    return redirect(_slip(reference), SEE_OTHER)


def _shown_at(person_id: int, reference: str) -> str:
    return url_for("exams.request_of", person_id=person_id, reference=reference)


def _slip(reference: str) -> str:
    return url_for("desk.request_slip", reference=reference)


def _theirs(session: Session, person_id: int, reference: str) -> tuple[MaskedPerson, ShownRequest]:
    person = somebody_else(session, person_id)
    return person, shown_request(session, reference, person_id=person.person_id)


def _asking(person_id: int, subject: str) -> Asking:
    if subject not in EXAMS.services:
        raise NotFoundError
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
    here = url_for("exams.wishes_for", person_id=person_id, subject=subject)
    back = url_for("exams.slots_for", person_id=person_id, subject=subject)
    return Asking(
        person.person_id,
        subject,
        here,
        back,
        lambda reference: _shown_at(person_id, reference),
        form=WishesOnBehalfForm,
        done=_slip,
        person=person,
    )


def _changing(person_id: int, reference: str) -> Asking:
    with reading(sessions()) as session:
        person, known = _theirs(session, person_id, reference)
    if not known.is_live:
        raise InvalidStateError(f"request {known.id} is {known.state}")
    here = url_for("exams.wishes_again_for", person_id=person_id, reference=reference)
    back = _shown_at(person_id, reference)
    return Asking(
        person.person_id,
        known.service,
        here,
        back,
        lambda reference: _shown_at(person_id, reference),
        form=WishesOnBehalfForm,
        done=_slip,
        person=person,
        request=known,
    )


def _withdrawal(person_id: int, reference: str, form: OnBehalfForm) -> str:
    with reading(sessions()) as session:
        person, known = _theirs(session, person_id, reference)
        return withdrawal_page(session, known, form, _shown_at(person_id, reference), person)
