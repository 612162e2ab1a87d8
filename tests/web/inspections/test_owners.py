"""Agents and reminders: consent given and ended on line, recorded in words, and told to both."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.inspections.models import Agency, How, Owner
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId
from booking.notices.models import Notice
from tests import factories
from tests.web.conftest import Visitor

AGENTS, REMINDERS = "/inspections/agents", "/inspections/reminders"
LI = {"name": "测试李", "phone": "19900001234", "consent": "y"}


@pytest.fixture
def owner(visitor: Callable[..., Visitor]) -> Visitor:
    """Somebody with an account."""
    return visitor(Role.APPLICANT)


@pytest.fixture
def li(sessions: Sessions) -> Actor:
    """Who is to act for others."""
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, name=LI["name"], phone=LI["phone"])
        return factories.account(session, person_id=person_id)


def live(sessions: Sessions) -> list[How]:
    with reading(sessions) as session:
        return list(session.scalars(select(Agency.how).where(Agency.ended_at.is_(None))))


def person_of(client: Visitor) -> PersonId:
    return PersonId(client.actor.person_id or 0)


def test_an_agent_is_named_and_both_see_the_consent_in_words(
    owner: Visitor, li: Actor, sessions: Sessions, visitor: Callable[..., Visitor]
) -> None:
    answer = owner.submit(AGENTS, LI)

    assert answer.status_code == 303
    page = owner.get(AGENTS).text
    assert "测试李</span> · 199****1234" in page
    assert "I consent that this person sees my vehicles" in page
    assert "Consent given on line on Tue 24 Nov 10:00" in visitor(actor=li).get(AGENTS).text
    with reading(sessions) as session:
        told = select(Notice.person_id).where(Notice.template == "inspection_agent_added")
        assert set(session.scalars(told)) == {owner.actor.person_id, li.person_id}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Enter the agent"),
        ({"phone": "199"}, "A mobile number has 11 digits"),
        ({"consent": ""}, "Without your consent nobody acts for you"),
        ({"name": "测试王"}, "Nobody of this name is registered here with this number"),
        ({"phone": "19900009999"}, "Nobody of this name is registered here with this number"),
    ],
)
def test_an_agent_who_is_not_found_or_not_consented_to_is_not_named(
    owner: Visitor, li: Actor, sessions: Sessions, change: dict[str, str], sentence: str
) -> None:
    answer = owner.submit(AGENTS, {name: value for name, value in {**LI, **change}.items() if value})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert live(sessions) == []


def test_an_agent_is_named_once(owner: Visitor, li: Actor, sessions: Sessions) -> None:
    owner.submit(AGENTS, LI)

    answer = owner.submit(AGENTS, LI)

    assert answer.status_code == 409
    assert "This person acts for the owner already; nothing has to be recorded." in answer.text
    assert live(sessions) == [How.OWNER_ONLINE]


def test_nobody_names_oneself(visitor: Callable[..., Visitor], li: Actor, sessions: Sessions) -> None:
    answer = visitor(actor=li).submit(AGENTS, LI)

    assert answer.status_code == 422
    assert "This is you yourself" in answer.text


def test_numbers_are_not_tried_out_without_end(owner: Visitor, li: Actor) -> None:
    wrong = {**LI, "name": "测试王"}

    answers = [owner.submit(AGENTS, wrong).status_code for _ in range(11)]

    assert answers == [422] * 10 + [429]


@pytest.mark.parametrize("who", ["owner", "agent"])
def test_owner_and_agent_end_it(
    owner: Visitor, li: Actor, sessions: Sessions, visitor: Callable[..., Visitor], who: str
) -> None:
    owner.submit(AGENTS, LI)
    client = owner if who == "owner" else visitor(actor=li)

    answer = client.submit(f"{AGENTS}/1/end", on=AGENTS)

    assert answer.status_code == 303
    assert live(sessions) == []


def test_nobody_else_ends_it(owner: Visitor, li: Actor, sessions: Sessions, visitor: Callable[..., Visitor]) -> None:
    owner.submit(AGENTS, LI)

    assert visitor(Role.APPLICANT).submit(f"{AGENTS}/1/end", on=AGENTS).status_code == 404
    assert live(sessions) == [How.OWNER_ONLINE]


def test_reminders_are_switched_off_and_on_and_a_district_is_kept(owner: Visitor, sessions: Sessions) -> None:
    for choice in ("off", "on"):
        answer = owner.submit(REMINDERS, {"reminders": choice, "district": "霞山区"})

        assert answer.status_code == 303
        with reading(sessions) as session:
            row = session.scalars(select(Owner)).one()
            assert (row.reminders_off, row.district) == (choice == "off", "霞山区")
    assert 'selected value="霞山区"' in owner.get(REMINDERS).text


def test_a_district_that_is_none_is_refused(owner: Visitor, sessions: Sessions) -> None:
    assert owner.submit(REMINDERS, {"reminders": "off", "district": "江南"}).status_code == 422
    with reading(sessions) as session:
        assert session.scalars(select(Owner)).all() == []


def test_an_agent_for_everything_of_a_company_switches_its_reminders(owner: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        company = factories.owner(session, name="测试物流公司")
        factories.agency(session, company, owner.actor)

    assert "测试物流公司" in owner.get(REMINDERS).text
    answer = owner.submit(f"{REMINDERS}/{company}", {"reminders": "off", "district": ""})

    assert answer.status_code == 303
    with reading(sessions) as session:
        assert session.get_one(Owner, company).reminders_off


def test_an_agent_who_only_declared_it_does_not(owner: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        company = factories.owner(session, name="测试物流公司")
        factories.agency(session, company, owner.actor, how=How.DECLARED)

    assert "测试物流公司" not in owner.get(REMINDERS).text
    assert owner.get(f"{REMINDERS}/{company}").status_code == 404


def test_a_person_is_no_company(owner: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        mine = factories.owner(session, person_id=person_of(owner))

    assert owner.get(f"{REMINDERS}/{mine}").status_code == 404
