"""Opening and closing a site on single days."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleError
from booking.kernel.ids import SiteId
from booking.sites.models import Site, SiteDay
from booking.sites.queries import DayShown
from booking.sites.rules.site import may_set_days

CONFLICTS: dict[str, type[Exception]] = {"uq_site_day_site_id_day": StaleError}
LONGEST_REASON = 200
FARTHEST = timedelta(days=3 * 366)


def set_day(
    session: Session,
    site_id: SiteId,
    day: date,
    is_open: bool | None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    seen: DayShown | None,
) -> None:
    """Open or close a site on one day against its week, for a reason; None takes the exception out again.

    An operator may do so at the own site. `seen` is what was set before (None: nothing): raise `StaleError` if it
    no longer is. Raise `InvalidInputError` for a day that is over or too far ahead, for a missing reason, and where
    there is no exception to take out.
    Published plans of the day are not touched: they can only be withdrawn.
    """
    if not may_set_days(actor, site_id):
        raise NotAllowedError
    today = local_day(now)
    if not today <= day <= today + FARTHEST:
        raise InvalidInputError("day")
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise InvalidInputError("reason")
    if session.get(Site, site_id) is None:
        raise NotFoundError
    _store_day(session, site_id, seen, None if is_open is None else DayShown(day, is_open, why), day)
    before = {"day": day.isoformat(), "is_open": seen.is_open if seen else None}
    after = {"day": day.isoformat(), "is_open": is_open}
    audit.record(
        session, "site day set", "site", site_id, actor=actor, now=now, before=before, after=after, reason=why
    )


def _store_day(session: Session, site_id: SiteId, seen: DayShown | None, wanted: DayShown | None, day: date) -> None:
    """Make the exception what is wanted, provided it still is as seen."""
    if seen is None:
        if wanted is None:
            raise InvalidInputError("is_open")
        values = {"site_id": site_id, **asdict(wanted)}
        with conflicts_as(CONFLICTS):
            session.execute(insert(SiteDay).values(**values))
        return
    as_seen = (
        SiteDay.site_id == site_id,
        SiteDay.day == day,
        SiteDay.is_open.is_(seen.is_open),
        SiteDay.reason == seen.reason,
    )
    values = {"is_open": wanted.is_open, "reason": wanted.reason} if wanted else {}
    change = update(SiteDay).where(*as_seen).values(**values) if wanted else delete(SiteDay).where(*as_seen)
    if rows_changed(session, change) != 1:
        raise StaleError
