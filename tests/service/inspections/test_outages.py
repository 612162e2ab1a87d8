"""Outages: windows get smaller by what nobody holds, the clerk sees who is hit, and everything comes back."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from booking.bookings import service as bookings
from booking.inspections.holders import holder_of
from booking.inspections.jobs import settle_outages
from booking.inspections.line import INSPECTIONS
from booking.inspections.service.outages import OutageEffect, announce_outage, lift_outage, preview_outage
from booking.inspections.service.planning import derived_days
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotAllowedError
from booking.kernel.ids import SiteId, SlotId, TestLaneId
from booking.plans.rules.pattern import PlannedLine
from booking.sites import queries as sites
from booking.sites.models import LaneOutage
from booking.slots.models import Lane, Quota
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import applicant, person_of
from tests.service.inspections.town import station, window

DAY = date(2026, 12, 3)
EIGHT, NINE, TEN = (at_local(DAY, time(hour)) for hour in (8, 9, 10))
HOUR = timedelta(hours=1)


def lane_of(sessions: Sessions, site_id: SiteId) -> TestLaneId:
    with reading(sessions) as session:
        return sites.station(session, site_id, now=NOW).lanes[0].id


def clerk_of(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.PLANNER)


def announce(
    sessions: Sessions, lane_id: TestLaneId, starts_at: datetime, ends_at: datetime | None, *, by: Actor
) -> OutageEffect:
    with unit_of_work(sessions) as session:
        return announce_outage(session, lane_id, starts_at, ends_at, reason="制动台检修", actor=by, now=NOW)


def blocked(sessions: Sessions, slot_id: SlotId) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.sum(Quota.blocked)).where(Quota.slot_id == slot_id)) or 0


def booked(sessions: Sessions, slot_id: SlotId, count: int) -> list[tuple[Actor, str]]:
    """Fill a window with bookings; return who made each, and its reference."""
    made = []
    for _ in range(count):
        actor = applicant(sessions)
        with unit_of_work(sessions) as session:
            vehicle_id = factories.vehicle(session, person_id=person_of(actor))
            session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken += 1
            reference = factories.booking_row(session, actor, slot_id, at=NOW, held_by=holder_of(vehicle_id))
            made.append((actor, reference))
    return made


def test_a_lane_out_of_service_takes_its_share_of_each_window_it_meets(sessions: Sessions) -> None:
    place = station(sessions)  # two lanes of twelve an hour
    before, during, half = (window(sessions, place, DAY, starts=time(hour), free=24) for hour in (8, 9, 10))

    effect = announce(sessions, lane_of(sessions, place), NINE, TEN + HOUR / 2, by=clerk_of(sessions))

    assert [(hit.slot_id, hit.fewer, hit.blocked, hit.too_many) for hit in effect.windows] == [
        (during, 12, 12, 0),
        (half, 6, 6, 0),
    ]
    assert [blocked(sessions, slot_id) for slot_id in (before, during, half)] == [0, 12, 6]


def test_bookings_are_never_touched_and_the_clerk_sees_whose_they_are(sessions: Sessions) -> None:
    place = station(sessions)
    slot_id = window(sessions, place, DAY, starts=time(9), free=24)
    made = booked(sessions, slot_id, 20)

    effect = announce(sessions, lane_of(sessions, place), NINE, TEN, by=clerk_of(sessions))

    (hit,) = effect.windows
    assert (hit.fewer, hit.blocked, hit.too_many) == (12, 4, 8)
    assert {one.reference for one in hit.bookings} == {reference for _, reference in made}
    assert all("*" in one.plate and "****" in one.phone for one in hit.bookings)
    with reading(sessions) as session:
        assert session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken == 20


def test_a_preview_changes_nothing(sessions: Sessions) -> None:
    place = station(sessions)
    slot_id = window(sessions, place, DAY, starts=time(9), free=24)

    with reading(sessions) as session:
        effect = preview_outage(session, lane_of(sessions, place), NINE, None, now=NOW)

    assert (effect.outage_id, effect.places) == (0, 12)
    assert blocked(sessions, slot_id) == 0
    with reading(sessions) as session:
        assert session.scalars(select(LaneOutage.id)).all() == []


def test_what_is_lifted_comes_back(sessions: Sessions) -> None:
    place, clerk = station(sessions), clerk_of(sessions)
    slot_id = window(sessions, place, DAY, starts=time(9), free=24)
    effect = announce(sessions, lane_of(sessions, place), NINE, TEN, by=clerk)

    with unit_of_work(sessions) as session:
        assert lift_outage(session, effect.outage_id, actor=clerk, now=NOW) == 12

    assert blocked(sessions, slot_id) == 0


def test_outages_that_meet_leave_nothing_behind(sessions: Sessions) -> None:
    place, clerk = station(sessions), clerk_of(sessions)
    slot_id = window(sessions, place, DAY, starts=time(9), free=24)
    lane_id = lane_of(sessions, place)
    first = announce(sessions, lane_id, NINE, TEN, by=clerk)
    second = announce(sessions, lane_id, EIGHT, NINE + HOUR / 2, by=clerk)
    assert (second.windows, blocked(sessions, slot_id)) == ((), 12)

    with unit_of_work(sessions) as session:
        lift_outage(session, first.outage_id, actor=clerk, now=NOW)
    assert blocked(sessions, slot_id) == 6
    with unit_of_work(sessions) as session:
        lift_outage(session, second.outage_id, actor=clerk, now=NOW)
    assert blocked(sessions, slot_id) == 0


def test_a_seat_that_is_given_back_in_a_window_too_full_is_not_sold_again(sessions: Sessions) -> None:
    place = station(sessions)
    slot_id = window(sessions, place, DAY, starts=time(9), free=24)
    made = booked(sessions, slot_id, 20)
    announce(sessions, lane_of(sessions, place), NINE, TEN, by=clerk_of(sessions))
    actor, reference = made[0]
    with unit_of_work(sessions) as session:
        bookings.cancel(session, INSPECTIONS, reference, actor=actor, now=NOW)

    assert settle_outages(sessions, NOW) == 1
    assert settle_outages(sessions, NOW) == 0

    assert blocked(sessions, slot_id) == 5


def test_a_window_that_was_planned_smaller_already_loses_nothing(sessions: Sessions) -> None:
    place = station(sessions)
    announce(sessions, lane_of(sessions, place), NINE, TEN, by=clerk_of(sessions))
    slot_id = window(sessions, place, DAY, starts=time(9), free=12)

    assert settle_outages(sessions, NOW) == 0

    assert blocked(sessions, slot_id) == 0


def test_windows_of_other_kinds_and_services_are_left_alone(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        place = factories.station(session, lanes=(("inspection_small", 12), ("inspection_large", 6)))
        trucks = factories.station_lane(session, place, service="inspection_large", kinds="TRUCK")
    small = window(sessions, place, DAY, starts=time(9), free=12)
    every = window(sessions, place, DAY, starts=time(9), free=6, service="inspection_large")
    only = window(sessions, place, DAY, starts=time(9), free=12, service="inspection_large", classes="TRUCK")

    announce(sessions, trucks, NINE, TEN, by=clerk_of(sessions))

    assert [blocked(sessions, slot_id) for slot_id in (small, every, only)] == [0, 0, 12]


def test_operators_announce_for_their_own_station_only(sessions: Sessions) -> None:
    place, other = station(sessions), station(sessions)
    with unit_of_work(sessions) as session:
        operator = factories.account(session, Role.STATION, site_id=other)

    with pytest.raises(NotAllowedError):
        announce(sessions, lane_of(sessions, place), NINE, TEN, by=operator)


def test_days_are_derived_from_lanes_and_hours(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        hours = ((4, time(8), time(10)), (4, time(14), time(15)))  # Thursdays
        place = factories.station(session, lanes=(("inspection_small", 12), ("inspection_small", 10)), hours=hours)
        days = [DAY, DAY + timedelta(days=1)]
        (derived,) = derived_days(session, place, "inspection_small", days, now=NOW)
        assert derived_days(session, place, "inspection_large", days, now=NOW) == ()

    assert derived.day == DAY
    assert derived.lines == tuple(PlannedLine(time(hour), time(hour + 1), "", ordinary=22) for hour in (8, 9, 14))
