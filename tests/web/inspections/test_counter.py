"""The vehicle counter: finding without an address that tells of anybody, the page, looking in clear, correcting."""

import logging
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.inspections.models import Owner, Source, Vehicle
from booking.inspections.sealing import number_in
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import VehicleId
from tests import factories
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import booked, car, owner, person_of, station, window

PLATE, VIN = "粤G12345", "LSVFF66R8C2116280"
BOX = "/desk/vehicles"


@pytest.fixture
def zhao(sessions: Sessions) -> Actor:
    """An owner."""
    return owner(sessions, name="测试赵")


@pytest.fixture
def vehicle(zhao: Actor, sessions: Sessions) -> VehicleId:
    """Zhao's small car, due by the end of December."""
    return car(sessions, zhao, plate=PLATE, vin=VIN)


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(Role.COUNTER)


def phone_and_number(sessions: Sessions, actor: Actor) -> tuple[str, str]:
    with reading(sessions) as session:
        person = session.get_one(Person, actor.person_id)
        keyring = sessions.keyring
        phone = keyring.open(person.phone_sealed, column="person.phone")
        return phone, keyring.open(person.id_number_sealed, column="person.id_number")


def at(vehicle_id: int, part: str = "") -> str:
    return f"{BOX}/{vehicle_id}{part}"


def stored(sessions: Sessions, vehicle_id: VehicleId) -> Vehicle:
    with reading(sessions) as session:
        return session.get_one(Vehicle, vehicle_id)


def entries(sessions: Sessions, act: str) -> list[AuditEntry]:
    with reading(sessions) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.act == act)))


@pytest.mark.parametrize("text", [PLATE, "粤G·12345", "2345", VIN, VIN[-6:], VIN.lower()])
def test_plate_and_vin_or_their_ends_find_the_vehicle_masked(wang: Visitor, vehicle: VehicleId, text: str) -> None:
    answer = wang.submit(BOX, {"text": text})

    assert f'href="{at(vehicle)}"' in answer.text
    assert "测*" in answer.text
    assert "测试赵" not in answer.text
    for secret in (PLATE, VIN):
        assert secret not in answer.text.replace(f'value="{text}"', "").replace(
            ">粤G12345</span> or its last four", ""
        )
    assert answer.request.query_string == b""


def test_the_phone_or_the_document_of_the_owner_finds_what_is_owned_and_the_person(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, sessions: Sessions
) -> None:
    phone, number = phone_and_number(sessions, zhao)

    for text in (phone, number, f"测试赵 {number[-4:]}"):
        page = wang.submit(BOX, {"text": text}).text
        assert f'href="{at(vehicle)}"' in page
        assert f'href="{BOX}/people/{zhao.person_id}/new"' in page
        assert page.replace(f'value="{text}"', "").count(phone) == 0


def test_a_company_is_found_by_its_credit_code(wang: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session)
        vehicle_id = factories.vehicle(session, owner_id=owner_id)
        code = number_in(sessions.keyring, session.get_one(Owner, owner_id).number_sealed)

    assert f'href="{at(vehicle_id)}"' in wang.submit(BOX, {"text": code}).text


def test_an_agents_phone_finds_what_the_agent_acts_for(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, sessions: Sessions
) -> None:
    agent = owner(sessions)
    with unit_of_work(sessions) as session:
        factories.agency(session, factories.owner(session, person_id=person_of(zhao)), agent)
    phone, _ = phone_and_number(sessions, agent)

    assert f'href="{at(vehicle)}"' in wang.submit(BOX, {"text": phone}).text


def test_the_reference_of_a_booking_finds_its_vehicle(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, sessions: Sessions
) -> None:
    reference = booked(sessions, zhao, vehicle, window(sessions, station(sessions)))

    assert f'href="{at(vehicle)}"' in wang.submit(BOX, {"text": reference.lower()}).text


def test_somebody_without_a_vehicle_is_found_and_can_be_given_one(
    wang: Visitor, zhao: Actor, sessions: Sessions
) -> None:
    phone, _ = phone_and_number(sessions, zhao)

    page = wang.submit(BOX, {"text": phone}).text

    assert "测试赵" in page
    assert f'href="{BOX}/people/{zhao.person_id}/new"' in page


