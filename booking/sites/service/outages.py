"""Announcing that a test lane is out of service, and that it works again.

What follows for windows that are published is the line's question, on a higher floor.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import insert, or_, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day, start_of
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import ConflictError, InvalidInputError, InvalidStateError, NotAllowedError, Wording
from booking.kernel.ids import TestLaneId
from booking.sites import queries
from booking.sites.models import LaneOutage
from booking.sites.rules.site import may_set_days
from booking.sites.rules.station import StationLane
from booking.sites.service.days import FARTHEST, LONGEST_REASON


class AlreadyAnnouncedError(ConflictError):
    """An outage of the lane from the same moment is announced already."""

    wording: ClassVar[Wording] = Wording(
        "这条检测线从这一时刻起停用，已经公布过了，不用再公布。",
        "That this lane is out of service from then on is announced already; nothing is left to do.",
    )


CONFLICTS: dict[str, type[Exception]] = {"uq_lane_outage_running": AlreadyAnnouncedError}


def announce_outage(
    session: Session,
    lane_id: TestLaneId,
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    reason_en: str = "",
) -> int:
    """Announce that a test lane is out of service in [starts_at, ends_at), None: until further notice; return its id.

    `reason_en` is the reason for people who read English. An operator may do so for the own station.

    Raise `AlreadyAnnouncedError` if it is announced from that moment already, `NotAllowedError` or `NotFoundError`,
    and `InvalidInputError` for a lane out of use, a beginning before today or too far ahead, an end that is over,
    before the beginning or too far ahead, and a missing reason.
    """
    lane = queries.lane(session, lane_id)
    if not may_set_days(actor, lane.site_id):
        raise NotAllowedError
    check_outage(lane, starts_at, ends_at, reason=reason, now=now)
    why = reason.strip()
    row = insert(LaneOutage).values(
        lane_id=lane_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=why,
        reason_en=reason_en.strip(),
        announced_by=actor.account_id,
        announced_at=now,
    )
    with conflicts_as(CONFLICTS):
        outage_id: int = session.execute(row.returning(LaneOutage.id)).scalar_one()
    after: dict[str, Any] = {
        "outage": outage_id,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat() if ends_at else None,
    }
    if reason_en.strip():
        after["reason_en"] = reason_en.strip()
    audit.record(session, "outage announced", "test_lane", lane_id, actor=actor, now=now, after=after, reason=why)
    return outage_id


def check_outage(
    lane: StationLane, starts_at: datetime, ends_at: datetime | None, *, reason: str, now: datetime
) -> None:
    """Raise `InvalidInputError` naming the first thing of an outage that cannot be right."""
    why = reason.strip()
    problems = {
        "lane": not lane.facts.is_active,
        "starts_at": not start_of(local_day(now)) <= starts_at <= now + FARTHEST,
        "ends_at": ends_at is not None and not max(starts_at, now) < ends_at <= now + FARTHEST,
        "reason": not why or len(why) > LONGEST_REASON,
    }
    for field, is_wrong in problems.items():
        if is_wrong:
            raise InvalidInputError(field)


def end_outage(session: Session, outage_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that the lane works again from `now` on, or that an outage to come does not take place.

    An operator may do so at the own station. Raise `InvalidStateError` if it is over already, `NotAllowedError` or
    `NotFoundError`.
    """
    outage = queries.outage(session, outage_id)
    if not may_set_days(actor, queries.lane(session, outage.lane_id).site_id):
        raise NotAllowedError
    not_over = (LaneOutage.ended_at.is_(None), or_(LaneOutage.ends_at.is_(None), LaneOutage.ends_at > now))
    end = update(LaneOutage).where(LaneOutage.id == outage_id, *not_over).values(ended_at=now)
    if rows_changed(session, end) != 1:
        raise InvalidStateError
    audit.record(
        session,
        "outage ended",
        "test_lane",
        outage.lane_id,
        actor=actor,
        now=now,
        after={"outage": outage_id, "ended_at": now.isoformat()},
    )
