"""What an announced outage does stays in sight as bookings come and go; nothing is left once it is over."""

from datetime import time

import pytest

from booking.inspections.service.outages import announce_outage, lift_outage, outage_effect, preview_outage
from booking.kernel.actors import Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError
from booking.sites import queries as sites
from booking.sites.service.outages import check_outage
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.test_outages import DAY, NINE, TEN, booked, lane_of
from tests.service.inspections.town import station, window


def test_the_effect_reads_the_same_before_and_after_it_is_announced(sessions: Sessions) -> None:
    place = station(sessions)  # two lanes of twelve an hour
    slot_id = window(sessions, place, DAY, starts=time(9), free=24)
    booked(sessions, slot_id, 15)
    lane_id = lane_of(sessions, place)
    with reading(sessions) as session:
        before = preview_outage(session, lane_id, NINE, TEN, now=NOW)

    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.PLANNER)
        announced = announce_outage(session, lane_id, NINE, TEN, reason="检修", actor=clerk, now=NOW)
    with reading(sessions) as session:
        after = outage_effect(session, announced.outage_id, now=NOW)

    assert (before.places, before.too_many) == (9, 3)
    assert after.windows == before.windows


def test_an_outage_that_is_over_does_nothing_any_more(sessions: Sessions) -> None:
    place = station(sessions)
    window(sessions, place, DAY, starts=time(9), free=24)
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.PLANNER)
        announced = announce_outage(session, lane_of(sessions, place), NINE, TEN, reason="检修", actor=clerk, now=NOW)
    with unit_of_work(sessions) as session:
        lift_outage(session, announced.outage_id, actor=clerk, now=NOW)

    with reading(sessions) as session:
        assert outage_effect(session, announced.outage_id, now=NOW).windows == ()


def test_an_outage_that_cannot_be_is_refused_before_anything_is_announced(sessions: Sessions) -> None:
    place = station(sessions)
    with reading(sessions) as session:
        lane = sites.lane(session, lane_of(sessions, place))

    with pytest.raises(InvalidInputError) as refusal:
        check_outage(lane, at_local(NOW.date(), time(0)) - (TEN - NINE), None, reason="检修", now=NOW)

    assert refusal.value.field == "starts_at"
