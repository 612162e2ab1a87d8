"""Agents: named by the owner or at the counter, with whose consent was given how; and ended by either."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from booking.accounts.queries import masked_person, phone_of
from booking.accounts.service.throttle import TooManyTriesError
from booking.audit.models import AuditEntry
from booking.inspections.models import Agency, How, Owner
from booking.inspections.queries.vehicles import garage
from booking.inspections.service.agents import (
    AlreadyAgentError,
    end_agency,
    grant_agency,
    grant_agency_by_phone,
)
from booking.inspections.service.owners import set_district, set_reminders
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from booking.kernel.ids import OwnerId, VehicleId
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import applicant, person_of
from tests.service.inspections.town import told


def owned(sessions: Sessions, actor: Actor) -> tuple[OwnerId, VehicleId]:
    """Give the person a car; return who is its owner, and the car."""
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, person_id=person_of(actor))
        return factories.owner(session, person_id=person_of(actor)), vehicle_id


def grant(sessions: Sessions, owner_id: OwnerId, agent: Actor, *, by: Actor, evidence: str = "") -> int:
    with unit_of_work(sessions) as session:
        return grant_agency(session, owner_id, person_of(agent), actor=by, now=NOW, evidence=evidence)


def garages(sessions: Sessions, actor: Actor) -> list[VehicleId]:
    with reading(sessions) as session:
        return [row.vehicle_id for row in garage(session, person_of(actor), now=NOW)]


def test_an_owner_names_an_agent_by_name_and_telephone_and_both_are_told(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    owner_id, vehicle_id = owned(sessions, mei)
    with unit_of_work(sessions) as session:
        name, phone = masked_person(session, person_of(wang)).name, phone_of(session, person_of(wang))
        assert grant_agency_by_phone(session, owner_id, name, phone, actor=mei, now=NOW)

    assert garages(sessions, wang) == [vehicle_id]
    assert len(told(sessions, "inspection_agent_added")) == 2
    with reading(sessions) as session:
        assert session.scalars(select(Agency.how)).one() is How.OWNER_ONLINE
        assert "agency granted" in session.scalars(select(AuditEntry.act)).all()


def test_a_telephone_with_another_name_finds_nobody_and_is_counted(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    owner_id, _ = owned(sessions, mei)
    with reading(sessions) as session:
        phone = phone_of(session, person_of(wang))

    for _ in range(10):
        with unit_of_work(sessions) as session:
            assert grant_agency_by_phone(session, owner_id, "别人", phone, actor=mei, now=NOW) is None

    with pytest.raises(TooManyTriesError), unit_of_work(sessions) as session:
        grant_agency_by_phone(session, owner_id, "别人", phone, actor=mei, now=NOW)


def test_the_counter_records_what_was_shown(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    owner_id, _ = owned(sessions, mei)
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)

    with pytest.raises(InvalidInputError) as refused:
        grant(sessions, owner_id, wang, by=clerk)
    assert refused.value.field == "evidence"
    with pytest.raises(NotAllowedError):
        grant(sessions, owner_id, clerk, by=clerk, evidence="委托书")  # nobody records a consent to oneself

    grant(sessions, owner_id, wang, by=clerk, evidence="委托书原件")

    with reading(sessions) as session:
        agency = session.scalars(select(Agency)).one()
        assert (agency.how, agency.evidence) == (How.COUNTER, "委托书原件")


def test_an_agent_names_no_agents_and_strangers_learn_nothing(sessions: Sessions) -> None:
    mei, wang, li = applicant(sessions), applicant(sessions), applicant(sessions)
    owner_id, _ = owned(sessions, mei)

    with pytest.raises(NotFoundError):
        grant(sessions, owner_id, li, by=wang)
    grant(sessions, owner_id, wang, by=mei)
    with pytest.raises(NotAllowedError):
        grant(sessions, owner_id, li, by=wang)
    with pytest.raises(InvalidInputError):
        grant(sessions, owner_id, mei, by=mei)


def test_what_was_declared_gives_way_to_what_the_counter_has_seen(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session)
        factories.agency(session, owner_id, mei, how=How.DECLARED)
        other = factories.vehicle(session, owner_id=owner_id, bound_by=factories.person(session))
        clerk = factories.account(session, Role.COUNTER)
    assert garages(sessions, mei) == []

    grant(sessions, owner_id, mei, by=clerk, evidence="盖章委托书")

    assert garages(sessions, mei) == [other]


@pytest.mark.parametrize("who", ["owner", "agent", "clerk"])
def test_either_side_and_the_counter_end_a_consent_once(sessions: Sessions, who: str) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    owner_id, _ = owned(sessions, mei)
    agency_id = grant(sessions, owner_id, wang, by=mei)
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
    actor = {"owner": mei, "agent": wang, "clerk": clerk}[who]

    with unit_of_work(sessions) as session:
        end_agency(session, agency_id, actor=actor, now=NOW)

    assert garages(sessions, wang) == []
    assert len(told(sessions, "inspection_agent_ended")) == 2
    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        end_agency(session, agency_id, actor=actor, now=NOW)
    assert grant(sessions, owner_id, wang, by=mei) != agency_id  # and it may be given again


def test_nobody_else_ends_a_consent(sessions: Sessions) -> None:
    mei, wang, li = (applicant(sessions) for _ in range(3))
    owner_id, _ = owned(sessions, mei)
    agency_id = grant(sessions, owner_id, wang, by=mei)

    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        end_agency(session, agency_id, actor=li, now=NOW)


def test_of_many_consents_at_once_one_is_written(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    owner_id, _ = owned(sessions, mei)
    start = Barrier(5)

    def client(_: int) -> str:
        start.wait()
        try:
            grant(sessions, owner_id, wang, by=mei)
        except AlreadyAgentError:
            return "known"
        return "granted"

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(client, range(5))) == ["granted"] + ["known"] * 4


def test_reminders_and_district_are_the_owners_and_the_agents_to_set(sessions: Sessions) -> None:
    mei, wang, li = (applicant(sessions) for _ in range(3))
    owner_id, _ = owned(sessions, mei)
    grant(sessions, owner_id, wang, by=mei)

    with unit_of_work(sessions) as session:
        set_reminders(session, owner_id, off=True, actor=mei, now=NOW)
        set_district(session, owner_id, "霞山区", actor=wang, now=NOW)
    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        set_reminders(session, owner_id, off=False, actor=li, now=NOW)

    with reading(sessions) as session:
        owner = session.get_one(Owner, owner_id)
        assert (owner.reminders_off, owner.district) == (True, "霞山区")
