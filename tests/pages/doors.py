"""Where a walk begins beside the front page: what stands behind a search, or too far down a list to be followed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.bookings.models import Booking, BookingState
from booking.inspections.models import Vehicle
from booking.kernel.calendar import local_day
from booking.kernel.db import reading
from booking.plans.models import Plan, PlanState
from booking.sites.models import Site
from booking.slots.models import Slot
from tests.conftest import NOW
from tests.pages.city import person_of
from tests.pages.house import House

# Whom the counter looks up: learners who may book, may not, have asked, are done; owners of one car and of six.
LOOKED_UP = ("learner1", "learner4", "learner12", "learner13", "learner14", "owner1", "owner3", "owner4", "owner5")
DAY_AHEAD = local_day(NOW) + timedelta(14)
AT_WORK = ("planner", "approver", "station", "examsite", "supervisor")


def doors(house: House) -> Mapping[str, Sequence[str]]:
    """Return the addresses from which each kind sets out."""
    with reading(house.sessions) as session:
        counter = list(_people(session))
        counter += [f"/desk/vehicles/{number}" for number in _vehicles(session)]
        plans = list(_plans(session))
        sites = [f"/desk/sites/{_first_site(session, line)}" for line in ("exams", "inspections")]
    days = [f"{site}/days/{DAY_AHEAD}" for site in sites]
    return {"counter": counter, **{kind: [*plans, *sites, *days] for kind in AT_WORK}}


def _people(session: Session) -> Iterator[str]:
    for who in LOOKED_UP:
        yield f"/desk/people/{person_of(session, who)}"
        if who.startswith("learner"):
            yield f"/desk/learners/{person_of(session, who)}"
    for holder in _holders(session, "exams"):
        yield f"/desk/learners/{holder.partition(':')[2]}"


def _vehicles(session: Session) -> Iterator[int]:
    """Yield a vehicle of each owner looked up, one of a company, and some that have a booking."""
    for who in LOOKED_UP:
        if who.startswith("owner"):
            theirs = select(Vehicle.id).where(Vehicle.bound_by == person_of(session, who))
            yield from session.scalars(theirs.order_by(Vehicle.id).limit(1))
    yield from (int(holder.partition(":")[2]) for holder in _holders(session, "inspections"))


def _holders(session: Session, line: str) -> Sequence[str]:
    """Return who holds the three bookings farthest ahead of a line."""
    rows = select(Booking.holder).join(Slot, Slot.id == Booking.slot_id)
    rows = rows.where(Booking.line == line, Booking.state == BookingState.CONFIRMED)
    return session.scalars(rows.order_by(Slot.starts_at.desc()).limit(3)).all()


def _plans(session: Session) -> Iterator[str]:
    """Yield the first plan of each state and line."""
    for state in PlanState:
        for line in ("exams", "inspections"):
            rows = select(Plan.id).join(Site, Site.id == Plan.site_id).where(Plan.state == state, Site.line == line)
            yield from (f"/desk/plans/{number}" for number in session.scalars(rows.order_by(Plan.id).limit(1)))


def _first_site(session: Session, line: str) -> int:
    return session.scalars(select(Site.id).where(Site.line == line).order_by(Site.id)).first() or 0
