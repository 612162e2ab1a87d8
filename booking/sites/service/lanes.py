"""Adding, changing and retiring the test lanes of a station."""

from dataclasses import asdict
from datetime import datetime
from typing import ClassVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as
from booking.kernel.errors import ConflictError, StaleError, Wording
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites import queries
from booking.sites.models import TestLane
from booking.sites.rules.site import fingerprint
from booking.sites.rules.station import LaneFacts, check_lane
from booking.sites.service.site import refuse_operators


class LaneNameTakenError(ConflictError):
    """Another test lane of the station is called this."""

    wording: ClassVar[Wording] = Wording(
        "这个检验站已经有一条叫这个名称的检测线，请换一个名称。",
        "Another test lane of this station is called this already; choose another name.",
    )


CONFLICTS: dict[str, type[Exception]] = {"uq_test_lane_site_id_name": LaneNameTakenError}


def add_lane(session: Session, site_id: SiteId, facts: LaneFacts, *, actor: Actor, now: datetime) -> TestLaneId:
    """Add a test lane to a station and return its id.

    Raise `LaneNameTakenError` or `InvalidInputError`, and `NotFoundError` for what is no station.
    """
    refuse_operators(actor)
    queries.station(session, site_id, now=now)
    check_lane(facts)
    row = insert(TestLane).values(site_id=site_id, **asdict(facts))
    with conflicts_as(CONFLICTS):
        lane_id = TestLaneId(session.execute(row.returning(TestLane.id)).scalar_one())
    audit.record(session, "test lane added", "test_lane", lane_id, actor=actor, now=now, after=asdict(facts))
    return lane_id


def change_lane(
    session: Session, lane_id: TestLaneId, facts: LaneFacts, *, seen: str, actor: Actor, now: datetime
) -> None:
    """Make a test lane what `facts` say, or retire it; windows that are published stay as they are.

    Raise `StaleError` if the fingerprint of the lane is no longer `seen`, `LaneNameTakenError`, `NotFoundError` or
    `InvalidInputError`.
    """
    refuse_operators(actor)
    # The row is locked on PostgreSQL; on SQLite a unit of work is the only writer anyway.
    session.execute(select(TestLane.id).where(TestLane.id == lane_id).with_for_update())
    before = queries.lane(session, lane_id).facts
    if fingerprint(before) != seen:
        raise StaleError
    check_lane(facts)
    was, is_now = asdict(before), asdict(facts)
    differing = [name for name in is_now if was[name] != is_now[name]]
    if not differing:
        return
    with conflicts_as(CONFLICTS):
        session.execute(update(TestLane).where(TestLane.id == lane_id).values(**is_now))
    audit.record(
        session,
        "test lane changed",
        "test_lane",
        lane_id,
        actor=actor,
        now=now,
        before={name: was[name] for name in differing},
        after={name: is_now[name] for name in differing},
    )
