"""The garage and the page of one vehicle: what is due in words, one button each, and nobody else's car."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from booking.allotment import jobs
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.bookings.models import Booking, BookingState
from booking.inspections.holders import holder_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.models import How, Source, Vehicle
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, VehicleId
from booking.slots.holds import hold_seat
from booking.slots.models import HoldPurpose, Lane, Method
from tests import factories
from tests.conftest import NOW
from tests.service.allotment.city import DEMO
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import station, window

GARAGE = "/inspections/vehicles"


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    """An owner of nothing yet."""
    with unit_of_work(sessions) as session:
        return factories.account(session, person_id=factories.person(session, name="测试梅"))


@pytest.fixture
def owner(mei: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    """Mei's browser."""
    return visitor(actor=mei)


@pytest.fixture
def parked(sessions: Sessions, mei: Actor) -> Callable[..., VehicleId]:
    """Return a function that gives Mei a vehicle: `parked(registered_on=…)`."""

    def bound(**wishes: Any) -> VehicleId:
        with unit_of_work(sessions) as session:
            return factories.vehicle(session, person_id=PersonId(mei.person_id or 0), **wishes)

    return bound


def test_an_empty_garage_leads_to_adding_a_vehicle(owner: Visitor) -> None:
    page = owner.get(GARAGE).text

    assert "No vehicle yet" in page
    assert 'href="/inspections/vehicles/new"' in page


def test_each_vehicle_says_how_it_stands_and_has_one_button(owner: Visitor, parked: Callable[..., VehicleId]) -> None:
    due = parked(registered_on=date(2010, 12, 20), valid_until=date(2026, 12, 31))
    overdue = parked(registered_on=date(2010, 9, 20), valid_until=date(2026, 9, 30))
    exempt = parked(registered_on=date(2018, 12, 20), valid_until=date(2026, 12, 31))
    later = parked(registered_on=date(2010, 6, 20), valid_until=date(2027, 6, 30))

    page = owner.get(GARAGE).text

    for word in ("Due in 37 days", "Overdue", "No test: mark on line", "Not due yet"):
        assert word in page
    assert [f"{GARAGE}/{one}/book" in page for one in (due, overdue, exempt, later)] == [True, True, False, False]
    assert f"{GARAGE}/{exempt}#next" in page
    assert "Valid until Thu 31 Dec 2026" in page


def test_plates_are_masked_in_the_list(owner: Visitor, parked: Callable[..., VehicleId]) -> None:
    parked(plate="粤G12345")

    page = owner.get(GARAGE).text

    assert "粤G·1***5" in page
    assert "粤G12345" not in page


def test_a_booked_vehicle_leads_to_its_booking(
    owner: Visitor, mei: Actor, parked: Callable[..., VehicleId], sessions: Sessions
) -> None:
    vehicle_id = parked()
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, line="inspections", service="inspection_small")
        reference = factories.booking_row(session, mei, slot_id, at=NOW, held_by=holder_of(vehicle_id))

    page = owner.get(GARAGE).text

    assert "Booked: Tue 8 Dec 08:30–09:30" in page
    assert f"/my/bookings/{reference}" in page
    assert f"{GARAGE}/{vehicle_id}/book" not in page
    assert reference in owner.get(f"{GARAGE}/{vehicle_id}").text


def test_a_requested_place_leads_to_the_request(
    owner: Visitor, mei: Actor, parked: Callable[..., VehicleId], sessions: Sessions
) -> None:
    vehicle_id = parked()
    slot_id = window(
        sessions, station(sessions), day=date(2026, 12, 8), lanes={Lane.ORDINARY: 3}, method=Method.RANKED
    )
    jobs.open_rounds(sessions, INSPECTIONS, DEMO, NOW)
    person_id = PersonId(mei.person_id or 0)
    with unit_of_work(sessions) as session:
        asked = Asked(person_id, holder_of(vehicle_id), "inspection_small", [slot_id], "a key")
        reference = requests.ask(session, INSPECTIONS, asked, actor=mei, now=NOW)

    page = owner.get(GARAGE).text

    assert "Place requested" in page
    assert f"/inspections/requests/{reference}" in page
    assert f"{GARAGE}/{vehicle_id}/book" not in page
    assert "A round decides" in owner.get(f"{GARAGE}/{vehicle_id}").text


