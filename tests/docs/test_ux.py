"""What docs/ux.md promises to people is proved by tests and shown on pages that exist."""

import re
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException

from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from config import read_settings
from tests.applications import application

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "ux.md").read_text(encoding="utf-8")
ITEMS = [line for line in TEXT.splitlines() if line.startswith("- [")]
NAMED = re.compile(r"`([^`]+)`")


def proofs(item: str) -> list[str]:
    """Return what stands behind the dash."""
    return NAMED.findall(item.rpartition(" — ")[2])


def is_there(proof: str) -> bool:
    """Say whether a file of tests, or one test of it, exists."""
    file, _, name = proof.partition("::")
    path = ROOT / file
    return path.is_file() and (not name or f"\ndef {name}(" in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item[6:46])
def test_every_promise_is_kept_and_names_tests_that_exist(item: str) -> None:
    tests = [proof for proof in proofs(item) if not proof.startswith("/")]

    assert item.startswith("- [x] ")
    assert tests
    assert [proof for proof in tests if not is_there(proof)] == []


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_every_page_that_is_named_exists(sessions: Sessions, clock: FixedClock, tmp_path: Path) -> None:
    settings = read_settings({"BOOKING_DATA": str(tmp_path), "BOOKING_DEMO": "1"})
    router = application(settings, sessions, clock).url_map.bind("localhost")
    lost = []
    for page in {proof for item in ITEMS for proof in proofs(item) if proof.startswith("/")}:
        try:
            router.match(page, "GET")
        except HTTPException:
            lost.append(page)

    assert lost == []


def test_a_test_or_page_that_is_not_there_would_be_noticed() -> None:
    assert is_there("tests/docs/test_ux.py")
    assert is_there("tests/docs/test_ux.py::test_every_page_that_is_named_exists")
    assert not is_there("tests/docs/test_none.py")
    assert not is_there("tests/docs/test_ux.py::test_none")


def test_each_role_has_its_part() -> None:
    parts = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)

    assert {"Every page", "Learner", "Car owner", "Clerk", "Supervisor", "Public"} <= set(parts)
    assert len(ITEMS) > 50
