"""A clerk asks, changes and withdraws for a person: the same steps, with a reason and how the person asked."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.allotment.models.requests import Request, RequestState
from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading
from tests.service.allotment.city import Town
from tests.web.conftest import Visitor
from tests.web.exams.rounds import SINCE, collecting_town, send, step, text_of, words_of

AT_COUNTER = {"paper": "id_original", "reason": "cannot use the internet"}


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return collecting_town(sessions)


@pytest.fixture
def mei(town: Town) -> Actor:
    return town.add_learner(accepted_on=SINCE)


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(Role.COUNTER)


@pytest.fixture
def here(mei: Actor) -> str:
    return f"/desk/learners/{mei.person_id}/subject_2/request"


def kept(sessions: Sessions) -> Request:
    with reading(sessions) as session:
        return session.scalars(select(Request)).one()


def at(mei: Actor, reference: str) -> str:
    """The page of a request at the counter."""
    return f"/desk/learners/{mei.person_id}/requests/{reference}"


def test_a_clerk_asks_with_reason_and_channel(
    wang: Visitor, mei: Actor, town: Town, here: str, sessions: Sessions
) -> None:
    answer = send(wang, town.slots[1], here=here, data=AT_COUNTER)

    request = kept(sessions)
    assert answer.headers["Location"] == f"/desk/slips/requests/{request.reference}"
    assert request.reference in text_of(wang, answer.headers["Location"])
    assert (request.person_id, request.channel, request.reason) == (mei.person_id, "counter", AT_COUNTER["reason"])
    assert "place 1 for reference" in text_of(wang, at(mei, request.reference))
    assert request.reference in text_of(wang, f"/desk/learners/{mei.person_id}")


def test_without_a_reason_nothing_is_stored_and_the_wishes_stay(wang: Visitor, town: Town, here: str) -> None:
    answer = send(wang, town.slots[1], here=here)

    page = words_of(answer)
    assert answer.status_code == 422
    assert "Enter the reason; it is kept in the log" in page
    assert "Choose what was shown" in page
    assert "10:30" in page


def test_a_clerk_changes_and_withdraws_with_a_reason_that_the_log_keeps(
    wang: Visitor, mei: Actor, town: Town, here: str, sessions: Sessions
) -> None:
    send(wang, town.slots[1], here=here, data=AT_COUNTER)
    shown = at(mei, kept(sessions).reference)

    changed = send(
        wang,
        town.slots[2],
        here=f"{shown}/change",
        data={"paper": "phone_check", "reason": "asked for the afternoon", "version": "1"},
    )
    gone = wang.submit(f"{shown}/withdraw", {"paper": "phone_check", "reason": "asked to withdraw"})

    assert (changed.status_code, gone.status_code) == (303, 303)
    assert kept(sessions).state is RequestState.WITHDRAWN
    with reading(sessions) as session:
        reasons = session.scalars(select(AuditEntry.reason).where(AuditEntry.object_kind == "request")).all()
    assert list(reasons) == [AT_COUNTER["reason"], "asked for the afternoon", "asked to withdraw"]


def test_withdrawing_asks_for_the_reason(
    wang: Visitor, mei: Actor, town: Town, here: str, sessions: Sessions
) -> None:
    send(wang, town.slots[1], here=here, data=AT_COUNTER)
    shown = at(mei, kept(sessions).reference)

    answer = wang.submit(f"{shown}/withdraw", {"paper": "phone_check", "reason": ""})

    assert answer.status_code == 422
    assert kept(sessions).state is RequestState.LIVE


def test_a_live_request_leads_to_itself(wang: Visitor, mei: Actor, town: Town, here: str, sessions: Sessions) -> None:
    send(wang, town.slots[1], here=here, data=AT_COUNTER)

    assert wang.get(here).headers["Location"] == at(mei, kept(sessions).reference)


def test_nobody_asks_at_the_counter_for_the_own_person(wang: Visitor, town: Town) -> None:
    mine = f"/desk/learners/{wang.actor.person_id}"

    assert wang.get(step("order", town.slots[0], here=f"{mine}/subject_2/request")).status_code == 403


def test_a_request_is_found_only_under_its_own_person(
    wang: Visitor, town: Town, here: str, sessions: Sessions
) -> None:
    send(wang, town.slots[1], here=here, data=AT_COUNTER)
    other = town.add_learner()

    reference = kept(sessions).reference
    for path in ("", "/change", "/withdraw"):
        address = f"/desk/learners/{other.person_id}/requests/{reference}{path}"
        assert wang.get(address).status_code == 404