def test_nothing_found_says_how_to_go_on(wang: Visitor) -> None:
    assert "Nothing was found" in wang.submit(BOX, {"text": "粤G99999"}).text


def test_an_empty_search_is_shown_again_as_an_error(wang: Visitor) -> None:
    answer = wang.submit(BOX, {"text": ""})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text


def test_the_counter_is_reached_from_the_desk_and_has_its_box_ready_for_typing(wang: Visitor) -> None:
    page = wang.get(BOX).text

    assert '<a class="back" href="/desk">' in " ".join(page.split())
    assert f'href="{BOX}"' in wang.get("/desk").text
    assert "autofocus" in page


def test_the_page_shows_what_the_owner_sees_and_what_the_register_says_masked(
    wang: Visitor, vehicle: VehicleId, sessions: Sessions, zhao: Actor
) -> None:
    phone, number = phone_and_number(sessions, zhao)

    page = wang.get(at(vehicle)).text

    assert "31 Dec 2026" in page
    assert "The next ten years" in page
    assert "Nobody acts for the owner." in page
    assert f'href="{at(vehicle, "/stations")}"' in page
    for secret in (PLATE, VIN, phone, number):
        assert secret not in page


def test_an_unknown_vehicle_is_not_found(wang: Visitor) -> None:
    assert wang.get(at(99999)).status_code == 404
    assert wang.get(at(99999, "/edit")).status_code == 404


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.PLANNER, Role.APPROVER, Role.STATION, Role.ADMINISTRATOR])
def test_others_do_not_see_the_counter(visitor: Callable[..., Visitor], vehicle: VehicleId, role: Role) -> None:
    browser = visitor(role)

    assert browser.get(BOX).status_code == 403
    assert browser.get(at(vehicle)).status_code == 403


PAGES = ("/clear", "/edit", "/unbind", "/agents/new", "/stations")


def test_a_supervisor_looks_but_finds_no_button(visitor: Callable[..., Visitor], vehicle: VehicleId) -> None:
    lin = visitor(Role.SUPERVISOR)

    page = lin.get(at(vehicle)).text

    assert "测试赵" in page
    for part in PAGES:
        assert at(vehicle, part) not in page
        assert lin.get(at(vehicle, part)).status_code == 403


@pytest.mark.parametrize("part", PAGES)
@pytest.mark.parametrize("is_bound", [True, False])
def test_a_clerk_never_acts_on_an_own_vehicle(
    visitor: Callable[..., Visitor], zhao: Actor, sessions: Sessions, part: str, is_bound: bool
) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, person_id=person_of(zhao))
        owner_id = factories.owner(session, person_id=person_of(zhao))
        whose = {"person_id": person_of(zhao)} if is_bound else {"owner_id": owner_id}
        vehicle_id = factories.vehicle(session, **whose)
    wang = visitor(actor=clerk)

    page = wang.get(at(vehicle_id)).text

    assert "This is your own business" in page
    assert at(vehicle_id, part) not in page
    assert wang.get(at(vehicle_id, part)).status_code == 403
    fields = hidden_fields(wang.get(BOX), BOX)
    if part != "/stations":
        assert wang.post(at(vehicle_id, part), data={**fields, "reason": "自己"}).status_code == 403
    assert entries(sessions, "vehicle looked up in clear") == []


def test_plate_and_vin_are_shown_in_full_only_for_a_reason_and_it_is_logged(
    wang: Visitor, vehicle: VehicleId, sessions: Sessions
) -> None:
    address = at(vehicle, "/clear")

    refused = wang.submit(address, {"reason": ""})
    assert (refused.status_code, PLATE in refused.text) == (422, False)
    assert entries(sessions, "vehicle looked up in clear") == []

    answer = wang.submit(address, {"reason": "核对行驶证"})

    assert PLATE in answer.text
    assert VIN in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = entries(sessions, "vehicle looked up in clear")
    assert (entry.object_id, entry.reason, entry.account_id) == (str(vehicle), "核对行驶证", wang.actor.account_id)
    assert PLATE not in f"{entry.before}{entry.after}"


