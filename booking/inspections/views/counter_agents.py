"""Recording at the counter that an owner consents in an agent, by what was shown, and ending it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.inspections.forms.counter import AgentForm, EvidenceForm, ReasonForm
from booking.inspections.queries.bookable import Bookable
from booking.inspections.queries.counter import Agent, agent_of_owner, person_named
from booking.inspections.service.agents import AlreadyAgentError, end_agency, grant_agency
from booking.inspections.views.blueprint import bp
from booking.inspections.views.counter import UNPROCESSABLE, somebody_elses
from booking.inspections.views.counter_ways import desk, done
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotFoundError
from booking.kernel.ids import OwnerId, PersonId
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import worded

CONFLICT = 409


@bp.route("/desk/vehicles/<int:vehicle_id>/agents/new", methods=["GET", "POST"])
@may(Act.KEEP_VEHICLE_RECORDS)
def new_agent_for(vehicle_id: int) -> ResponseReturnValue:
    """Note who acts for the vehicle's owner, by the owner's consent that was shown."""
    form = AgentForm()
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
        whom = person_named(session, form.name.data, form.phone.data) if form.validate_on_submit() else None
    owner_id = _owner(known)
    if not form.is_submitted() or form.errors:
        return _agent_page(known, form), UNPROCESSABLE if form.errors else 200
    if whom is None:
        sentence = _("Nobody of this name is registered here with this number. The agent has to register first")
        return _refused(known, form, sentence, UNPROCESSABLE)
    try:
        _grant(owner_id, whom, form)
    except AlreadyAgentError as error:
        return _refused(known, form, worded(error.wording), CONFLICT)
    except InvalidInputError:
        return _refused(known, form, _("This is the owner, who needs no agent"), UNPROCESSABLE)
    return done(vehicle_id, _("The agent is noted and has been told."))


@bp.route("/desk/vehicles/<int:vehicle_id>/agents/<int:agency_id>/evidence", methods=["GET", "POST"])
@may(Act.KEEP_VEHICLE_RECORDS)
def evidence_for_agent(vehicle_id: int, agency_id: int) -> ResponseReturnValue:
    """Turn what an agent has only declared into the owner's consent, by what was shown."""
    form = EvidenceForm()
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
        agent = _agent(session, known, agency_id)
    if not agent.is_declared:
        raise InvalidStateError(f"agency {agency_id} is {agent.how}")
    if not form.validate_on_submit():
        page = {"vehicle": known.vehicle, "agent": agent, "form": form, "back": desk(vehicle_id)}
        html = render_template("inspections/counter/evidence.html", **page)
        return html, UNPROCESSABLE if form.errors else 200
    _grant(_owner(known), agent.person_id, form)
    return done(vehicle_id, _("The consent is noted, and both have been told."))


@bp.route("/desk/vehicles/<int:vehicle_id>/agents/<int:agency_id>/end", methods=["GET", "POST"])
@may(Act.KEEP_VEHICLE_RECORDS)
def end_agent_for(vehicle_id: int, agency_id: int) -> ResponseReturnValue:
    """Say what ending means, ask for the reason, and end the consent."""
    form = ReasonForm()
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
        agent = _agent(session, known, agency_id)
    if not form.validate_on_submit():
        page = {"vehicle": known.vehicle, "agent": agent, "form": form, "back": desk(vehicle_id)}
        html = render_template("inspections/counter/end_agent.html", **page)
        return html, UNPROCESSABLE if form.errors else 200
    with unit_of_work(sessions()) as session:
        end_agency(session, agency_id, actor=actor(), now=now(), reason=form.reason.data)
    return done(vehicle_id, _("It has ended, and both have been told."))


def _owner(known: Bookable) -> OwnerId:
    """Return the owner of the vehicle; raise `NotFoundError` where nobody knows one."""
    if known.vehicle.owner_id is None:
        raise NotFoundError
    return known.vehicle.owner_id


def _agent(session: Session, known: Bookable, agency_id: int) -> Agent:
    return agent_of_owner(session, known.vehicle.owner_id, agency_id)


def _grant(owner_id: OwnerId, whom: PersonId, form: EvidenceForm) -> None:
    with unit_of_work(sessions()) as session:
        grant_agency(session, owner_id, whom, actor=actor(), now=now(), evidence=form.evidence.data)


def _refused(known: Bookable, form: AgentForm, sentence: str, status: int) -> ResponseReturnValue:
    form.phone.errors = [sentence]
    return _agent_page(known, form), status


def _agent_page(known: Bookable, form: AgentForm) -> str:
    page = {"vehicle": known.vehicle, "form": form, "back": desk(known.vehicle.vehicle_id)}
    return render_template("inspections/counter/agent.html", **page)
