"""Publishing: at its hour, exactly once, in time or not at all."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PlanId, SlotId
from booking.notices.models import Notice
from booking.plans.jobs import publish_due_plans
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState
from booking.plans.queries.plans import plan_shown
from booking.plans.rules.pattern import PlannedDay
from booking.plans.service.approval import approve, submit
from booking.plans.service.drafting import Content, change_draft, draft_make_up
from booking.plans.service.publication import MISSED
from booking.slots import service as slots
from booking.slots.models import Lane, Method, Quota, Release, Slot
from booking.slots.queries import slot_shown
from tests import factories
from tests.service.plans.desk import DAY, MORNING, NOON, PUBLISH_AT, PUBLISH_BY, Desk, open_desk

SECOND, ONE_DAY = timedelta(seconds=1), timedelta(days=1)
REQUESTS_UNTIL = datetime(2026, 12, 3, 9, tzinfo=UTC)  # E-5 17:00 at the office
HANDED_ON_AT = datetime(2026, 12, 5, 4, tzinfo=UTC)  # E-3 12:00
CLOSES_AT = datetime(2026, 12, 7, 16, tzinfo=UTC)


def slots_of(sessions: Sessions) -> list[Slot]:
    with reading(sessions) as session:
        return list(session.scalars(select(Slot).order_by(Slot.starts_at)))


def test_a_plan_is_published_at_its_hour_and_not_before(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()

    assert publish_due_plans(sessions, PUBLISH_AT - SECOND) == 0
    assert publish_due_plans(sessions, PUBLISH_AT) == 1
    assert publish_due_plans(sessions, PUBLISH_AT + SECOND) == 0

    plan = desk.shown(plan_id)
    assert (plan.state, plan.published_at) == (PlanState.PUBLISHED, PUBLISH_AT)
    assert [slot.id for slot in slots_of(sessions)] == [line.slot_id for line in plan.lines]


def test_a_first_come_slot_is_what_the_plan_said_with_its_lanes_and_releases(sessions: Sessions) -> None:
    desk = open_desk(sessions, method=Method.FIRST_COME)
    desk.approved()

    publish_due_plans(sessions, PUBLISH_AT)

    first, second = slots_of(sessions)
    assert (first.day, first.capacity, first.method, first.is_make_up) == (DAY, 45, Method.FIRST_COME, False)
    assert (first.opens_at, first.closes_at) == (PUBLISH_BY + timedelta(hours=3), CLOSES_AT)
    assert first.requests_until is None
    with reading(sessions) as session:
        quota = session.execute(select(Quota.slot_id, Quota.lane, Quota.capacity, Quota.released)).all()
        releases = session.execute(select(Release.slot_id, Release.lane, Release.amount, Release.due_at))
        assert set(releases) == {
            (first.id, Lane.ORDINARY, 40, first.opens_at),
            (first.id, Lane.PRIORITY, 5, first.opens_at),
            (second.id, Lane.ORDINARY, 20, first.opens_at),
        }
    assert set(quota) == {
        (first.id, Lane.ORDINARY, 40, 0),
        (first.id, Lane.PRIORITY, 5, 0),
        (second.id, Lane.ORDINARY, 20, 0),
    }


@pytest.mark.parametrize("method", [Method.RANKED, Method.LOTTERY])
def test_a_slot_that_a_round_decides_takes_requests_and_releases_nothing(sessions: Sessions, method: Method) -> None:
    desk = open_desk(sessions, method=method)
    desk.approved()

    publish_due_plans(sessions, PUBLISH_AT)

    first, second = slots_of(sessions)
    assert (first.method, first.requests_until, first.opens_at) == (method, REQUESTS_UNTIL, HANDED_ON_AT)
    assert (first.closes_at, first.cancel_until) == (CLOSES_AT, CLOSES_AT)
    with reading(sessions) as session:
        quota = session.execute(select(Quota.slot_id, Quota.lane, Quota.capacity, Quota.released, Quota.freed)).all()
        releases = session.scalar(select(func.count()).select_from(Release))
    assert releases == 0
    assert set(quota) == {
        (first.id, Lane.ORDINARY, 40, 0, 0),
        (first.id, Lane.PRIORITY, 5, 0, 0),
        (second.id, Lane.ORDINARY, 20, 0, 0),
    }


def test_requests_are_collected_from_publication_to_the_close_and_bookings_taken_later(sessions: Sessions) -> None:
    open_desk(sessions).approved()
    publish_due_plans(sessions, PUBLISH_AT)
    slot_id = SlotId(slots_of(sessions)[0].id)

    with reading(sessions) as session:
        shown = slot_shown(session, slot_id, [Lane.ORDINARY])

    assert shown is not None
    assert shown.capacity == 45, "what a round leaves over is for anybody, whatever lane it was in"
    hours = (PUBLISH_AT - SECOND, PUBLISH_AT, REQUESTS_UNTIL - SECOND, REQUESTS_UNTIL, HANDED_ON_AT, CLOSES_AT)
    assert [shown.is_collecting(hour) for hour in hours] == [False, True, True, False, False, False]
    assert [shown.is_open(hour) for hour in hours] == [False, False, False, False, True, False]


def test_a_plan_late_because_no_scheduler_lived_is_published_until_the_limit(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    desk.approved()

    assert publish_due_plans(sessions, PUBLISH_BY) == 1

    assert slots_of(sessions)[0].published_at == PUBLISH_BY


def test_after_the_limit_it_is_not_published_and_both_people_are_told_once(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()

    assert [publish_due_plans(sessions, PUBLISH_BY + SECOND * n) for n in (1, 2, 60)] == [0, 0, 0]

    plan = desk.shown(plan_id)
    assert (plan.state, plan.returned_reason) == (PlanState.DRAFT, MISSED)
    assert slots_of(sessions) == []
    with reading(sessions) as session:
        told = session.scalars(select(Notice.person_id).where(Notice.channel == "inbox")).all()
        alarms = session.scalars(select(AuditEntry).where(AuditEntry.act == MISSED)).all()
    assert len(told) == 2
    assert set(told) == {desk.planner.person_id, desk.approver.person_id}
    assert len(alarms) == 1


@pytest.mark.parametrize(
    ("late", "method", "requests_until", "opens_at"),
    [
        (PUBLISH_BY + timedelta(days=1), Method.RANKED, REQUESTS_UNTIL, HANDED_ON_AT),
        (REQUESTS_UNTIL - ONE_DAY - SECOND, Method.RANKED, REQUESTS_UNTIL, HANDED_ON_AT),
        (REQUESTS_UNTIL - ONE_DAY, Method.FIRST_COME, None, REQUESTS_UNTIL - ONE_DAY),  # no day left for requests
        (REQUESTS_UNTIL + ONE_DAY, Method.FIRST_COME, None, REQUESTS_UNTIL + ONE_DAY),
    ],
)
def test_a_missed_plan_goes_out_with_an_exemption_that_a_second_person_consents_to(
    sessions: Sessions, late: datetime, method: Method, requests_until: datetime | None, opens_at: datetime
) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()
    publish_due_plans(sessions, late)

    with unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content((NOON,), "调度停机"), version=1, actor=desk.planner, now=late)
        submit(session, plan_id, actor=desk.planner, now=late)
        content = plan_shown(session, plan_id).content
        approve(session, plan_id, content_hash=content, actor=desk.approver, now=late)

    assert publish_due_plans(sessions, late) == 1
    slot = slots_of(sessions)[0]
    assert (slot.exemption, slot.is_make_up, slot.published_at, slot.opens_at) == ("调度停机", False, late, opens_at)
    assert (slot.method, slot.requests_until) == (method, requests_until)
    with reading(sessions) as session:
        releases = session.execute(select(Release.lane, Release.amount, Release.due_at)).all()
    assert releases == ([(Lane.ORDINARY, 20, late)] if requests_until is None else [])


def approved_make_up(desk: Desk, now: datetime) -> PlanId:
    """Draft sessions beside those of the day, with ordinary and priority places, and let them be approved."""
    sessions = desk.sessions
    with unit_of_work(sessions) as session:
        plan_id = draft_make_up(
            session,
            desk.site_id,
            "subject_2",
            PlannedDay(DAY, (MORNING,)),
            reason="补考",
            actor=desk.planner,
            now=now,
        )
        submit(session, plan_id, actor=desk.planner, now=now)
        content = plan_shown(session, plan_id).content
        approve(session, plan_id, content_hash=content, actor=desk.approver, now=now)
    return plan_id


@pytest.mark.parametrize(
    ("method", "now"),
    [
        (Method.FIRST_COME, PUBLISH_BY + timedelta(days=2)),
        (Method.RANKED, REQUESTS_UNTIL - ONE_DAY),  # no day left for requests
        (Method.RANKED, REQUESTS_UNTIL + ONE_DAY),
    ],
)
def test_a_make_up_plan_that_no_round_decides_is_open_as_soon_as_it_is_approved(
    sessions: Sessions, method: Method, now: datetime
) -> None:
    desk = open_desk(sessions, method=method)
    plan_id = approved_make_up(desk, now)

    assert publish_due_plans(sessions, now) == 1

    slot = slots_of(sessions)[0]
    assert (slot.is_make_up, slot.exemption, slot.opens_at) == (True, "补考", now)
    assert (slot.method, slot.requests_until) == (Method.FIRST_COME, None)
    assert desk.shown(plan_id).kind is PlanKind.MAKE_UP
    with reading(sessions) as session:
        assert set(session.execute(select(Quota.lane, Quota.capacity))) == {(Lane.ORDINARY, 40), (Lane.PRIORITY, 5)}
        assert set(session.scalars(select(Release.due_at))) == {now}


def test_a_make_up_plan_in_time_for_a_round_keeps_all_its_places_for_those_who_lost_theirs(
    sessions: Sessions,
) -> None:
    desk = open_desk(sessions)
    now = PUBLISH_BY + timedelta(days=2)
    approved_make_up(desk, now)

    assert publish_due_plans(sessions, now) == 1

    slot = slots_of(sessions)[0]
    assert (slot.is_make_up, slot.method, slot.requests_until) == (True, Method.RANKED, REQUESTS_UNTIL)
    assert (slot.published_at, slot.opens_at) == (now, HANDED_ON_AT)
    with reading(sessions) as session:
        assert session.execute(select(Quota.lane, Quota.capacity)).all() == [(Lane.MAKE_UP, 45)]
        assert session.scalar(select(func.count()).select_from(Release)) == 0


@pytest.mark.parametrize(
    ("before", "after"), [(Method.FIRST_COME, Method.RANKED), (Method.RANKED, Method.FIRST_COME)]
)
def test_a_plan_keeps_the_method_with_which_it_was_drafted(sessions: Sessions, before: Method, after: Method) -> None:
    desk = open_desk(sessions, method=before)
    plan_id = desk.submitted()
    with unit_of_work(sessions) as session:
        factories.setting(session, "exams.method", after, since=date(2026, 11, 25))
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=desk.approver, now=PUBLISH_BY)

    publish_due_plans(sessions, PUBLISH_BY)

    assert {slot.method for slot in slots_of(sessions)} == {before}


def test_a_plan_is_checked_by_the_times_of_its_own_method(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        for day in range(1, 8):
            factories.day_off(session, date(2026, 12, day))
    desk = open_desk(sessions, method=Method.FIRST_COME)
    plan_id = desk.submitted()
    with unit_of_work(sessions) as session:
        factories.setting(session, "exams.method", Method.RANKED, since=date(2026, 11, 25))

    with unit_of_work(sessions) as session:  # a round would have had to go out five days before
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=desk.approver, now=PUBLISH_BY)

    assert publish_due_plans(sessions, PUBLISH_BY) == 1


def test_a_plan_that_cannot_be_published_holds_up_no_other(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    broken, sound = desk.approved(), desk.approved(DAY + timedelta(1))
    with unit_of_work(sessions) as session:
        # Lines that vanished behind the guards' back stand for any fault within one plan.
        drop_trigger(session, "frozen_plan_line_delete", "plan_line")
        session.execute(delete(PlanLine).where(PlanLine.plan_id == broken))

    with pytest.raises(ValueError, match="empty"):
        publish_due_plans(sessions, PUBLISH_AT + timedelta(days=1))

    assert desk.shown(sound).state is PlanState.PUBLISHED
    assert desk.shown(broken).state is PlanState.APPROVED


def drop_trigger(session: Session, name: str, table: str) -> None:
    """Take a guard of the database away, for a control."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    session.connection().exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {table}" if is_postgresql else ""))


