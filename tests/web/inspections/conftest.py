"""What the pages of owners and of a station start from."""

from collections.abc import Callable

import pytest

from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from booking.kernel.ids import SiteId, VehicleId
from tests.web.conftest import Visitor
from tests.web.inspections.windows import car, owner, station
from tests.web.inspections.yard import Yard


@pytest.fixture
def zhao(sessions: Sessions) -> Actor:
    """An owner."""
    return owner(sessions)


@pytest.fixture
def vehicle(zhao: Actor, sessions: Sessions) -> VehicleId:
    """Zhao's small car, due by the end of December."""
    return car(sessions, zhao)


@pytest.fixture
def browser(zhao: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    """Zhao at a screen."""
    return visitor(actor=zhao)


@pytest.fixture
def site(sessions: Sessions) -> SiteId:
    return station(sessions, name="北站")


@pytest.fixture
def yard(sessions: Sessions, clock: FixedClock, visitor: Callable[..., Visitor]) -> Yard:
    """Return a station with two lanes for small cars, twelve an hour each, at ten in the morning."""
    return Yard(sessions, clock, visitor, visitor(Role.STATION))
