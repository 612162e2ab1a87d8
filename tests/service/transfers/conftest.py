"""Sessions for tests in which the database decides nothing."""

from collections.abc import Callable

import pytest

from booking.kernel.db import Sessions


@pytest.fixture
def sqlite(sqlite_url: str, open_sessions: Callable[[str], Sessions]) -> Sessions:
    return open_sessions(sqlite_url)