def test_what_an_earlier_owner_booked_is_not_shown(
    owner: Visitor, mei: Actor, parked: Callable[..., VehicleId], sessions: Sessions
) -> None:
    vehicle_id = parked()
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, line="inspections", service="inspection_small")
        before = datetime(2025, 12, 31, tzinfo=UTC)  # the vehicle was bound on 1 January
        reference = factories.booking_row(session, mei, slot_id, at=before, held_by=holder_of(vehicle_id))
        session.scalars(select(Booking)).one().state = BookingState.PASSED

    page = owner.get(f"{GARAGE}/{vehicle_id}").text

    assert reference not in page
    assert "None so far." in page


def test_a_held_place_says_until_when(owner: Visitor, parked: Callable[..., VehicleId], sessions: Sessions) -> None:
    vehicle_id = parked()
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, line="inspections", service="inspection_small")
        hold_seat(
            session, slot_id, (Lane.ORDINARY,), holder_of(vehicle_id),
            purpose=HoldPurpose.REMINDER, until=NOW + timedelta(hours=48), actor=SYSTEM, now=NOW,
        )  # fmt: skip

    page = owner.get(GARAGE).text

    assert "Held for you until Thu 26 Nov 10:00" in page
    assert "Take the place held for you" in page


def test_an_agent_sees_what_is_acted_for_and_whose_it_is(
    parked: Callable[..., VehicleId], sessions: Sessions, visitor: Callable[..., Visitor], mei: Actor
) -> None:
    vehicle_id = parked()
    agent = visitor(Role.APPLICANT)
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session, person_id=PersonId(mei.person_id or 0))
        factories.agency(session, owner_id, agent.actor, how=How.OWNER_ONLINE)

    page = agent.get(GARAGE).text

    assert "I act for the owner" in page
    assert ">测试梅</span>" in page.partition("Owner: ")[2]
    assert "The agent&#39;s identity document" in agent.get(f"{GARAGE}/{vehicle_id}").text


def test_a_vehicle_reads_why_it_is_due_and_what_the_next_ten_years_bring(
    owner: Visitor, parked: Callable[..., VehicleId]
) -> None:
    vehicle_id = parked(registered_on=date(2018, 12, 20), valid_until=date(2026, 12, 31))

    page = owner.get(f"{GARAGE}/{vehicle_id}").text

    assert "This time no visit and no booking is needed" in page
    assert "Opinion on deepening the reform of vehicle inspection (2022)" in page
    assert "from 1 Oct 2028 to 31 Dec 2028" in page  # it opens three months before
    assert "proof" in page.lower()


def test_a_vehicle_says_where_register_and_count_differ(owner: Visitor, parked: Callable[..., VehicleId]) -> None:
    vehicle_id = parked(registered_on=date(2010, 12, 20), valid_until=date(2027, 1, 31))

    page = owner.get(f"{GARAGE}/{vehicle_id}").text

    assert "Counted from the first registration it would be 31 Dec 2026" in page


@pytest.mark.parametrize("page", ["", "/edit", "/unbind"])
def test_somebody_elses_vehicle_is_not_found(
    parked: Callable[..., VehicleId], visitor: Callable[..., Visitor], page: str
) -> None:
    stranger = visitor(Role.APPLICANT)

    assert stranger.get(f"{GARAGE}/{parked()}{page}").status_code == 404


