"""Binding at the counter for somebody who came with papers, and the agents that an owner consents in there."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.inspections.models import Agency, How, Owner, Source, Vehicle
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import OwnerId, VehicleId
from tests import factories
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import car, owner, person_of

VIN = "LSVFF66R8C2116280"
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
    "evidence": "行驶证、身份证原件",
}
COMPANY = {"owner_is": "company", "company_name": "测试物流公司", "credit_code": "91440800MA4X000012"}


@pytest.fixture
def zhao(sessions: Sessions) -> Actor:
    """An owner."""
    return owner(sessions, name="测试赵")


@pytest.fixture
def qian(sessions: Sessions) -> Actor:
    """Somebody who may become an agent."""
    return owner(sessions, name="测试钱")


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(Role.COUNTER)


def new_for(actor: Actor) -> str:
    return f"/desk/vehicles/people/{actor.person_id}/new"


def at(vehicle_id: int, part: str = "") -> str:
    return f"/desk/vehicles/{vehicle_id}{part}"


def only_vehicle(sessions: Sessions) -> Vehicle:
    with reading(sessions) as session:
        return session.scalars(select(Vehicle)).one()


def vehicles(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return len(session.scalars(select(Vehicle.id)).all())


def live_agencies(sessions: Sessions) -> list[Agency]:
    with reading(sessions) as session:
        return list(session.scalars(select(Agency).where(Agency.ended_at.is_(None))))


def reason_of(sessions: Sessions, act: str) -> str:
    with reading(sessions) as session:
        return session.scalars(select(AuditEntry.reason).where(AuditEntry.act == act)).all()[-1]


def phone_of(sessions: Sessions, actor: Actor) -> str:
    with reading(sessions) as session:
        sealed = session.get_one(Person, actor.person_id).phone_sealed
        return sessions.keyring.open(sealed, column="person.phone")


def test_a_vehicle_is_bound_for_the_person_by_the_papers_that_the_log_keeps(
    wang: Visitor, zhao: Actor, sessions: Sessions
) -> None:
    answer = wang.submit(new_for(zhao), CAR)

    row = only_vehicle(sessions)
    assert (answer.status_code, answer.location) == (303, at(row.id))
    assert (row.bound_by, row.source) == (zhao.person_id, Source.REGISTER)
    assert reason_of(sessions, "vehicle bound") == CAR["evidence"]
    assert "The vehicle is bound." in wang.get(answer.location).text


def test_without_evidence_nothing_is_bound_and_the_input_is_kept(
    wang: Visitor, zhao: Actor, sessions: Sessions
) -> None:
    answer = wang.submit(new_for(zhao), {**CAR, "evidence": ""})

    assert answer.status_code == 422
    assert "Enter what was shown" in answer.text
    assert 'value="G12345"' in answer.text
    assert vehicles(sessions) == 0


def test_a_wrong_plate_and_a_wrong_vin_are_said_at_their_fields(
    wang: Visitor, zhao: Actor, sessions: Sessions
) -> None:
    answer = wang.submit(new_for(zhao), {**CAR, "plate": "I12345", "vin": "ABC"})

    assert answer.status_code == 422
    assert 'href="#plate"' in answer.text
    assert 'href="#vin"' in answer.text
    assert vehicles(sessions) == 0


def test_an_odd_vin_is_asked_about_once_and_taken_when_the_licence_shows_it(
    wang: Visitor, zhao: Actor, sessions: Sessions
) -> None:
    odd = {**CAR, "vin": "LSVFF66R1C2116280"}

    asked = wang.submit(new_for(zhao), odd)
    done = wang.submit(new_for(zhao), {**odd, "odd_vin_is_right": "y"})

    assert (asked.status_code, 'name="odd_vin_is_right"' in asked.text) == (422, True)
    assert 'name="odd_vin_is_right"' not in wang.get(new_for(zhao)).text
    assert done.status_code == 303


def test_a_company_vehicle_is_bound_by_its_agent_whose_letter_was_shown(
    wang: Visitor, zhao: Actor, sessions: Sessions
) -> None:
    answer = wang.submit(new_for(zhao), {**CAR, **COMPANY, "evidence": "加盖公章的委托书"})

    (agency,) = live_agencies(sessions)
    assert answer.status_code == 303
    assert (agency.agent_person_id, agency.how, agency.evidence) == (zhao.person_id, How.COUNTER, "加盖公章的委托书")
    page = wang.get(answer.location).text
    assert "测试物流公司" in page
    assert COMPANY["credit_code"] not in page


def test_somebody_elses_vehicle_is_not_bound_and_its_page_is_one_step_away(
    wang: Visitor, zhao: Actor, qian: Actor, sessions: Sessions
) -> None:
    others = car(sessions, qian, plate="粤G12345")

    answer = wang.submit(new_for(zhao), CAR)

    assert answer.status_code == 409
    assert "It belongs to another owner" in answer.text
    assert f'href="{at(others)}"' in answer.text
    assert only_vehicle(sessions).bound_by == qian.person_id


def test_after_letting_go_by_the_papers_the_buyer_gets_it(
    wang: Visitor, zhao: Actor, qian: Actor, sessions: Sessions
) -> None:
    others = car(sessions, qian, plate="粤G12345")
    wang.submit(at(others, "/unbind"), {"reason": "已过户，已核对登记证书"})

    assert wang.submit(new_for(zhao), CAR).location == at(others)
    assert only_vehicle(sessions).bound_by == zhao.person_id


def test_what_is_bound_already_stays_as_it_is(wang: Visitor, zhao: Actor, sessions: Sessions) -> None:
    car(sessions, zhao, plate="粤G12345")

    answer = wang.submit(new_for(zhao), {**CAR, "seats": "4"})

    assert "was bound already" in wang.get(answer.location).text
    assert only_vehicle(sessions).seats == 5


def test_nobody_binds_at_the_counter_for_oneself(wang: Visitor, sessions: Sessions) -> None:
    assert wang.get(new_for(wang.actor)).status_code == 403
    fields = hidden_fields(wang.get("/desk/vehicles"), "/desk/vehicles")
    assert wang.post(new_for(wang.actor), data={**fields, **CAR}).status_code == 403
    assert vehicles(sessions) == 0


def test_for_a_person_who_is_not_there_nothing_is_asked(wang: Visitor) -> None:
    assert wang.get("/desk/vehicles/people/99999/new").status_code == 404


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.APPLICANT, Role.STATION])
def test_nobody_but_the_counter_binds_for_others(visitor: Callable[..., Visitor], zhao: Actor, role: Role) -> None:
    assert visitor(role).get(new_for(zhao)).status_code == 403


def test_an_agent_is_noted_by_name_and_number_with_what_was_shown(
    wang: Visitor, zhao: Actor, qian: Actor, sessions: Sessions
) -> None:
    vehicle = car(sessions, zhao)
    phone = phone_of(sessions, qian)

    answer = wang.submit(
        at(vehicle, "/agents/new"), {"name": "测试钱", "phone": phone, "evidence": "委托书、车主身份证"}
    )

    (agency,) = live_agencies(sessions)
    assert (answer.status_code, answer.location) == (303, at(vehicle))
    assert (agency.agent_person_id, agency.how) == (qian.person_id, How.COUNTER)
    page = wang.get(at(vehicle)).text
    assert "测试钱" in page
    assert "委托书、车主身份证" in page
    assert phone not in page


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"evidence": ""}, 422, "Enter what was shown"),
        ({"phone": "123"}, 422, "A mobile number has 11 digits"),
        ({"name": "测试孙"}, 422, "Nobody of this name is registered here"),
        ({"name": ""}, 422, "Enter the agent"),
    ],
)
def test_an_agent_who_does_not_fit_is_not_noted(
    wang: Visitor, zhao: Actor, qian: Actor, sessions: Sessions, changed: dict[str, str], status: int, said: str
) -> None:
    vehicle = car(sessions, zhao)
    sent = {"name": "测试钱", "phone": phone_of(sessions, qian), "evidence": "委托书", **changed}

    answer = wang.submit(at(vehicle, "/agents/new"), sent)

    assert (answer.status_code, said in answer.text) == (status, True)
    assert live_agencies(sessions) == []


def test_the_owner_needs_no_agency_and_an_agent_has_one_only_once(
    wang: Visitor, zhao: Actor, qian: Actor, sessions: Sessions
) -> None:
    vehicle = car(sessions, zhao)
    agent = {"name": "测试钱", "phone": phone_of(sessions, qian), "evidence": "委托书"}
    wang.submit(at(vehicle, "/agents/new"), agent)

    again = wang.submit(at(vehicle, "/agents/new"), agent)
    own = wang.submit(at(vehicle, "/agents/new"), {**agent, "name": "测试赵", "phone": phone_of(sessions, zhao)})

    assert (again.status_code, own.status_code) == (409, 422)
    assert "This is the owner" in own.text
    assert len(live_agencies(sessions)) == 1


def declared(sessions: Sessions, agent: Actor) -> tuple[VehicleId, OwnerId]:
    """Add a company's vehicle that an agent has bound on a declaration."""
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session)
        factories.agency(session, owner_id, agent, how=How.DECLARED)
        return factories.vehicle(session, owner_id=owner_id, bound_by=person_of(agent)), owner_id


