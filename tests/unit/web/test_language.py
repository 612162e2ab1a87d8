"""How numbers, lists, days and hours are written in both languages, and what is marked as foreign."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from booking.kernel.errors import Wording
from booking.web import language as written

EVENING = datetime(2026, 12, 7, 16, tzinfo=UTC)  # midnight at the office, the end of 7 December
MORNING = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__)
    written.install(app)
    return app


@pytest.fixture(params=["zh", "en"])
def reader(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context(headers={"Cookie": f"language={request.param}"}):
        yield request.param


def test_an_hour_stands_behind_its_day(reader: str) -> None:
    assert written.moment(MORNING) == {"zh": "12月1日（星期二）08:30", "en": "Tue 1 Dec 08:30"}[reader]


def test_midnight_is_the_end_of_the_day_before(reader: str) -> None:
    assert written.until(EVENING) == {"zh": "12月7日（星期一）24:00", "en": "Mon 7 Dec 24:00"}[reader]


def test_several_words_are_parted_as_the_language_parts_them(reader: str) -> None:
    assert written.listed(["C1", "C2"]) == {"zh": "C1、C2", "en": "C1, C2"}[reader]


def test_thousands_are_set_apart_and_nothing_else_is_touched(reader: str) -> None:
    assert [written.number(value) for value in (25464, 999, "25464", None, True)] == [
        "25,464", "999", "25464", None, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("受台风影响", {"en": "zh-Hans-CN"}),
        ("Power cut", {"zh": "en"}),
        ("C1 停考", {"en": "zh-Hans-CN"}),
        ("08:30", {}),
        ("", {}),
    ],
)
def test_what_was_typed_in_the_other_language_is_marked_as_such(
    reader: str, typed: str, tags: dict[str, str]
) -> None:
    assert written.foreign(typed) == tags.get(reader, "")


def test_a_wording_parts_its_words_and_writes_its_days_by_language() -> None:
    wording = Wording("只考 {classes}", "only {classes}")

    assert wording.filled("zh", {"classes": ("C1", "C2")}) == "只考 C1、C2"
    assert wording.filled("en", {"classes": ("C1", "C2")}) == "only C1, C2"
