"""Proposing an override: which free place, which rules, why, and what was shown. Nothing is booked by it."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice

from booking.accounts import queries as people
from booking.bookings import overrides
from booking.bookings.line import Line
from booking.bookings.models import OverrideKind
from booking.bookings.overrides import Proposal
from booking.desk.forms import DayForm, OverrideForm
from booking.desk.queries.liftable import choices, refusals_of
from booking.desk.views.blueprint import bp
from booking.exams.line import EXAMS
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.authority import people_for
from booking.inspections.views.counter import somebody_elses
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError, ConflictError, NotAllowedError, NotEligibleError, NotFoundError
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.slots.queries import slot_shown
from booking.web.errors import status_of
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions, today
from booking.web.language import language, worded
from booking.web.paths import LARGEST_ID

SEE_OTHER, UNPROCESSABLE = 303, 422


@dataclass(frozen=True, slots=True)
class Case:
    """For whom or what, in which service, who is told, and where the pages lead back."""

    line: Line
    holder: Holder
    service: str
    person_id: PersonId
    title: str
    here: str
    back: str


@bp.get("/desk/people/<int:person_id>/override/<subject>")
@may(Act.PROPOSE_OVERRIDES)
def override_for(person_id: int, subject: str) -> ResponseReturnValue:
    """Show the places for which something could be lifted, or the form for one of them."""
    return _show(_person(person_id, subject))


@bp.post("/desk/people/<int:person_id>/override/<subject>")
@may(Act.PROPOSE_OVERRIDES)
def propose_for(person_id: int, subject: str) -> ResponseReturnValue:
    """Propose it."""
    return _send(_person(person_id, subject))


@bp.get("/desk/vehicles/<int:vehicle_id>/override")
@may(Act.PROPOSE_OVERRIDES)
def override_for_vehicle(vehicle_id: int) -> ResponseReturnValue:
    """Show the windows for which something could be lifted, or the form for one of them."""
    return _show(_vehicle(vehicle_id))


@bp.post("/desk/vehicles/<int:vehicle_id>/override")
@may(Act.PROPOSE_OVERRIDES)
def propose_for_vehicle(vehicle_id: int) -> ResponseReturnValue:
    """Propose it."""
    return _send(_vehicle(vehicle_id))


def _person(person_id: int, subject: str) -> Case:
    if subject not in EXAMS.services:
        raise NotFoundError
    if person_id == me().person_id:
        raise NotAllowedError
    whom = PersonId(person_id)
    with reading(sessions()) as session:
        title = people.masked_person(session, whom).name
    here = url_for("desk.override_for", person_id=person_id, subject=subject)
    back = url_for("desk.person", person_id=person_id)
    return Case(EXAMS, EXAMS.holder(whom), subject, whom, title, here, back)


def _vehicle(vehicle_id: int) -> Case:
    with reading(sessions()) as session:
        vehicle = somebody_elses(session, vehicle_id).vehicle
        told = people_for(session, vehicle.vehicle_id)
    if not told:
        raise NotFoundError
    here = url_for("desk.override_for_vehicle", vehicle_id=vehicle_id)
    back = url_for("inspections.vehicle_at_desk", vehicle_id=vehicle_id)
    holder = INSPECTIONS.holder(vehicle.vehicle_id)
    return Case(INSPECTIONS, holder, vehicle.service, told[0], vehicle.plate, here, back)


def _show(case: Case) -> ResponseReturnValue:
    slot_id, form = _asked(), DayForm(request.args)
    with reading(sessions()) as session:
        if slot_id:
            return _form_page(session, case, slot_id, OverrideForm())
        asked = (case.line, case.holder, case.service)
        found = choices(session, *asked, today=today(), day=form.day.data if form.validate() else None, now=now())
    never = [(case.line.explained(one, language()), worded(case.line.never_lifted[one.code])) for one in found.never]
    rules = {code: worded(words) for code, words in case.line.liftable.items()}
    page = {"case": case, "choices": found, "never": never, "rules": rules, "form": form}
    return render_template("desk/override_choose.html", **page)


def _send(case: Case) -> ResponseReturnValue:
    slot_id, form = _asked(), OverrideForm()
    with reading(sessions()) as session:
        _offer(session, case, slot_id, form)
        if not form.validate_on_submit():
            return _form_page(session, case, slot_id, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            number = overrides.propose(session, case.line, _proposal(case, slot_id, form), actor=actor(), now=now())
    except (ConflictError, NotEligibleError) as refused:
        with reading(sessions()) as session:
            return _form_page(session, case, slot_id, form, refused), status_of(refused)
    return redirect(url_for("desk.override_slip", number=number), SEE_OTHER)


def _asked() -> SlotId:
    """Return the slot that the address names; 0 is none."""
    number = request.args.get("slot", 0, type=int)
    return SlotId(number if 0 < number <= LARGEST_ID else 0)


def _proposal(case: Case, slot_id: SlotId, form: OverrideForm) -> Proposal:
    lifted, kind = frozenset(form.lifted.data or ()), OverrideKind(form.kind.data)
    given = (lifted, kind, form.reason.data, form.shown, form.channel)
    return Proposal(case.person_id, case.holder, slot_id, *given)


def _offer(session: Session, case: Case, slot_id: SlotId, form: OverrideForm) -> None:
    """Give the form the rules that refuse this place now and may be lifted."""
    codes = [one.code for one in refusals_of(session, case.line, case.holder, slot_id, now=now())]
    known = case.line.liftable
    form.lifted.choices = [SelectChoice(code, worded(known[code])) for code in codes if code in known]


def _form_page(
    session: Session, case: Case, slot_id: SlotId, form: OverrideForm, refused: BookingError | None = None
) -> str:
    slot = slot_shown(session, slot_id, now=now())
    if slot is None or slot.line != case.line.key or slot.service != case.service:
        raise NotFoundError
    _offer(session, case, slot_id, form)
    refusals = refusals_of(session, case.line, case.holder, slot_id, now=now())
    return render_template(
        "desk/override_new.html",
        case=case,
        slot=slot,
        site=(slot.site_name_en or slot.site_name) if language() == "en" else slot.site_name,
        form=form,
        reasons=[case.line.explained(one, language()) for one in refusals],
        never=[worded(case.line.never_lifted[one.code]) for one in refusals if one.code in case.line.never_lifted],
        refused=worded(refused.wording) if refused else None,
        action=f"{case.here}?slot={slot_id}",
    )
