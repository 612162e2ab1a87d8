"""Stations with published windows, and what tests of inspections ask of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId
from booking.notices.models import Channel, Notice
from booking.slots.models import Lane, Quota
from tests import factories

NINE = time(9)


def station(sessions: Sessions, *, district: str = "赤坎区") -> SiteId:
    """Add a station with two small-car lanes of 12 an hour."""
    with unit_of_work(sessions) as session:
        return factories.station(session, district=district)


def window(
    sessions: Sessions,
    site_id: SiteId,
    day: date,
    *,
    starts: time = NINE,
    free: int = 5,
    classes: str = "",
    service: str = "inspection_small",
) -> SlotId:
    """Add a window of an hour with some free places."""
    with unit_of_work(sessions) as session:
        return factories.slot(
            session, line="inspections", service=service, site_id=site_id, day=day, starts=starts,
            released=free, classes=classes, closes_at=at_local(day, time(starts.hour - 1, 30)),
            published_at=datetime(2026, 11, 1, tzinfo=UTC),
        )  # fmt: skip


def ledger(sessions: Sessions, slot_id: SlotId) -> Mapping[str, int]:
    """Return the ordinary places of a window."""
    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        return {name: getattr(quota, name) for name in ("released", "taken", "freed", "blocked")}


def told(sessions: Sessions, template: str) -> list[str]:
    """Return the texts of the messages of a kind, as they stand in the inbox."""
    with reading(sessions) as session:
        query = select(Notice).where(Notice.template == template, Notice.channel == Channel.INBOX).order_by(Notice.id)
        return [sessions.keyring.open(notice.text_sealed, column="notice.text") for notice in session.scalars(query)]
