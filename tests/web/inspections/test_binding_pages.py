"""Adding a vehicle: a form, a page to check, and the refusals at their fields with nothing stored."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from booking.inspections.models import Agency, How, Owner, Vehicle
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId
from tests import factories
from tests.service.inspections.cars import VIN
from tests.web.conftest import Visitor, hidden_fields

NEW = "/inspections/vehicles/new"
CAR = {
    "plate_type": "02",
    "province": "粤",
    "plate": "G12345",
    "vin": VIN,
    "vehicle_kind": "small_passenger",
    "use": "A",
    "seats": "5",
    "registered_on": "2018-12-10",
    "valid_until": "2026-12-31",
    "owner_is": "myself",
    "district": "赤坎区",
}
COMPANY = {
    "owner_is": "company",
    "company_name": "测试物流公司",
    "credit_code": "91440800MA4X000012",
    "declaration": "y",
}


@pytest.fixture
def owner(visitor: Callable[..., Visitor]) -> Visitor:
    """Somebody with an account and no vehicle."""
    return visitor(Role.APPLICANT)


def add(client: Visitor, data: dict[str, str]) -> TestResponse:
    """Send the form, check what is shown, and confirm it."""
    checked = client.submit(NEW, {**data, "step": "check"})
    assert checked.status_code == 200
    assert "Check what you entered" in checked.text
    return client.post(NEW, data={**hidden_fields(checked, NEW), "step": "bind"})


def stored(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalars(select(func.count()).select_from(Vehicle)).one()


def test_a_vehicle_is_entered_checked_and_bound(owner: Visitor, sessions: Sessions) -> None:
    answer = add(owner, CAR)

    assert answer.status_code == 303
    assert "粤G·1***5" in owner.get(answer.headers["Location"]).text
    with reading(sessions) as session:
        row = session.scalars(select(Vehicle)).one()
        assert (row.bound_by, row.valid_until, row.seats) == (owner.actor.person_id, date(2026, 12, 31), 5)
        assert session.scalars(select(Owner.district)).one() == "赤坎区"


def test_nothing_is_stored_before_it_is_confirmed(owner: Visitor, sessions: Sessions) -> None:
    owner.submit(NEW, {**CAR, "step": "check"})

    assert stored(sessions) == 0


def test_the_page_to_check_shows_what_was_entered_and_leads_back(owner: Visitor, sessions: Sessions) -> None:
    checked = owner.submit(NEW, {**CAR, "step": "check"})

    assert "粤G·12345" in checked.text
    assert VIN in checked.text
    again = owner.post(NEW, data={**hidden_fields(checked, NEW), "step": "change"})
    assert again.status_code == 200
    assert 'value="G12345"' in again.text
    assert "Please check" not in again.text
    assert stored(sessions) == 0


def test_whoever_types_the_province_twice_means_one_plate(owner: Visitor) -> None:
    assert "粤G·12345" in owner.submit(NEW, {**CAR, "plate": "粤G·12345", "step": "check"}).text


def test_a_new_energy_plate_is_bound_under_its_type(owner: Visitor, sessions: Sessions) -> None:
    assert add(owner, {**CAR, "plate_type": "52", "plate": "gd12345"}).status_code == 303
    assert stored(sessions) == 1


def test_a_wrong_check_digit_warns_and_is_accepted(owner: Visitor, sessions: Sessions) -> None:
    odd = {**CAR, "vin": "LSVFF66R7C2116280"}

    assert "Please look at the VIN once more" in owner.submit(NEW, {**odd, "step": "check"}).text
    assert add(owner, odd).status_code == 303
    assert "Please look at the VIN once more" not in owner.submit(NEW, {**CAR, "step": "check"}).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"plate": ""}, "Enter the plate number"),
        ({"plate": "GO1234"}, "The serial has no letters I and O"),
        ({"plate": "GD12345"}, "This number belongs to another plate type"),
        ({"plate": "112345"}, "The second place is the letter of the issuing office"),
        ({"province": "日"}, "Choose one of these"),
        ({"vin": "LSVFF66R8C211628"}, "A VIN has 17 letters and digits"),
        ({"vin": "OSVFF66R8C2116280"}, "A VIN has 17 letters and digits"),
        ({"registered_on": ""}, "Enter the day of the first registration"),
        ({"registered_on": "2026-11-25"}, "The first registration cannot be later than today"),
        ({"valid_until": "2010-04-30"}, "The last valid day cannot be before the first registration"),
        ({"seats": "900"}, "The number of seats is a whole number"),
        ({**COMPANY, "credit_code": "91440800MA4X000013"}, "One character of this code is wrong"),
        ({**COMPANY, "credit_code": "9144"}, "A social credit code has 18 characters"),
        ({**COMPANY, "company_name": " "}, "Enter the name of the company"),
        ({**COMPANY, "declaration": ""}, "Declare that the company has authorised you"),
    ],
)
@pytest.mark.parametrize("step", ["check", "bind"])
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_stored(
    owner: Visitor, sessions: Sessions, change: dict[str, str], sentence: str, step: str
) -> None:
    answer = owner.submit(NEW, {name: value for name, value in {**CAR, **change, "step": step}.items() if value})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Error: " in answer.text
    assert 'value="5"' in answer.text or "seats" in change  # what was entered is kept
    assert stored(sessions) == 0


def test_a_companys_vehicle_is_bound_with_the_declaration_word_for_word(owner: Visitor, sessions: Sessions) -> None:
    answer = add(owner, {**CAR, **COMPANY})

    page = owner.get(answer.headers["Location"]).text
    assert "I act for the owner" in page
    assert "测试物流公司" in page
    assert "The company has authorised me" in owner.get("/inspections/agents").text
    with reading(sessions) as session:
        assert session.scalars(select(Agency.how)).one() is How.DECLARED


def test_a_vehicle_of_another_owner_is_refused_with_the_way_to_the_counter(
    owner: Visitor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        factories.vehicle(session, person_id=factories.person(session), plate="粤G12345", vin=VIN)

    refused = add(owner, CAR)

    assert refused.status_code == 409
    assert "It belongs to another owner" in refused.text
    assert "come to the counter" in refused.text
    again = owner.post(NEW, data={**hidden_fields(refused, NEW), "step": "change"})
    assert 'value="G12345"' in again.text


def test_a_known_vehicle_with_another_vin_is_told_at_the_field_and_stays_unbound(
    owner: Visitor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        factories.vehicle(session, plate="粤G12345", vin="LSVFF66R8C2116281")

    answers = [add(owner, CAR) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "knows this vehicle with another VIN" in answers[0].text
    assert "Too many tries" in answers[5].text
    with reading(sessions) as session:
        assert session.scalars(select(Vehicle.bound_at)).all() == [None]


def test_adding_a_vehicle_once_more_changes_nothing_and_says_so(owner: Visitor, sessions: Sessions) -> None:
    add(owner, CAR)

    answer = add(owner, CAR)

    assert "This vehicle was bound already" in owner.get(answer.headers["Location"]).text
    assert stored(sessions) == 1


def test_who_has_named_a_district_is_not_asked_again(owner: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.owner(session, person_id=PersonId(owner.actor.person_id or 0), district="霞山区")

    assert 'name="district"' not in owner.get(NEW).text
    assert add(owner, CAR).status_code == 303
    with reading(sessions) as session:
        assert session.scalars(select(Owner.district)).one() == "霞山区"
