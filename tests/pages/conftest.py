"""One city and one gallery of sights for a whole run, whichever processes look at them."""

import os
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir

import pytest

from tests.conftest import MEMORY
from tests.pages.city import City, city_in
from tests.pages.sights import Gallery


def folder_of(run: int) -> Path:
    """Return the folder of a run by its first process; the databases' fixture sweeps up what a killed one left."""
    return (MEMORY if MEMORY.is_dir() else Path(gettempdir())) / f"booking-tests-{run}-pages"


def pytest_sessionfinish() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        rmtree(folder_of(os.getpid()), ignore_errors=True)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """A folder that all processes of this run see. Not among pytest's own: a run beside this one tidies those up."""
    return folder_of(os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid())


@pytest.fixture(scope="session")
def demo_city(shared_folder: Path) -> City:
    return city_in(shared_folder / "demo-city")


@pytest.fixture(scope="session")
def gallery(demo_city: City, shared_folder: Path) -> Gallery:
    return Gallery(demo_city, shared_folder / "sights")
