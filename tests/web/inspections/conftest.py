"""What the pages of a station start from."""

from collections.abc import Callable

import pytest

from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from tests.web.conftest import Visitor
from tests.web.inspections.yard import Yard


@pytest.fixture
def yard(sessions: Sessions, clock: FixedClock, visitor: Callable[..., Visitor]) -> Yard:
    """Return a station with two lanes for small cars, twelve an hour each, at ten in the morning."""
    return Yard(sessions, clock, visitor, visitor(Role.STATION))
