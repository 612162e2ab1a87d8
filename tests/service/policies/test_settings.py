"""Settings are proposed by one person, approved by another, and hold from a day on."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SamePersonError,
    StaleError,
)
from booking.policies import queries, service
from booking.policies.models import Policy
from tests import factories
from tests.conftest import NOW

TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


@pytest.fixture
def planner(session: Session) -> Actor:
    return factories.account(session, Role.PLANNER)


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.account(session, Role.APPROVER)


def proposed(session: Session, planner: Actor, value: str = "14", day: date = TOMORROW) -> int:
    return service.propose(
        session, "plans.lead_days", value, effective_from=day, reason="春节前后", actor=planner, now=NOW
    )


def in_force(session: Session, day: date = TOMORROW) -> int:
    return queries.all_values(session, day).number("plans.lead_days")


def test_without_any_entry_the_defaults_hold(session: Session) -> None:
    values = queries.all_values(session, TODAY)

    assert values.number("plans.lead_days") == 10
    assert queries.value(session, "slots.freed_seats_hour", TODAY) == time(12)


def test_a_proposal_holds_only_once_approved_and_from_its_day_on(
    session: Session, planner: Actor, approver: Actor
) -> None:
    policy_id = proposed(session, planner)
    before_approval = in_force(session)

    service.approve(session, policy_id, actor=approver, now=NOW)

    assert before_approval == 10
    assert (in_force(session, TODAY), in_force(session, TOMORROW)) == (10, 14)
    assert queries.value(session, "plans.lead_days", TOMORROW) == 14


def test_the_latest_day_wins_whatever_the_order_of_approval(
    session: Session, planner: Actor, approver: Actor
) -> None:
    late = proposed(session, planner, "20", TOMORROW + timedelta(days=5))
    early = proposed(session, planner, "15", TOMORROW)
    for policy_id in (late, early):
        service.approve(session, policy_id, actor=approver, now=NOW)

    assert in_force(session, TOMORROW + timedelta(days=4)) == 15
    assert in_force(session, TOMORROW + timedelta(days=5)) == 20


def test_of_two_values_for_one_day_the_one_approved_last_holds(
    session: Session, planner: Actor, approver: Actor
) -> None:
    first, second = proposed(session, planner, "15"), proposed(session, planner, "16")
    service.approve(session, second, actor=approver, now=NOW)
    service.approve(session, first, actor=approver, now=NOW + timedelta(minutes=1))

    assert in_force(session) == 15


def test_all_values_are_read_in_one_statement(session: Session, planner: Actor, approver: Actor) -> None:
    for _ in range(3):
        service.approve(session, proposed(session, planner), actor=approver, now=NOW)
    statements = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    queries.all_values(session, TOMORROW)

    assert len(statements) == 1


def test_a_stored_value_that_is_no_longer_allowed_is_passed_over(
    session: Session, planner: Actor, approver: Actor
) -> None:
    policy_id = proposed(session, planner)
    session.execute(update(Policy).where(Policy.id == policy_id).values(value="3"))
    service.approve(session, policy_id, actor=approver, now=NOW)

    assert in_force(session) == 10


def test_who_proposed_cannot_approve_even_under_another_account(session: Session, planner: Actor) -> None:
    policy_id = proposed(session, planner)
    same_person = factories.account(session, Role.APPROVER, person_id=planner.person_id)

    with pytest.raises(SamePersonError):
        service.approve(session, policy_id, actor=same_person, now=NOW)


def test_control_another_person_can_approve(session: Session, planner: Actor, approver: Actor) -> None:
    service.approve(session, proposed(session, planner), actor=approver, now=NOW)

    assert in_force(session) == 14


def test_the_database_itself_refuses_the_same_person(session: Session, planner: Actor) -> None:
    policy_id = proposed(session, planner)
    same = update(Policy).where(Policy.id == policy_id).values(approved_by_person=planner.person_id, approved_at=NOW)

    with pytest.raises(IntegrityError, match="ck_policy_two_persons"), session.begin_nested():
        session.execute(same)


def test_an_approved_value_cannot_be_approved_again(session: Session, planner: Actor, approver: Actor) -> None:
    policy_id = proposed(session, planner)
    service.approve(session, policy_id, actor=approver, now=NOW)

    with pytest.raises(StaleError):
        service.approve(session, policy_id, actor=approver, now=NOW)
    with pytest.raises(StaleError):
        service.decline(session, policy_id, reason="太晚", actor=approver, now=NOW)


def test_what_does_not_exist_cannot_be_approved_or_proposed(
    session: Session, planner: Actor, approver: Actor
) -> None:
    with pytest.raises(NotFoundError):
        service.approve(session, 404, actor=approver, now=NOW)
    with pytest.raises(NotFoundError):
        service.propose(session, "plans.colour", "1", effective_from=TOMORROW, reason="试", actor=planner, now=NOW)
    with pytest.raises(NotFoundError):
        queries.setting_shown(session, "plans.colour", TODAY)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (("9", TOMORROW, "春节"), "value"),
        (("14", TODAY - timedelta(days=1), "春节"), "effective_from"),
        (("14", date(2096, 1, 1), "春节"), "effective_from"),
        (("14", TOMORROW, "  "), "reason"),
        (("14", TOMORROW, "长" * 501), "reason"),
    ],
)
def test_a_proposal_must_be_within_bounds_not_in_the_past_and_with_a_reason(
    session: Session, planner: Actor, wanted: tuple[str, date, str], field: str
) -> None:
    value, day, reason = wanted

    with pytest.raises(InvalidInputError) as refused:
        service.propose(session, "plans.lead_days", value, effective_from=day, reason=reason, actor=planner, now=NOW)

    assert refused.value.field == field


def test_a_value_may_hold_from_today_on(session: Session, planner: Actor, approver: Actor) -> None:
    service.approve(session, proposed(session, planner, day=TODAY), actor=approver, now=NOW)

    assert in_force(session, TODAY) == 14


def test_the_past_begins_at_midnight_at_the_office_not_in_utc(session: Session, planner: Actor) -> None:
    after_midnight = NOW.replace(hour=16, minute=1)  # 00:01 on the 25th at the office

    with pytest.raises(InvalidInputError):
        service.propose(
            session,
            "plans.lead_days",
            "14",
            effective_from=TODAY,
            reason="春节",
            actor=planner,
            now=after_midnight,
        )


def test_a_proposal_whose_day_is_over_cannot_be_approved(session: Session, planner: Actor, approver: Actor) -> None:
    policy_id = proposed(session, planner)

    with pytest.raises(service.DayPassedError):
        service.approve(session, policy_id, actor=approver, now=NOW + timedelta(days=2))


def test_the_system_itself_is_no_person_and_cannot_propose(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        proposed(session, SYSTEM)


def test_a_declined_proposal_is_gone_and_the_log_keeps_it(session: Session, planner: Actor, approver: Actor) -> None:
    policy_id = proposed(session, planner)

    service.decline(session, policy_id, reason="先与考场商量", actor=approver, now=NOW)

    assert session.get(Policy, policy_id) is None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "setting declined")).one()
    assert entry.before == {"name": "plans.lead_days", "value": "14", "effective_from": "2026-11-25"}
    assert entry.reason == "先与考场商量"


def test_a_decline_needs_a_reason(session: Session, planner: Actor, approver: Actor) -> None:
    policy_id = proposed(session, planner)

    with pytest.raises(InvalidInputError):
        service.decline(session, policy_id, reason=" ", actor=approver, now=NOW)


def test_proposal_and_approval_are_in_the_log(session: Session, planner: Actor, approver: Actor) -> None:
    policy_id = proposed(session, planner)
    service.approve(session, policy_id, actor=approver, now=NOW)
    service.approve(session, proposed(session, planner, "15"), actor=approver, now=NOW)

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()

    assert [entry.act for entry in entries] == ["setting proposed", "setting approved"] * 2
    assert (entries[0].person_id, entries[1].person_id) == (planner.person_id, approver.person_id)
    assert (entries[1].before, entries[3].before) == ({"value": None}, {"value": "14"})


def test_the_page_shows_value_since_when_history_and_what_waits(
    session: Session, planner: Actor, approver: Actor
) -> None:
    service.approve(session, proposed(session, planner, day=TODAY), actor=approver, now=NOW)
    waiting = proposed(session, planner, "20")

    shown = queries.setting_shown(session, "plans.lead_days", TODAY)

    assert (shown.value, shown.since) == (14, TODAY)
    assert [entry.id for entry in shown.proposals] == [waiting]
    assert (
        shown.entries
        == next(s for s in queries.settings_shown(session, TODAY) if s.setting.name == "plans.lead_days").entries
    )
    assert queries.proposal(session, waiting).value == 20
