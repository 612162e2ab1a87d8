"""The cast: mei learns to drive, wang sits at the counter; and the places there are."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SlotId
from tests import factories
from tests.web.conftest import Visitor


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    """A learner who has passed subject 1 and may book subject 2 and the road test."""
    with unit_of_work(sessions) as session:
        actor = factories.account(session, person_id=factories.person(session, name="测试梅"))
        assert actor.person_id is not None
        factories.learner(session, actor.person_id)
        factories.passed(session, actor, "subject_1")
    return actor


@pytest.fixture
def learner(mei: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    """Mei's browser."""
    return visitor(actor=mei)


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    """The counter clerk's browser."""
    return visitor(Role.COUNTER)


@pytest.fixture
def place(sessions: Sessions) -> Callable[..., SlotId]:
    """Return a function that publishes one session: `place(released=1, day=…)`."""

    def published(**wishes: Any) -> SlotId:
        with unit_of_work(sessions) as session:
            return factories.slot(session, **wishes)

    return published


@pytest.fixture
def late_place(place: Callable[..., SlotId]) -> SlotId:
    """A session whose deadline for cancelling on line passes when the clock reaches its day."""
    return place(day=date(2026, 12, 8))
