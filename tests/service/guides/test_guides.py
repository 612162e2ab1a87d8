"""Guides and announcements are public only after a second person; every version stays; the database decides."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.guides.models import GuideVersion
from booking.guides.queries import announcements as announced
from booking.guides.queries import guides as queries
from booking.guides.rules.sections import Content, Section
from booking.guides.service import announcements, guides
from booking.guides.service.announcements import Text
from booking.guides.service.guides import ProposalWaitingError
from booking.guides.shipped import shipped
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, conflicts_as, unit_of_work
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotFoundError, SamePersonError, StaleError
from tests import factories
from tests.conftest import NOW

NAME = "driving-tests"
TODAY = local_day(NOW)
TYPHOON = Text("台风停考", "明天停考，改期另行通知。", TODAY, TODAY + timedelta(2))


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


@pytest.fixture
def clerk(session: Session) -> Actor:
    return factories.account(session, Role.COUNTER)


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.account(session, Role.APPROVER)


def with_fee(text: str) -> Content:
    content = shipped()[NAME]
    return replace(content, zh={**content.zh, Section.FEE: text})


def propose(session: Session, actor: Actor, *, fee: str = "每科50元", seen: int = 0) -> int:
    return guides.propose_guide(session, NAME, with_fee(fee), seen=seen, reason="收费调整", actor=actor, now=NOW)


def fee(session: Session) -> str:
    return queries.guide(session, NAME).content.zh[Section.FEE]


def test_a_version_is_public_once_another_person_approved_it_and_the_old_one_stays(
    session: Session, clerk: Actor, approver: Actor
) -> None:
    shipped_fee = fee(session)
    guide_id = propose(session, clerk)
    assert fee(session) == shipped_fee

    guides.approve_guide(session, guide_id, actor=approver, now=NOW)

    assert fee(session) == "每科50元"
    assert [(one.number, one.content.zh[Section.FEE]) for one in queries.versions(session, NAME)] == [
        (1, "每科50元"),
        (0, shipped_fee),
    ]
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.object_kind == "guide").order_by(AuditEntry.id))
    assert list(acts) == ["guide proposed", "guide approved"]


def test_nobody_approves_the_own_words_under_any_account(session: Session, clerk: Actor) -> None:
    guide_id = propose(session, clerk)

    with pytest.raises(SamePersonError):
        guides.approve_guide(session, guide_id, actor=replace(clerk, role=Role.APPROVER), now=NOW)


def test_one_proposal_waits_at_a_time_and_the_database_says_so(session: Session, clerk: Actor) -> None:
    propose(session, clerk)

    with pytest.raises(ProposalWaitingError):
        propose(session, clerk, fee="每科60元")


def test_who_started_from_an_older_version_overwrites_nothing(
    session: Session, clerk: Actor, approver: Actor
) -> None:
    guides.approve_guide(session, propose(session, clerk), actor=approver, now=NOW)

    with pytest.raises(StaleError):
        propose(session, clerk, fee="免费", seen=0)
    assert fee(session) == "每科50元"


def test_the_database_refuses_an_approval_by_the_author(session: Session, clerk: Actor) -> None:
    row = {"name": NAME, "number": 1, "content": with_fee("免费").as_json(), "reason": "x", "proposed_at": NOW}
    both = {"proposed_by_person": clerk.person_id, "approved_by_person": clerk.person_id, "approved_at": NOW}

    with pytest.raises(SamePersonError), conflicts_as(guides.CONFLICTS):
        session.execute(insert(GuideVersion).values(**row, **both))


def test_a_declined_proposal_leaves_the_table_and_stays_in_the_log(
    session: Session, clerk: Actor, approver: Actor
) -> None:
    guide_id = propose(session, clerk)

    guides.decline_guide(session, guide_id, reason="金额不对", actor=approver, now=NOW)

    with pytest.raises(NotFoundError):
        queries.waiting_guide(session, guide_id)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "guide declined")).one()
    assert entry.reason == "金额不对"


@pytest.mark.parametrize("section", [Section.WHO, Section.MATERIALS])
def test_a_guide_without_what_people_need_is_refused_at_its_part(
    session: Session, clerk: Actor, section: Section
) -> None:
    content = shipped()[NAME]
    content = replace(content, zh={**content.zh, section: " "})

    with pytest.raises(InvalidInputError) as refusal:
        guides.propose_guide(session, NAME, content, seen=0, reason="x", actor=clerk, now=NOW)
    assert refusal.value.field == f"{section}_zh"


def test_an_announcement_stands_from_its_first_to_its_last_day(
    session: Session, clerk: Actor, approver: Actor
) -> None:
    text = replace(TYPHOON, first_day=TODAY + timedelta(1))
    new_id = announcements.propose_announcement(session, text, actor=clerk, now=NOW)
    assert announced.announcements_on(session, TODAY + timedelta(1)) == []

    announcements.approve_announcement(session, new_id, actor=approver, now=NOW)

    stands = [bool(announced.announcements_on(session, TODAY + timedelta(n))) for n in range(4)]
    assert stands == [False, True, True, False]
    announcements.end_announcement(session, new_id, actor=clerk, now=NOW)
    assert announced.announcements_on(session, TODAY + timedelta(1)) == []
    with pytest.raises(StaleError):
        announcements.end_announcement(session, new_id, actor=clerk, now=NOW)


def test_an_announcement_that_is_over_is_not_approved(session: Session, clerk: Actor, approver: Actor) -> None:
    new_id = announcements.propose_announcement(session, TYPHOON, actor=clerk, now=NOW)

    with pytest.raises(InvalidStateError):
        announcements.approve_announcement(session, new_id, actor=approver, now=NOW + timedelta(5))
    with pytest.raises(SamePersonError):
        announcements.approve_announcement(session, new_id, actor=clerk, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title_zh": " "}, "title_zh"),
        ({"text_zh": "字" * 2001}, "text_zh"),
        ({"first_day": TODAY - timedelta(1)}, "first_day"),
        ({"last_day": TODAY - timedelta(1)}, "last_day"),
        ({"last_day": TODAY + timedelta(367)}, "last_day"),
    ],
)
def test_an_announcement_that_cannot_be_is_refused_at_its_field(
    session: Session, clerk: Actor, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        announcements.propose_announcement(session, replace(TYPHOON, **wrong), actor=clerk, now=NOW)
    assert refusal.value.field == field
