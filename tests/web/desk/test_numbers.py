"""What a clerk sees of a person: masked, a number in full only for a purpose, and every look in the log."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.accounts.queries import own_data
from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, VehicleId
from tests import factories
from tests.web.conftest import Visitor

PHONE = "19912340001"


@pytest.fixture
def mei(sessions: Sessions) -> PersonId:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, name="梅小雨", phone=PHONE)
        factories.learner(session, person_id)
    return person_id


@pytest.fixture
def car(sessions: Sessions, mei: PersonId) -> VehicleId:
    with unit_of_work(sessions) as session:
        return factories.vehicle(session, person_id=mei)


@pytest.fixture
def document(sessions: Sessions, mei: PersonId) -> str:
    with reading(sessions) as session:
        return own_data(session, mei).id_number


def logged(sessions: Sessions) -> list[tuple[str, str]]:
    with reading(sessions) as session:
        kinds = AuditEntry.object_kind.in_(("person", "vehicle"))
        entries = session.scalars(select(AuditEntry).where(kinds).order_by(AuditEntry.id))
        return [(entry.act, entry.object_id) for entry in entries]


def test_the_pages_of_a_person_are_masked_and_each_look_is_logged(
    visitor: Callable[..., Visitor], sessions: Sessions, mei: PersonId, car: VehicleId, document: str
) -> None:
    clerk, supervisor = visitor(Role.COUNTER), visitor(Role.SUPERVISOR)
    pages = [f"/desk/people/{mei}", f"/desk/learners/{mei}", f"/desk/vehicles/{car}"]

    seen = [clerk.get(page).text for page in pages for _ in range(2)] + [supervisor.get(pages[1]).text]

    assert not any(document in page or PHONE in page for page in seen)
    assert logged(sessions) == [
        *[("person looked up", str(mei))] * 2,
        ("learner looked up", str(mei)),
        ("vehicle looked up", str(car)),
        ("learner looked up", str(mei)),
    ]


def test_a_number_is_shown_for_a_purpose_and_logged(
    visitor: Callable[..., Visitor], sessions: Sessions, mei: PersonId, document: str
) -> None:
    clerk = visitor(Role.COUNTER)
    address = f"/desk/people/{mei}/number"
    assert address in clerk.get(f"/desk/people/{mei}").text

    without = clerk.submit(address, {"which": "phone"})
    other = clerk.submit(address, {"which": "phone", "purpose": "curiosity"})
    phone = clerk.submit(address, {"which": "phone", "purpose": "call"})
    number = clerk.submit(address, {"which": "document", "purpose": "compare"})

    assert (without.status_code, other.status_code) == (422, 422)
    assert PHONE not in without.text + other.text + number.text + clerk.get(address).text
    assert PHONE in phone.text
    assert document in number.text
    assert phone.headers["Cache-Control"] == "no-store"
    assert logged(sessions)[1:] == [("phone shown in full", str(mei)), ("document shown in full", str(mei))]


@pytest.mark.parametrize("role", [Role.PLANNER, Role.APPROVER, Role.ADMINISTRATOR, Role.STATION, Role.APPLICANT])
def test_other_roles_see_no_number_in_full(visitor: Callable[..., Visitor], mei: PersonId, role: Role) -> None:
    assert visitor(role).get(f"/desk/people/{mei}/number").status_code == 403


def test_nobody_looks_the_own_number_up_here(visitor: Callable[..., Visitor], sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        wang: Actor = factories.account(session, Role.COUNTER)

    assert visitor(actor=wang).get(f"/desk/people/{wang.person_id}/number").status_code == 403
