"""The start page of the desk: one box, and today first. What is searched for stands in no address and no log."""

from collections.abc import Mapping
from datetime import timedelta

from flask import current_app, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from booking.desk.forms import SearchForm, WindowForm
from booking.desk.queries.finding import Found, find
from booking.desk.queries.today import searchers, sessions_on, waiting
from booking.desk.service import note_search
from booking.desk.views.blueprint import bp
from booking.exams.line import EXAMS
from booking.inspections.queries.histories import requests_of_vehicles
from booking.inspections.views.garage import park
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import VehicleId
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today

SEE_OTHER, UNPROCESSABLE = 303, 422
WINDOW = "desk_window"
ROSTER = "rosters.show"


@bp.get("/desk")
@may(Act.USE_DESK)
def start() -> ResponseReturnValue:
    """Show the box with today below it."""
    return _page(SearchForm())


@bp.post("/desk")
@may(Act.USE_DESK)
def search() -> ResponseReturnValue:
    """Go to the one that was found, or show several; the log keeps that somebody searched, and the number of hits."""
    form = SearchForm()
    if not form.validate_on_submit():
        return _page(form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        found = find(session, form.text.data, now=now())
        note_search(session, len(found), actor=actor(), now=now())
    if found.only_person is not None:
        return redirect(url_for("desk.person", person_id=found.only_person), SEE_OTHER)
    if found.only_vehicle is not None:
        return redirect(url_for("inspections.vehicle_at_desk", vehicle_id=found.only_vehicle), SEE_OTHER)
    return _page(form, found)


@bp.post("/desk/window")
@may(Act.USE_DESK)
def name_window() -> ResponseReturnValue:
    """Keep in this browser what the window is called, for its slips."""
    form = WindowForm()
    if form.validate_on_submit():
        cookie[WINDOW] = (form.window.data or "").strip()
    return redirect(url_for("desk.start"), SEE_OTHER)


def _page(form: SearchForm, found: Found | None = None) -> str:
    asked: Mapping[VehicleId, str] = {}
    with reading(sessions()) as session:
        if found is not None:
            asked = requests_of_vehicles(session, [one.vehicle_id for one in found.vehicles])
        tests = sessions_on(session, today(), today() + timedelta(1), line=EXAMS.key)
        work = waiting(session, now=now())
        counts = searchers(session, today()) if role_may(actor(), Act.READ_AUDIT) else None
    return render_template(
        "desk/start.html",
        form=form,
        found=found,
        parked=[park(one, asked.get(one.vehicle_id)) for one in found.vehicles] if found else (),
        days=[(day, [one for one in tests if one.day == day]) for day in (today(), today() + timedelta(1))],
        waiting=work,
        now=now(),
        searchers=counts,
        window=WindowForm(formdata=None, data={"window": cookie.get(WINDOW, "")}),
        roster=ROSTER if ROSTER in current_app.view_functions else None,
        may_see_messages=role_may(actor(), Act.READ_AUDIT),
    )
