"""The demo city twice: that of the whole run, in a file, and one that is built anew in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from booking.demo.build import build_demo
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, make_engine, unit_of_work
from booking.kernel.secrets import Keyring
from booking.policies import service as policies
from tests.conftest import NOW, Copies
from tests.pages.city import LEARNERS, VEHICLES, city_in
from tests.service.house.built import Built


@pytest.fixture(scope="session")
def sqlite_city(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A copy of the city of the pages: nobody changes it for good."""
    city = city_in(shared_folder / "demo-city")
    engine = make_engine(f"sqlite:///{city.copied_to(tmp_path_factory.mktemp('city') / 'booking.db')}")
    yield Built(Sessions(engine, city.keyring))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_city(postgresql_copies: Copies, keyring: Keyring) -> Iterator[Built]:
    """The same city, built there: it costs half a minute, so the tests of it stand together."""
    name = postgresql_copies.take()
    engine = make_engine(postgresql_copies.template.set(database=name).render_as_string(hide_password=False))
    sessions = Sessions(engine, keyring)
    with unit_of_work(sessions) as session:
        policies.seed_calendar(session, [2026], actor=SYSTEM, now=NOW)
    logins = build_demo(sessions, NOW, learners=LEARNERS, vehicles=VEHICLES, echo=lambda line: None)
    yield Built(sessions, logins)
    engine.dispose()
    postgresql_copies.drop(name)
