"""One city and one gallery of sights for a whole run, whichever processes look at them."""

from pathlib import Path

import pytest

from tests.pages.city import City, city_in
from tests.pages.sights import Gallery


@pytest.fixture(scope="session")
def demo_city(shared_folder: Path) -> City:
    return city_in(shared_folder / "demo-city")


@pytest.fixture(scope="session")
def gallery(demo_city: City, shared_folder: Path) -> Gallery:
    return Gallery(demo_city, shared_folder / "sights")