def test_a_declared_agency_becomes_a_consent_by_what_is_shown(wang: Visitor, qian: Actor, sessions: Sessions) -> None:
    vehicle, _ = declared(sessions, qian)
    (before,) = live_agencies(sessions)
    address = at(vehicle, f"/agents/{before.id}/evidence")
    assert f'href="{address}"' in wang.get(at(vehicle)).text

    refused = wang.submit(address, {"evidence": " "})
    answer = wang.submit(address, {"evidence": "加盖公章的委托书"})

    (after,) = live_agencies(sessions)
    assert (refused.status_code, answer.status_code) == (422, 303)
    assert (after.agent_person_id, after.how) == (qian.person_id, How.COUNTER)
    assert f"/agents/{after.id}/evidence" not in wang.get(at(vehicle)).text
    assert wang.get(at(vehicle, f"/agents/{after.id}/evidence")).status_code == 409


def test_an_agency_is_ended_with_a_reason(wang: Visitor, qian: Actor, sessions: Sessions) -> None:
    vehicle, _ = declared(sessions, qian)
    address = at(vehicle, f"/agents/{live_agencies(sessions)[0].id}/end")

    refused = wang.submit(address, {"reason": ""})
    answer = wang.submit(address, {"reason": "单位来函终止"})

    assert (refused.status_code, answer.status_code) == (422, 303)
    assert live_agencies(sessions) == []
    assert reason_of(sessions, "agency ended") == "单位来函终止"
    assert wang.get(address).status_code == 404


def test_an_agency_is_only_found_under_its_own_owner(
    wang: Visitor, zhao: Actor, qian: Actor, sessions: Sessions
) -> None:
    declared(sessions, qian)
    other = car(sessions, zhao)
    agency_id = live_agencies(sessions)[0].id

    for part in ("evidence", "end"):
        assert wang.get(at(other, f"/agents/{agency_id}/{part}")).status_code == 404


def test_a_vehicle_without_an_owner_has_no_agents(wang: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        vehicle = factories.vehicle(session)

    assert wang.get(at(vehicle, "/agents/new")).status_code == 404
    with reading(sessions) as session:
        assert session.scalars(select(Owner)).all() == []


def test_a_clerk_is_nobodys_agent_by_the_own_hand(
    visitor: Callable[..., Visitor], zhao: Actor, qian: Actor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, person_id=person_of(qian))
    wang = visitor(actor=clerk)
    vehicle = car(sessions, zhao)
    agent = {"name": "测试钱", "phone": phone_of(sessions, qian), "evidence": "委托书"}

    assert wang.submit(at(vehicle, "/agents/new"), agent).status_code == 403
    assert live_agencies(sessions) == []
