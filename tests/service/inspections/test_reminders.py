"""Reminders: at 90, 30 and 7 days, each once for ever; the one of a month holds a place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from booking.attendance.models import Visit, VisitKind, VisitState
from booking.inspections.holders import holder_of
from booking.inspections.jobs import remind_owners
from booking.inspections.models import How, Owner, Reminder, Vehicle
from booking.inspections.service.reminding import stage_on
from booking.kernel.actors import Actor
from booking.kernel.calendar import at_local, local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId, VehicleId
from booking.notices.models import Notice
from booking.slots.holds import held_for
from booking.slots.models import Hold, HoldPurpose
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import applicant, person_of
from tests.service.inspections.town import ledger, station, told, window

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
THURSDAY = TODAY + 2 * DAY


def car(sessions: Sessions, actor: Actor, days_left: int, *, registered_on: date = date(2010, 12, 20)) -> VehicleId:
    """Add a car that runs out in so many days; it is old enough to need a line test each year."""
    with unit_of_work(sessions) as session:
        valid_until = TODAY + days_left * DAY
        return factories.vehicle(
            session, person_id=person_of(actor), registered_on=registered_on, valid_until=valid_until
        )


def stages(sessions: Sessions, vehicle_id: VehicleId) -> list[int]:
    with reading(sessions) as session:
        query = select(Reminder.days_before).where(Reminder.vehicle_id == vehicle_id).order_by(Reminder.told_at)
        return list(session.scalars(query))


@pytest.mark.parametrize(
    ("left", "stage"),
    [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_of_the_stages_only_the_most_urgent_is_due(left: int, stage: int | None) -> None:
    assert stage_on(TODAY + left * DAY, TODAY) == stage


def test_each_reminder_goes_out_once_for_ever(sessions: Sessions) -> None:
    vehicle_id = car(sessions, applicant(sessions), 90)

    for days in range(100):
        remind_owners(sessions, NOW + days * DAY)
        remind_owners(sessions, NOW + days * DAY)

    assert stages(sessions, vehicle_id) == [90, 30, 7]
    texts = told(sessions, "inspection_reminder")
    assert [f"还有 {days} 天" in text for days, text in zip((90, 30, 7), texts, strict=True)] == [True] * 3


def test_what_was_slept_through_is_not_made_good_but_for_the_last(sessions: Sessions) -> None:
    vehicle_id = car(sessions, applicant(sessions), 90)

    assert remind_owners(sessions, NOW + 85 * DAY) == 1
    assert remind_owners(sessions, NOW + 86 * DAY) == 0

    assert stages(sessions, vehicle_id) == [7]


def test_a_later_period_is_reminded_of_again(sessions: Sessions) -> None:
    vehicle_id = car(sessions, applicant(sessions), 30)
    remind_owners(sessions, NOW)
    with unit_of_work(sessions) as session:
        session.execute(update(Vehicle).values(valid_until=TODAY + 395 * DAY))

    assert remind_owners(sessions, NOW + 365 * DAY) == 1

    assert stages(sessions, vehicle_id) == [30, 30]


def test_the_reminder_of_a_month_holds_a_place_in_the_first_free_window(sessions: Sessions) -> None:
    mei = applicant(sessions)
    vehicle_id = car(sessions, mei, 30)
    place = station(sessions)
    full, free, later = (
        window(sessions, place, THURSDAY + DAY, free=0),
        window(sessions, place, THURSDAY + 2 * DAY, free=1),
        window(sessions, place, THURSDAY + 3 * DAY, free=1),
    )

    remind_owners(sessions, NOW)

    with reading(sessions) as session:
        held = held_for(session, [holder_of(vehicle_id)], now=NOW)[holder_of(vehicle_id)]
        reminder = session.scalars(select(Reminder)).one()
    assert (held.slot_id, held.purpose, held.until) == (free, HoldPurpose.REMINDER, NOW + timedelta(hours=48))
    assert reminder.hold_id == held.id
    assert [ledger(sessions, slot_id)["taken"] for slot_id in (full, free, later)] == [0, 1, 0]
    (text,) = told(sessions, "inspection_reminder")
    assert f"/inspections/holds/{held.id}" in text


def test_a_held_place_lapses_with_the_scheduler_dead(sessions: Sessions) -> None:
    vehicle_id = car(sessions, applicant(sessions), 30)
    window(sessions, station(sessions), THURSDAY + DAY)
    remind_owners(sessions, NOW)

    with reading(sessions) as session:
        assert held_for(session, [holder_of(vehicle_id)], now=NOW + timedelta(hours=48)) == {}


def test_a_window_that_outlives_the_hold_comes_before_a_sooner_one(sessions: Sessions) -> None:
    car(sessions, applicant(sessions), 30)
    place = station(sessions)
    window(sessions, place, TODAY + DAY)
    outlives = window(sessions, place, THURSDAY + DAY)

    remind_owners(sessions, NOW)

    with reading(sessions) as session:
        assert session.scalars(select(Hold.slot_id)).all() == [outlives]


def test_a_place_tomorrow_is_held_until_the_window_takes_no_more(sessions: Sessions) -> None:
    car(sessions, applicant(sessions), 30)
    window(sessions, station(sessions), TODAY + DAY)

    remind_owners(sessions, NOW)

    with reading(sessions) as session:
        assert session.scalars(select(Hold.until)).all() == [at_local(TODAY + DAY, time(8, 30))]


@pytest.mark.parametrize("day", [TODAY, TODAY + 31 * DAY])
def test_no_place_is_held_today_or_after_the_last_valid_day(sessions: Sessions, day: date) -> None:
    vehicle_id = car(sessions, applicant(sessions), 30)
    window(sessions, station(sessions), day)

    assert remind_owners(sessions, NOW) == 1

    with reading(sessions) as session:
        assert session.scalars(select(Hold.id)).all() == []
    assert stages(sessions, vehicle_id) == [30]


def test_the_station_of_the_last_visit_comes_first_and_then_the_nearest(sessions: Sessions) -> None:
    mei = applicant(sessions)
    cars = [car(sessions, mei, 30) for _ in range(2)]
    far, near = station(sessions, district="徐闻县"), station(sessions, district="麻章区")
    windows = {place: window(sessions, place, THURSDAY + DAY) for place in (far, near)}
    with unit_of_work(sessions) as session:
        session.add(visit(cars[0], far))

    remind_owners(sessions, NOW)

    with reading(sessions) as session:
        found = dict(session.execute(select(Hold.holder, Hold.slot_id)).all())
    assert found == {holder_of(cars[0]): windows[far], holder_of(cars[1]): windows[near]}


def visit(vehicle_id: VehicleId, site_id: SiteId, *, days_ago: int = 365) -> Visit:
    """Make a visit of a car that passed."""
    at = NOW - days_ago * DAY
    return Visit(
        site_id=site_id, day=local_day(at), number=1, service="inspection_small", holder=holder_of(vehicle_id),
        kind=VisitKind.WALK_IN, on_time=False, arrived_at=at, queued_at=at, called_at=at, post="1", started_at=at,
        ended_at=at, state=VisitState.PASSED,
    )  # fmt: skip


def test_who_has_passed_already_is_not_told_again_while_the_register_is_behind(sessions: Sessions) -> None:
    vehicle_id = car(sessions, applicant(sessions), 30)
    place = station(sessions)
    with unit_of_work(sessions) as session:
        session.add(visit(vehicle_id, place, days_ago=3))

    assert remind_owners(sessions, NOW) == 0

    assert stages(sessions, vehicle_id) == []


def test_who_needs_no_line_test_is_told_to_get_the_mark_and_held_nothing(sessions: Sessions) -> None:
    car(sessions, applicant(sessions), 30, registered_on=date(2022, 12, 20))  # the mark of year four
    window(sessions, station(sessions), THURSDAY + DAY)

    assert remind_owners(sessions, NOW) == 1

    with reading(sessions) as session:
        assert session.scalars(select(Hold.id)).all() == []
    assert "网上申领检验标志" in told(sessions, "inspection_reminder")[0]


def test_who_has_booked_or_wants_none_is_left_alone(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    booked, _ = car(sessions, mei, 30), car(sessions, wang, 30)
    slot_id = window(sessions, station(sessions), THURSDAY + DAY)
    with unit_of_work(sessions) as session:
        factories.booking_row(session, mei, slot_id, at=NOW, held_by=holder_of(booked))
        off = update(Owner).where(Owner.person_id == wang.person_id)
        session.execute(off.values(reminders_off=True))

    assert remind_owners(sessions, NOW) == 0


def test_nobody_is_told_of_a_vehicle_that_nobody_has_bound(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session, person_id=factories.person(session))
        factories.vehicle(session, owner_id=owner_id, valid_until=TODAY + 30 * DAY)

    assert remind_owners(sessions, NOW) == 0


def test_of_a_companys_vehicle_its_agent_is_told(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session)
        factories.agency(session, owner_id, wang)
        factories.agency(session, owner_id, mei, how=How.DECLARED)
        factories.vehicle(session, owner_id=owner_id, bound_by=person_of(mei), valid_until=TODAY + 30 * DAY)

    assert remind_owners(sessions, NOW) == 1

    with reading(sessions) as session:
        people = set(session.scalars(select(Notice.person_id)))
    assert people == {PersonId(mei.person_id or 0)}


def test_two_processes_remind_once_and_hold_one_place(sessions: Sessions) -> None:
    for _ in range(6):
        car(sessions, applicant(sessions), 30)
    slot_id = window(sessions, station(sessions), THURSDAY + DAY, free=20)
    start = Barrier(3)

    def process(_: int) -> int:
        start.wait()
        return remind_owners(sessions, NOW)

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(process, range(3)))

    assert sum(done) == 6
    assert len(told(sessions, "inspection_reminder")) == 6
    assert ledger(sessions, slot_id)["taken"] == 6


def test_the_last_place_is_held_for_one_and_the_others_are_told_all_the_same(sessions: Sessions) -> None:
    for _ in range(3):
        car(sessions, applicant(sessions), 30)
    slot_id = window(sessions, station(sessions), THURSDAY + DAY, free=1)

    assert remind_owners(sessions, NOW) == 3

    assert ledger(sessions, slot_id)["taken"] == 1
    assert sum("/inspections/holds/" in text for text in told(sessions, "inspection_reminder")) == 1
