"""The learner's own request: how it stands in each round, receipts, withdrawing."""

import json

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts.queries import MaskedPerson
from booking.allotment.queries import records
from booking.allotment.queries.requests import ShownRequest, shown_request, stands_of, wishes_shown
from booking.allotment.service import requests
from booking.bookings.behalf_forms import OnBehalfForm
from booking.exams.forms import ConfirmForm, notice_in_words
from booking.exams.line import EXAMS
from booking.exams.views import positions
from booking.exams.views.blueprint import bp
from booking.exams.views.positions import odds_lines, ranking_lines, sites_of
from booking.exams.views.refused import SEE_OTHER, UNPROCESSABLE
from booking.exams.views.requesting import requested_at
from booking.exams.views.rounds_of_request import receipt_code, rounds_shown
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidStateError, NotFoundError
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions


@bp.get("/exams/requests/<reference>")
@may(Act.BOOK_FOR_ONESELF)
def own_request(reference: str) -> ResponseReturnValue:
    """Show the request; somebody else's is not found."""
    with reading(sessions()) as session:
        known = shown_request(session, reference, person_id=me().person_id)
        return request_page(session, known)


@bp.get("/exams/requests/<reference>/receipts/<int:round_id>")
@may(Act.BOOK_FOR_ONESELF)
def receipt(reference: str, round_id: int) -> ResponseReturnValue:
    """Hand out the signed receipt of the request's latest row in a round, as the checker reads it."""
    with reading(sessions()) as session:
        known = shown_request(session, reference, person_id=me().person_id)
        seq = next((one.seq for one in stands_of(session, known.id) if one.round_id == round_id), None)
        if seq is None:
            raise NotFoundError
        text = json.dumps(records.receipt_of(session, round_id, seq), ensure_ascii=False, indent=1)
    name = f"receipt-round-{round_id}-row-{seq}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text + "\n", mimetype="application/json", headers=headers)


@bp.get("/exams/requests/<reference>/withdraw")
@may(Act.BOOK_FOR_ONESELF)
def withdrawal(reference: str) -> ResponseReturnValue:
    """Say what withdrawing means, and ask."""
    with reading(sessions()) as session:
        known = shown_request(session, reference, person_id=me().person_id)
        return withdrawal_page(session, known, ConfirmForm(), requested_at(reference))


@bp.post("/exams/requests/<reference>/withdraw")
@may(Act.BOOK_FOR_ONESELF)
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw the request."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        with reading(sessions()) as session:
            known = shown_request(session, reference, person_id=me().person_id)
            return withdrawal_page(session, known, form, requested_at(reference)), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        requests.withdraw(session, EXAMS, reference, actor=actor(), now=now())
    flash(_("Your request is withdrawn. It counts as no attempt."), "success")
    return redirect(requested_at(reference), SEE_OTHER)


def request_page(session: Session, known: ShownRequest, person: MaskedPerson | None = None) -> str:
    """Render the page of a request, for its holder or for a clerk who acts for `person`."""
    wishes = wishes_shown(session, known.id)
    rounds = rounds_shown(session, known, now=now())
    page = {
        "known": known,
        "person": person,
        "wishes": [positions.wish_in_words(wish) for wish in wishes],
        "rounds": rounds,
        "is_drawn": any(one.is_drawn for one in rounds),
        "codes": {one.stand.round_id: receipt_code(one.stand) for one in rounds},
        "ranking": ranking_lines(session, known.person_id, known.service) if known.is_live else (),
        "odds": odds_lines(session, known.service, sites_of(wishes)) if known.is_live else (),
        "notice": notice_in_words(known.notice_hours),
        "now": now(),
        **_links(known, person),
    }
    return render_template("exams/request.html", **page)


def _links(known: ShownRequest, person: MaskedPerson | None) -> dict[str, str]:
    """Return where the page leads: a clerk stays at the desk."""
    if person is None:
        return {
            "back": url_for("allotment.my_requests"),
            "change": url_for("exams.wishes_again", reference=known.reference),
            "withdraw": url_for("exams.withdrawal", reference=known.reference),
        }
    person_id = person.person_id
    return {
        "back": url_for("exams.learner", person_id=person_id),
        "change": url_for("exams.wishes_again_for", person_id=person_id, reference=known.reference),
        "withdraw": url_for("exams.withdrawal_for", person_id=person_id, reference=known.reference),
    }


def withdrawal_page(
    session: Session,
    known: ShownRequest,
    form: ConfirmForm | OnBehalfForm,
    back: str,
    person: MaskedPerson | None = None,
) -> str:
    """Render the question; raise `InvalidStateError` for a request that is over."""
    if not known.is_live:
        raise InvalidStateError(f"request {known.id} is {known.state}")
    page = {
        "known": known,
        "person": person,
        "form": form,
        "back": back,
        "wishes": [positions.wish_in_words(wish) for wish in wishes_shown(session, known.id)],
        "sealed": [one.stand for one in rounds_shown(session, known, now=now()) if one.state == "sealed"],
    }
    return render_template("exams/withdraw.html", **page)
