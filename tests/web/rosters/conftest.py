"""A site, its session of ten o'clock with three people on the roster, and its operator at half past nine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time

import pytest

from booking.kernel.calendar import at_local
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from booking.kernel.ids import SiteId, SlotId
from tests.web.conftest import Visitor
from tests.web.rosters import session as town
from tests.web.rosters.session import TODAY, Candidate


@dataclass
class Day:
    """What the tests of a roster start from."""

    sessions: Sessions
    clock: FixedClock
    site_id: SiteId
    slot_id: SlotId
    people: Sequence[Candidate]
    operator: Visitor
    visitor: Callable[..., Visitor]

    @property
    def address(self) -> str:
        return f"/station/rosters/{self.slot_id}"

    def at(self, hour: int, minute: int = 0) -> None:
        """Turn the clock; after so long nobody is signed in any more, so the operator signs in anew."""
        self.clock.instant = at_local(TODAY, time(hour, minute))
        self.operator = self.visitor(actor=self.operator.actor)

    def checks_in(self, *people: Candidate) -> None:
        """Let people in by the plain form."""
        for one in people:
            answer = self.operator.submit(f"{self.address}/check-in", {"text": one.ticket}, on=self.address)
            assert answer.status_code == 303

    def states(self) -> list[str]:
        return list(town.states(self.sessions, self.slot_id))


@pytest.fixture
def day(sessions: Sessions, clock: FixedClock, visitor: Callable[..., Visitor]) -> Day:
    site_id = town.site(sessions)
    slot_id = town.slot(sessions, site_id)
    people = town.candidates(sessions, slot_id, 3)
    clock.instant = at_local(TODAY, time(9, 30))
    operator = visitor(actor=town.operator(sessions, site_id))
    return Day(sessions, clock, site_id, slot_id, people, operator, visitor)
