"""Outages of test lanes: announcing, ending, and who may."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites import queries
from booking.sites.models import LaneOutage, TestLane
from booking.sites.rules.station import Outage
from booking.sites.service import outages
from tests import factories
from tests.conftest import NOW

HOUR = timedelta(hours=1)
MORNING = NOW - 3 * HOUR  # seven o'clock at the office, and NOW is ten
MIDNIGHT = NOW - 10 * HOUR


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


@pytest.fixture
def place(session: Session) -> SiteId:
    return factories.station(session)


@pytest.fixture
def operator(session: Session, place: SiteId) -> Actor:
    return factories.account(session, Role.STATION, site_id=place)


@pytest.fixture
def lane_id(session: Session, place: SiteId) -> TestLaneId:
    return queries.station(session, place, now=NOW).lanes[0].id


def announce(
    session: Session,
    lane_id: TestLaneId,
    actor: Actor,
    *,
    starts_at: datetime = NOW,
    ends_at: datetime | None = None,
    reason: str = "制动台检修",
) -> int:
    return outages.announce_outage(session, lane_id, starts_at, ends_at, reason=reason, actor=actor, now=NOW)


def log(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_an_outage_is_announced_shown_and_ended(
    session: Session, place: SiteId, lane_id: TestLaneId, operator: Actor
) -> None:
    outage_id = announce(session, lane_id, operator, reason=" 制动台检修 ")
    station = queries.station(session, place, now=NOW)
    outages.end_outage(session, outage_id, actor=operator, now=NOW + HOUR)

    expected = Outage(outage_id, lane_id, NOW, None, "制动台检修")
    assert station.outages == (expected,)
    assert station.outages_of(station.lanes[0]) == [expected]
    assert station.outages_of(station.lanes[1]) == []
    assert station.lane_of(expected).id == lane_id
    assert queries.station(session, place, now=NOW + HOUR).outages == ()
    assert session.get_one(LaneOutage, outage_id).announced_by == operator.account_id
    announced, ended = log(session)
    assert (announced.act, announced.reason, announced.object_id) == ("outage announced", "制动台检修", str(lane_id))
    assert announced.after == {"outage": outage_id, "starts_at": NOW.isoformat(), "ends_at": None}
    assert (ended.act, ended.after["outage"]) == ("outage ended", outage_id)


def test_an_outage_is_over_at_its_end(session: Session, place: SiteId, lane_id: TestLaneId, operator: Actor) -> None:
    outage_id = announce(session, lane_id, operator, ends_at=NOW + HOUR)

    assert queries.station(session, place, now=NOW + HOUR - timedelta(seconds=1)).outages
    assert queries.station(session, place, now=NOW + HOUR).outages == ()
    assert queries.outage(session, outage_id).ends_at == NOW + HOUR
    with pytest.raises(InvalidStateError):
        outages.end_outage(session, outage_id, actor=operator, now=NOW + HOUR)


def test_an_outage_ends_once(session: Session, lane_id: TestLaneId, operator: Actor) -> None:
    outage_id = announce(session, lane_id, operator)
    outages.end_outage(session, outage_id, actor=operator, now=NOW)

    with pytest.raises(InvalidStateError):
        outages.end_outage(session, outage_id, actor=operator, now=NOW)


def test_an_outage_to_come_can_be_called_off(
    session: Session, place: SiteId, lane_id: TestLaneId, operator: Actor
) -> None:
    outage_id = announce(session, lane_id, operator, starts_at=NOW + 24 * HOUR)

    outages.end_outage(session, outage_id, actor=operator, now=NOW)

    assert queries.station(session, place, now=NOW).outages == ()


def test_an_outage_is_announced_once_and_again_after_its_end(
    session: Session, lane_id: TestLaneId, operator: Actor
) -> None:
    outage_id = announce(session, lane_id, operator)

    with pytest.raises(outages.AlreadyAnnouncedError), session.begin_nested():
        announce(session, lane_id, operator, ends_at=NOW + HOUR)
    outages.end_outage(session, outage_id, actor=operator, now=NOW)
    assert announce(session, lane_id, operator) != outage_id


def test_an_operator_speaks_of_the_own_station_only(session: Session, lane_id: TestLaneId, operator: Actor) -> None:
    other = factories.account(session, Role.STATION, site_id=factories.station(session))
    planner = factories.account(session, Role.PLANNER)

    with pytest.raises(NotAllowedError):
        announce(session, lane_id, other)
    outage_id = announce(session, lane_id, planner)
    with pytest.raises(NotAllowedError):
        outages.end_outage(session, outage_id, actor=other, now=NOW)
    outages.end_outage(session, outage_id, actor=operator, now=NOW)


def test_the_system_itself_can_announce_one(session: Session, lane_id: TestLaneId) -> None:
    assert session.get_one(LaneOutage, announce(session, lane_id, SYSTEM)).announced_by is None


@pytest.mark.parametrize(
    ("starts_at", "ends_at"), [(MIDNIGHT, None), (MORNING, NOW + HOUR), (NOW + HOUR, NOW + 2 * HOUR)]
)
def test_an_outage_can_have_begun_today(
    session: Session, lane_id: TestLaneId, operator: Actor, starts_at: datetime, ends_at: datetime | None
) -> None:
    assert announce(session, lane_id, operator, starts_at=starts_at, ends_at=ends_at)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "reason", "field"),
    [
        (MIDNIGHT - timedelta(seconds=1), None, "检修", "starts_at"),
        (NOW + timedelta(days=4 * 365), None, "检修", "starts_at"),
        (NOW, NOW, "检修", "ends_at"),
        (MORNING, NOW, "检修", "ends_at"),  # over before it was announced
        (NOW + 2 * HOUR, NOW + HOUR, "检修", "ends_at"),
        (NOW, NOW + timedelta(days=4 * 365), "检修", "ends_at"),
        (NOW, None, " ", "reason"),
        (NOW, None, "长" * 201, "reason"),
    ],
)
def test_an_outage_that_cannot_be_is_refused_by_the_field(
    session: Session,
    lane_id: TestLaneId,
    operator: Actor,
    starts_at: datetime,
    ends_at: datetime | None,
    reason: str,
    field: str,
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        announce(session, lane_id, operator, starts_at=starts_at, ends_at=ends_at, reason=reason)

    assert refused.value.field == field


def test_a_lane_out_of_use_has_no_outage(session: Session, lane_id: TestLaneId, operator: Actor) -> None:
    session.execute(update(TestLane).where(TestLane.id == lane_id).values(is_active=False))

    with pytest.raises(InvalidInputError, match="lane"):
        announce(session, lane_id, operator)


def test_what_does_not_exist_is_not_found(session: Session, operator: Actor) -> None:
    with pytest.raises(NotFoundError):
        announce(session, TestLaneId(404), operator)
    with pytest.raises(NotFoundError):
        outages.end_outage(session, 404, actor=operator, now=NOW)
