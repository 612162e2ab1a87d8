"""A town with rounds behind the pages, and the office's clock beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy import event

from booking.allotment.beacons import Beacons
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from booking.kernel.ids import SlotId
from tests.service.allotment.city import CLOSE, DRAW, FREEZE, Town
from tests.web.conftest import Visitor

BY_PEOPLE = Beacons({})
NUMBERS = "02 05 07 11 19 23 24 31 38 40 44 47 51 55 58 62 66 70 74 79"


@dataclass
class Scene:
    """One round of two sessions, for which five people have asked, and the clock of the pages."""

    town: Town
    clock: FixedClock
    round_id: int
    slots: list[SlotId]
    people: list[Actor]

    def at(self, now: datetime) -> None:
        """Move the clock, and let the steps be taken that are due at each announced hour until then."""
        for hour in (CLOSE, FREEZE, DRAW):
            if hour <= now:
                self.town.advance(hour)
        self.clock.instant = now


@pytest.fixture
def make_scene(sessions: Sessions, clock: FixedClock) -> Callable[..., Scene]:
    """Return a function that builds the round; `beacons` say where its random value comes from."""

    def made(**more: Any) -> Scene:
        town = Town(sessions, **more)
        first, second = town.add_slot(ordinary=2, priority=1), town.add_slot(starts=time(10), ordinary=1)
        round_id, people = town.open(), town.add_learners(5)
        for person in people:
            town.ask(person, first, second)
        return Scene(town, clock, round_id, [first, second], people)

    return made


@pytest.fixture
def scene(make_scene: Callable[..., Scene]) -> Scene:
    return make_scene()


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    """The clerk at the counter."""
    return visitor(Role.COUNTER)


@pytest.fixture
def statements(sessions: Sessions) -> Callable[[Callable[[], object]], int]:
    """Return a function that counts the statements that something takes."""

    def counted(act: Callable[[], object]) -> int:
        seen: list[str] = []

        def note(*arguments: Any) -> None:
            seen.append(str(arguments[2]))

        event.listen(sessions.engine, "before_cursor_execute", note)
        act()
        event.remove(sessions.engine, "before_cursor_execute", note)
        return len(seen)

    return counted