def test_nobody_changes_or_lets_go_of_somebody_elses_vehicle(
    parked: Callable[..., VehicleId], visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    vehicle_id, stranger = parked(), visitor(Role.APPLICANT)
    form = {"csrf_token": _token(stranger)}

    answers = [stranger.post(f"{GARAGE}/{vehicle_id}/{act}", data=form).status_code for act in ("edit", "unbind")]

    assert answers == [404, 404]
    with reading(sessions) as session:
        assert session.get_one(Vehicle, vehicle_id).bound_at is not None


def test_the_particulars_are_corrected(owner: Visitor, parked: Callable[..., VehicleId], sessions: Sessions) -> None:
    address = f"{GARAGE}/{parked()}/edit"
    form = {"vehicle_kind": "minibus", "use": "A", "seats": "7", "registered_on": "2015-05-01", "was_altered": "y"}

    answer = owner.submit(address, form)

    assert answer.status_code == 303
    with reading(sessions) as session:
        row = session.scalars(select(Vehicle)).one()
        assert (row.vehicle_kind, row.seats, row.registered_on) == ("minibus", 7, date(2015, 5, 1))
        assert (row.valid_until, row.was_altered) == (None, True)


def test_a_correction_that_cannot_be_changes_nothing(
    owner: Visitor, parked: Callable[..., VehicleId], sessions: Sessions
) -> None:
    address = f"{GARAGE}/{parked()}/edit"

    answer = owner.submit(address, {"vehicle_kind": "minibus", "use": "A", "registered_on": "2031-05-01"})

    assert answer.status_code == 422
    assert "The first registration cannot be later than today" in answer.text
    with reading(sessions) as session:
        assert session.scalars(select(Vehicle.vehicle_kind)).all() == ["small_passenger"]


def test_a_correction_does_not_overwrite_another(
    owner: Visitor, parked: Callable[..., VehicleId], sessions: Sessions
) -> None:
    vehicle_id = parked()
    form = {"vehicle_kind": "minibus", "use": "A", "seats": "7", "registered_on": "2015-05-01"}
    page = owner.get(f"{GARAGE}/{vehicle_id}/edit")
    owner.submit(f"{GARAGE}/{vehicle_id}/edit", {**form, "seats": "8"})
    seen = page.text.split('name="seen" type="hidden" value="')[1].split('"')[0].replace("&#34;", '"')

    answer = owner.submit(f"{GARAGE}/{vehicle_id}/edit", {**form, "seen": seen})

    assert answer.status_code == 409
    with reading(sessions) as session:
        assert session.get_one(Vehicle, vehicle_id).seats == 8


def test_what_the_register_says_is_not_changed_on_line(owner: Visitor, mei: Actor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        person = PersonId(mei.person_id or 0)
        vehicle_id = factories.vehicle(session, person_id=person)
        session.get_one(Vehicle, vehicle_id).source = Source.REGISTER

    assert "These data come from the register" in owner.get(f"{GARAGE}/{vehicle_id}/edit").text
    assert "Change the data" not in owner.get(f"{GARAGE}/{vehicle_id}").text
    form = {"vehicle_kind": "minibus", "use": "A", "seats": "7", "registered_on": "2015-05-01", "seen": "{}"}
    answer = owner.post(f"{GARAGE}/{vehicle_id}/edit", data={**form, "csrf_token": _token(owner)})
    assert answer.status_code == 422  # a forged "seen"


def test_a_vehicle_is_let_go_of(owner: Visitor, parked: Callable[..., VehicleId], sessions: Sessions) -> None:
    vehicle_id = parked()

    answer = owner.submit(f"{GARAGE}/{vehicle_id}/unbind")

    assert (answer.status_code, answer.headers["Location"]) == (303, GARAGE)
    assert owner.get(f"{GARAGE}/{vehicle_id}").status_code == 404
    with reading(sessions) as session:
        assert session.get_one(Vehicle, vehicle_id).bound_at is None


def test_a_booked_vehicle_is_kept(
    owner: Visitor, mei: Actor, parked: Callable[..., VehicleId], sessions: Sessions
) -> None:
    vehicle_id = parked()
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, line="inspections", service="inspection_small")
        factories.booking_row(session, mei, slot_id, at=NOW, held_by=holder_of(vehicle_id))

    answer = owner.post(f"{GARAGE}/{vehicle_id}/unbind", data={"csrf_token": _token(owner)})

    assert answer.status_code == 409
    assert "It has a live booking or request" in answer.text


def test_a_garage_of_many_asks_the_database_as_often_as_a_garage_of_one(
    owner: Visitor, parked: Callable[..., VehicleId], sessions: Sessions
) -> None:
    parked()
    with _statements(sessions) as one:
        owner.get(GARAGE)
    for _ in range(9):
        parked()
    with _statements(sessions) as many:
        owner.get(GARAGE)

    assert len(many) == len(one) == 7  # the sign-in, the four of the garage, requests, and unread messages


@contextmanager
def _statements(sessions: Sessions) -> Iterator[list[str]]:
    """Collect the statements that are sent meanwhile."""
    seen: list[str] = []

    def note(*call: Any) -> None:
        seen.append(str(call[2]))

    event.listen(sessions.engine, "before_cursor_execute", note)
    yield seen
    event.remove(sessions.engine, "before_cursor_execute", note)


def _token(client: Visitor) -> str:
    page = client.get("/inspections/agents")
    return hidden_fields(page, "/inspections/agents")["csrf_token"]