def corrected(wang: Visitor, vehicle_id: VehicleId, **changed: str) -> dict[str, str]:
    """Return what a clerk sends who leaves everything else as the page shows it."""
    same = {
        "vehicle_kind": "small_passenger",
        "use": "A",
        "seats": "5",
        "registered_on": "2010-12-20",
        "valid_until": "2026-12-31",
    }
    return {**hidden_fields(wang.get(at(vehicle_id, "/edit")), at(vehicle_id, "/edit")), **same, **changed}


def test_the_record_is_corrected_by_the_papers_with_a_reason(
    wang: Visitor, vehicle: VehicleId, sessions: Sessions
) -> None:
    sent = corrected(wang, vehicle, valid_until="2027-06-30", had_casualty_accident="y", reason="行驶证签注有误")

    answer = wang.post(at(vehicle, "/edit"), data=sent)

    assert (answer.status_code, answer.location) == (303, at(vehicle))
    row = stored(sessions, vehicle)
    assert (row.valid_until, row.had_casualty_accident, row.source) == (date(2027, 6, 30), True, Source.REGISTER)
    (entry,) = entries(sessions, "vehicle changed")
    assert entry.reason == "行驶证签注有误"
    assert entry.after == {"valid_until": "2027-06-30", "had_casualty_accident": True}


def test_without_a_reason_or_with_an_impossible_day_nothing_is_corrected(
    wang: Visitor, vehicle: VehicleId, sessions: Sessions
) -> None:
    without = wang.post(at(vehicle, "/edit"), data=corrected(wang, vehicle, seats="7", reason=""))
    impossible = wang.post(at(vehicle, "/edit"), data=corrected(wang, vehicle, valid_until="2001-01-01", reason="x"))

    assert (without.status_code, impossible.status_code) == (422, 422)
    assert "Enter the reason" in without.text
    assert 'value="7"' in without.text
    assert "cannot be before the first registration" in impossible.text
    assert stored(sessions, vehicle).seats == 5


def test_a_change_made_meanwhile_is_shown_and_not_overwritten(
    wang: Visitor, vehicle: VehicleId, sessions: Sessions
) -> None:
    sent = corrected(wang, vehicle, seats="7", reason="更正座位数")
    with unit_of_work(sessions) as session:
        session.execute(update(Vehicle).where(Vehicle.id == vehicle).values(seats=6))

    answer = wang.post(at(vehicle, "/edit"), data=sent)

    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    assert 'value="6"' in answer.text
    assert stored(sessions, vehicle).seats == 6


def test_letting_go_of_the_owner_asks_for_a_reason_and_not_while_something_is_booked(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, sessions: Sessions
) -> None:
    address = at(vehicle, "/unbind")
    assert wang.submit(address, {"reason": ""}).status_code == 422
    reference = booked(sessions, zhao, vehicle, window(sessions, station(sessions)))

    refused = wang.submit(address, {"reason": "已过户"})
    assert (refused.status_code, "cancel that first" in refused.text) == (409, True)
    wang.submit(at(vehicle, f"/bookings/{reference}/cancel"), {"paper": "id_original", "reason": "已过户"})
    answer = wang.submit(address, {"reason": "已过户"})

    assert answer.status_code == 303
    assert stored(sessions, vehicle).owner_id is None
    assert "Nobody here may act for this vehicle" in wang.get(at(vehicle)).text


def test_nothing_that_is_searched_for_stands_in_a_log(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, sessions: Sessions, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    phone, _ = phone_and_number(sessions, zhao)
    with caplog.at_level(logging.DEBUG):
        for text in (PLATE, VIN, phone):
            wang.submit(BOX, {"text": text})
        wang.submit(at(vehicle, "/clear"), {"reason": "核对"})

    printed = capsys.readouterr()
    written = caplog.text + printed.out + printed.err
    assert not any(secret in written for secret in (PLATE, VIN, phone))
    with reading(sessions) as session:
        kept = "".join(f"{row.before}{row.after}{row.reason}" for row in session.scalars(select(AuditEntry)))
    assert not any(secret in kept for secret in (PLATE, VIN, phone))