def racing(sessions: Sessions, act: Callable[[PlanId], bool], plan_id: PlanId, runners: int = 3) -> list[bool]:
    """Let several schedulers act at the same moment, each on its own connection."""
    start, results = threading.Barrier(runners), list[bool]()

    def run() -> None:
        start.wait()
        results.append(act(plan_id))

    threads = [threading.Thread(target=run) for _ in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_three_schedulers_publish_a_plan_exactly_once(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()

    done = racing(sessions, lambda _: bool(publish_due_plans(sessions, PUBLISH_AT)), plan_id)

    assert sorted(done) == [False, False, True]
    assert len(slots_of(sessions)) == 2
    with reading(sessions) as session:
        published = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "plan published")
        assert session.scalar(published) == 1


def test_three_schedulers_tell_of_a_missed_plan_exactly_once(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()

    racing(sessions, lambda _: bool(publish_due_plans(sessions, PUBLISH_BY + SECOND)), plan_id)

    with reading(sessions) as session:
        told = session.scalar(select(func.count()).select_from(Notice).where(Notice.channel == "inbox"))
    assert told == 2


def test_the_race_is_real_without_the_claim(sessions: Sessions) -> None:
    """Control: read the state, then write it. Without the freeze trigger the plan is published twice."""
    desk = open_desk(sessions)
    plan_id = desk.approved()
    looked = threading.Barrier(2)
    with unit_of_work(sessions) as session:
        drop_trigger(session, "frozen_plan", "plan")

    def look_then_publish(number: PlanId) -> bool:
        with reading(sessions) as session:
            is_due = plan_shown(session, number).state is PlanState.APPROVED
        looked.wait()
        if is_due:
            with unit_of_work(sessions) as session:
                values = {"state": PlanState.PUBLISHED, "published_at": PUBLISH_AT}
                session.execute(update(Plan).where(Plan.id == number).values(**values))
                slots.publish_slot(session, opening(desk), actor=SYSTEM, now=PUBLISH_AT)
        return is_due

    done = racing(sessions, look_then_publish, plan_id, runners=2)

    assert done == [True, True]
    assert len(slots_of(sessions)) == 2, "two slots of one line: published twice"


def opening(desk: Desk) -> slots.Opening:
    day: date = DAY
    line = desk.shown(PlanId(1)).lines[0]
    return slots.Opening(
        "exams", "subject_2", desk.site_id, day, line.starts_at, line.ends_at, "", Method.FIRST_COME,
        {Lane.ORDINARY: 40}, PUBLISH_BY, PUBLISH_BY, line.starts_at, line.starts_at,
    )  # fmt: skip


def test_lines_name_their_slots(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    desk.approved()
    publish_due_plans(sessions, PUBLISH_AT)

    with reading(sessions) as session:
        unnamed = session.scalar(select(func.count()).select_from(PlanLine).where(PlanLine.slot_id.is_(None)))

    assert unnamed == 0


@pytest.mark.parametrize("hours", [0, 3, 23])
def test_opening_never_comes_before_publication(sessions: Sessions, hours: int) -> None:
    desk = open_desk(sessions)
    desk.approved()

    publish_due_plans(sessions, PUBLISH_AT + timedelta(hours=hours))

    assert all(slot.published_at <= slot.opens_at < slot.closes_at <= slot.starts_at for slot in slots_of(sessions))
