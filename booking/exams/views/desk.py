"""The counter: finding a person, and the person's page. What is searched for never stands in an address."""

import re
from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.accounts import queries as people
from booking.accounts.queries import MaskedPerson
from booking.accounts.service.looking import Page, note_look
from booking.allotment.queries.requests import requests_of
from booking.bookings import queries as bookings
from booking.exams.forms import SearchForm
from booking.exams.views.blueprint import bp
from booking.exams.views.path import Links, way_of
from booking.exams.views.refused import UNPROCESSABLE
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.identifiers import plain_number
from booking.kernel.ids import REFERENCE_ALPHABET, REFERENCE_LENGTH, PersonId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions, today

REFERENCE = re.compile(f"[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}}")


@bp.get("/desk/learners")
@may(Act.SEE_LEARNERS)
def counter() -> ResponseReturnValue:
    """Show the search box."""
    return _counter_page(SearchForm())


@bp.post("/desk/learners")
@may(Act.SEE_LEARNERS)
def search() -> ResponseReturnValue:
    """Show who was found, masked."""
    form = SearchForm()
    if not form.validate_on_submit():
        return _counter_page(form), UNPROCESSABLE
    with reading(sessions()) as session:
        found = _found(session, form.text.data)
    return _counter_page(form, found)


@bp.get("/desk/learners/<int:person_id>")
@may(Act.SEE_LEARNERS)
def learner(person_id: int) -> ResponseReturnValue:
    """Show the person's way as the learner sees it, the bookings, record and results; the log keeps who looked."""
    mine = person_id == me().person_id
    may_act = role_may(actor(), Act.BOOK_ON_BEHALF) and not mine
    links = _links(person_id) if may_act else Links(None, None)
    with unit_of_work(sessions()) as session:
        person = people.masked_person(session, PersonId(person_id))
        note_look(session, Page.LEARNER, person_id, actor=actor(), now=now())
        way = way_of(session, person.person_id, links, today=today())
        asked = requests_of(session, person.person_id)
    until = {one.id: now() < one.starts_at for one in way.bookings}
    page = {"person": person, "way": way, "asked": asked, "may_act": may_act, "mine": mine, "changeable": until}
    return render_template("exams/learner.html", **page)


def somebody_else(session: Session, person_id: int) -> MaskedPerson:
    """Return the person a clerk acts for; a clerk never acts on the own person (`NotAllowedError`)."""
    if person_id == me().person_id:
        raise NotAllowedError
    return people.masked_person(session, PersonId(person_id))


def _links(person_id: int) -> Links:
    return Links(
        lambda subject: url_for("exams.slots_for", person_id=person_id, subject=subject),
        None,
        lambda reference: url_for("exams.request_of", person_id=person_id, reference=reference),
    )


def _counter_page(form: SearchForm, found: Sequence[MaskedPerson] | None = None) -> str:
    may_keep = role_may(actor(), Act.KEEP_LEARNER_RECORDS)
    return render_template("exams/counter.html", form=form, found=found, may_keep=may_keep)


def _found(session: Session, text: str) -> Sequence[MaskedPerson]:
    reference = plain_number(text)
    if REFERENCE.fullmatch(reference):
        try:
            holder = bookings.find(session, reference).person_id
            return [people.masked_person(session, PersonId(holder))]
        except NotFoundError:
            pass  # some document numbers look like a reference
    return people.find_people(session, text)
