"""What everybody may read: the start page of inspections, and the calculator that says whether a car is due."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from booking.inspections.forms.vehicles import DueForm
from booking.inspections.queries.facts import settings_on
from booking.inspections.queries.terms import terms_on
from booking.inspections.rules import law
from booking.inspections.rules.documents import documents
from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.periods import Step
from booking.inspections.views import due as standings
from booking.inspections.views.blueprint import bp
from booking.kernel.db import reading
from booking.web.cache import shared_page
from booking.web.guards import public
from booking.web.house import sessions, today

UNPROCESSABLE = 422


@bp.get("/inspections")
@public
def about() -> ResponseReturnValue:
    """Say who must come, what to bring, what it costs and how places are given."""
    return shared_page(_start_page)


@bp.get("/inspections/due")
@public
def due() -> ResponseReturnValue:
    """Answer for a vehicle that is described and not named; nothing is stored."""
    form = DueForm(request.args)
    if not request.args:
        return render_template("inspections/due.html", form=form, answer=None)
    if not form.validate():
        return render_template("inspections/due.html", form=form, answer=None), UNPROCESSABLE
    facts = form.facts()
    with reading(sessions()) as session:
        settings = settings_on(session, today())
    answer = standings.answer(facts, today=today(), settings=settings)
    bring, settled = standings.papers(facts, answer.standing.step)
    return render_template("inspections/due.html", form=form, answer=answer, bring=bring, settled=settled)


def _start_page() -> str:
    with reading(sessions()) as session:
        terms = terms_on(session, today())
    car = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, 5, today())
    bus = VehicleFacts(VehicleKind.SCHOOL_BUS, Use.SCHOOL_BUS, 30, today())
    test, settled = standings.papers(car, Step.LINE_TEST)
    mark, _ = standings.papers(car, Step.MARK_ONLY)
    agent = [one for one in documents(car, step=Step.LINE_TEST, by_agent=True) if one.basis is law.AGENT_86]
    company = [one for one in documents(car, step=Step.LINE_TEST, by_company=True) if one.basis is law.COMPANY_89]
    page = {
        "terms": terms,
        "test": test,
        "settled": settled,
        "mark": mark,
        "bus": [one for one in documents(bus, step=Step.LINE_TEST) if one.basis is law.SCHOOL_BUS_62],
        "agent": agent,
        "company": company,
    }
    return render_template("inspections/start.html", **page)
