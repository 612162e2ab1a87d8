"""Mei, who has an account, at her browser."""

from collections.abc import Callable

import pytest

from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.web.conftest import Visitor


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session)


@pytest.fixture
def learner(mei: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(actor=mei)
