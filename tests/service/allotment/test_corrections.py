"""Putting a row right: two people, not one's own, only between close and freeze, and the record names both."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from booking.allotment.errors import RoundClosedError
from booking.allotment.models.proposals import Correction
from booking.allotment.models.rounds import Stage
from booking.allotment.service import corrections
from booking.audit.models import AuditEntry
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import (
    InvalidInputError,
    InvalidStateError,
    NotAllowedError,
    NotFoundError,
    SamePersonError,
)
from booking.slots.models import Lane, Method
from tests import factories
from tests.service.allotment.city import CLOSE, DRAW, FREEZE, HOUR, Town, person_of

EARLIER = datetime(2025, 12, 31, 16, tzinfo=UTC)
AT = CLOSE + HOUR


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


def closed(town: Town) -> tuple[Actor, Actor]:
    """Close a round of one place for which two people have asked; return them in the order of their ranks."""
    slot_id = town.add_slot()
    first, second = town.add_learners(2)
    town.open()
    for person in (first, second):
        town.ask(person, slot_id)
    town.advance(CLOSE)
    return first, second


def propose(
    town: Town, person: Actor, clerk: Actor, *, lane: Lane = Lane.ORDINARY, time: datetime | None = EARLIER,
    reason: str = "受理日期录入有误", now: datetime = AT, round_id: int = 1,
) -> int:  # fmt: skip
    with unit_of_work(town.sessions) as session:
        return corrections.propose(
            session, EXAMS, (round_id, EXAMS.holder(person_of(person))), lane, time,
            reason=reason, actor=clerk, now=now,
        )  # fmt: skip


def approve(town: Town, correction_id: int, approver: Actor, now: datetime = AT) -> None:
    with unit_of_work(town.sessions) as session:
        corrections.approve(session, EXAMS, correction_id, actor=approver, now=now)


def test_a_correction_by_two_people_decides_and_the_record_names_them_by_pseudonym(town: Town) -> None:
    _, second = closed(town)
    clerk, approver = town.add_staff(Role.COUNTER), town.add_staff(Role.APPROVER)

    approve(town, propose(town, second, clerk), approver)
    town.advance(FREEZE)
    town.advance(DRAW)

    row = town.rows(1)[-1]
    assert set(town.holders()) == {second.person_id}
    assert (row["kind"], row["ranking_time"], row["reason"]) == ("correct", "2025-12-31T16:00:00Z", "objection")
    assert len(set(row["by"])) == 2
    assert not set(row["by"]) & {one["pid"] for one in town.rows(1)}
    assert town.told(second) == ["request_received", "request_corrected", "request_granted"]
    with reading(town.sessions) as session:
        query = select(AuditEntry.act, AuditEntry.reason).where(AuditEntry.act.startswith("correction"))
        assert [tuple(one) for one in session.execute(query.order_by(AuditEntry.id))] == [
            ("correction proposed", "受理日期录入有误"),
            ("correction approved", "受理日期录入有误"),
        ]
    town.require_sound()


def test_a_proposal_alone_changes_nothing(town: Town) -> None:
    first, second = closed(town)
    propose(town, second, town.add_staff())

    town.advance(FREEZE)
    town.advance(DRAW)

    assert town.kinds(1) == ["apply", "apply"]
    assert set(town.holders()) == {first.person_id}
    town.require_sound()


def test_the_second_person_is_another_person_whatever_the_account(town: Town) -> None:
    _, second = closed(town)
    clerk = town.add_staff()
    with unit_of_work(town.sessions) as session:
        other_account = factories.account(session, Role.APPROVER, person_id=person_of(clerk))
    proposal = propose(town, second, clerk)

    for account in (clerk, other_account):
        with pytest.raises(SamePersonError):
            approve(town, proposal, account)

    assert town.kinds(1) == ["apply", "apply"]


def test_nobody_proposes_or_approves_the_correction_of_the_own_row(town: Town) -> None:
    _, second = closed(town)
    with unit_of_work(town.sessions) as session:
        own = factories.account(session, Role.APPROVER, person_id=person_of(second))
    proposal = propose(town, second, town.add_staff())

    with pytest.raises(NotAllowedError):
        propose(town, second, own)
    with pytest.raises(NotAllowedError):
        propose(town, second, SYSTEM)
    with pytest.raises(NotAllowedError):
        approve(town, proposal, own)

    assert town.kinds(1) == ["apply", "apply"]


def test_a_correction_is_approved_once(town: Town) -> None:
    _, second = closed(town)
    approver = town.add_staff(Role.APPROVER)
    proposal = propose(town, second, town.add_staff())
    approve(town, proposal, approver)

    with pytest.raises(InvalidStateError):
        approve(town, proposal, town.add_staff(Role.APPROVER))
    with pytest.raises(NotFoundError):
        approve(town, 99, approver)

    assert town.kinds(1) == ["apply", "apply", "correct"]


def test_what_no_correction_can_be_is_refused(town: Town) -> None:
    _, second = closed(town)
    clerk, stranger = town.add_staff(), town.add_learner()

    for missing in ({"person": stranger}, {"person": second, "round_id": 99}):
        with pytest.raises(NotFoundError):
            propose(town, clerk=clerk, **missing)
    for wrong, field in (
        ({"reason": "  "}, "reason"),
        ({"time": None}, "ranking_time"),
        ({"lane": Lane.WALK_IN}, "lane"),
    ):
        with pytest.raises(InvalidInputError) as failure:
            propose(town, second, clerk, **wrong)
        assert failure.value.field == field

    with reading(town.sessions) as session:
        assert session.scalars(select(Correction.id)).all() == []


def test_there_is_a_time_for_corrections_and_the_freeze_ends_it(town: Town) -> None:
    slot_id = town.add_slot()
    learner, clerk, approver = town.add_learner(), town.add_staff(), town.add_staff(Role.APPROVER)
    town.open()
    town.ask(learner, slot_id)
    with pytest.raises(InvalidStateError):
        propose(town, learner, clerk, now=CLOSE - HOUR)
    town.advance(CLOSE)
    proposal = propose(town, learner, clerk)

    with pytest.raises(InvalidStateError):
        propose(town, learner, clerk, now=FREEZE)  # the hour has struck, the scheduler has not
    with pytest.raises(RoundClosedError):
        approve(town, proposal, approver, now=FREEZE)
    town.advance(FREEZE)
    with pytest.raises(InvalidStateError):
        propose(town, learner, clerk, now=FREEZE - HOUR)  # a clock that is slow
    with pytest.raises(RoundClosedError):
        approve(town, proposal, approver, now=FREEZE - HOUR)
    town.advance(DRAW)

    assert town.kinds(1) == ["apply"]
    with reading(town.sessions) as session:
        assert session.get_one(Correction, proposal).approved_at is None
    town.require_sound()


def test_a_correction_with_a_slow_clock_is_dated_after_the_close(town: Town) -> None:
    _, second = closed(town)
    proposal = propose(town, second, town.add_staff(), now=CLOSE - HOUR)

    approve(town, proposal, town.add_staff(Role.APPROVER), now=CLOSE - HOUR)
    town.advance(FREEZE)
    town.advance(DRAW)

    assert town.rows(1)[-1]["minute"] == town.record(1)["announcement"]["closes_at"]
    town.require_sound()


def test_a_lane_can_be_corrected_and_the_later_of_two_corrections_counts(town: Town) -> None:
    first, second = closed(town)
    clerk, approver = town.add_staff(), town.add_staff(Role.APPROVER)

    approve(town, propose(town, second, clerk), approver)
    approve(town, propose(town, first, clerk, lane=Lane.PRIORITY), approver)
    approve(town, propose(town, second, clerk, time=EARLIER + timedelta(days=300)), approver)
    for hour in (FREEZE, DRAW):
        town.advance(hour)

    assert set(town.holders()) == {first.person_id}
    assert town.entry(1, first).lane is Lane.PRIORITY
    assert town.kinds(1)[2:] == ["correct"] * 3
    town.require_sound()


def test_in_a_lottery_only_the_lane_is_corrected(sessions: Sessions) -> None:
    town = Town(sessions, method=Method.LOTTERY)
    _, second = closed(town)
    clerk = town.add_staff()

    with pytest.raises(InvalidInputError):
        propose(town, second, clerk)
    approve(town, propose(town, second, clerk, lane=Lane.PRIORITY, time=None), town.add_staff(Role.APPROVER))
    for hour in (FREEZE, DRAW):
        town.advance(hour)

    assert town.stage(1) is Stage.DRAWN
    town.require_sound()
