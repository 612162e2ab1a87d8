"""Whose rosters somebody may see: operators those of their own site, the desk every one."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId, SlotId
from booking.rosters.queries.rosters import Roster
from booking.rosters.queries.rosters import roster as load
from booking.rosters.rules.standing import Standing
from booking.web.house import actor, now

UNPROCESSABLE, SEE_OTHER = 422, 303
STANDINGS: dict[Standing, LazyString] = {
    Standing.EXPECTED: _l("not here yet"),
    Standing.PRESENT: _l("checked in"),
    Standing.RETEST: _l("retest open"),
    Standing.PASSED: _l("passed"),
    Standing.FAILED: _l("failed"),
    Standing.ABSENT: _l("absent from the test"),
    Standing.CANCELLED: _l("cancelled by the office"),
}


def keeps_rosters() -> bool:
    """Say whether the reader keeps rosters, and does not only look at them."""
    return role_may(actor(), Act.KEEP_ROSTERS)


def own_site() -> SiteId:
    """Return the site of the operator who is signed in."""
    site_id = actor().site_id
    if site_id is None:
        raise NotAllowedError
    return site_id


def roster_shown(session: Session, slot_id: int) -> Roster:
    """Return a roster that the reader may see; one of another site is not found by an operator."""
    found = load(session, SlotId(slot_id), now=now())
    if keeps_rosters() and found.head.site_id != own_site():
        raise NotFoundError
    return found
