"""How numbers, lists, days and hours are written in both languages, and what is marked as foreign."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from markupsafe import Markup

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


@dataclass(frozen=True)
class Shift:
    starts_at: datetime = MORNING
    ends_at: datetime = MORNING + timedelta(minutes=90)


def test_no_line_breaks_a_span_of_hours_and_the_day_may_stand_on_the_line_above(reader: str) -> None:
    hours = "08:30\u2060–\u206010:00"
    assert written.day_span(Shift()) == {"zh": f"12月1日（星期二）{hours}", "en": f"Tue 1 Dec {hours}"}[reader]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请致电0759-0000000。", "请致电0759\u2060-\u20600000000。"),
        ("Mon–Fri 08:30–12:00", "Mon–Fri 08:30\u2060–\u206012:00"),
        ("+86 759 000 0000", "+86 759 000 0000"),
    ],
)
def test_telephone_numbers_and_hours_are_kept_whole_and_words_are_not(text: str, shown: str) -> None:
    assert written.whole(text) == shown
    assert shown.replace(written.JOINER, "") == text


def test_midnight_is_the_end_of_the_day_before(reader: str) -> None:
    assert written.until(EVENING) == {"zh": "12月7日（星期一）24:00", "en": "Mon 7 Dec 24:00"}[reader]


def test_a_day_of_long_ago_has_no_weekday(reader: str) -> None:
    assert written.date_only(date(1990, 3, 7)) == {"zh": "1990年3月7日", "en": "7 March 1990"}[reader]


def test_several_words_are_parted_as_the_language_parts_them(reader: str) -> None:
    assert written.listed(["C1", "C2"]) == {"zh": "C1、C2", "en": "C1, C2"}[reader]


def test_thousands_are_set_apart_and_nothing_else_is_touched(reader: str) -> None:
    assert [written.number(value) for value in (25464, 999, "25464", None, True)] == [
        "25,464", "999", "25464", None, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("受台风影响", {"en": '<span lang="zh-Hans-CN">受台风影响</span>'}),
        ("C1 停考", {"en": '<span lang="zh-Hans-CN">C1 停考</span>'}),
        ("on request: 到窗口办理。", {"en": 'on request: <span lang="zh-Hans-CN">到窗口办理。</span>'}),
        ("粤G·1***5 · small car", {"en": '<span lang="zh-Hans-CN">粤G·1***5</span> · small car'}),
        ("Power cut", {"zh": '<span lang="en">Power cut</span>'}),
        ("<b>停电</b>", {"en": '<span lang="zh-Hans-CN">&lt;b&gt;停电&lt;/b&gt;</span>'}),
        ("学员.xlsx", {"en": '<span lang="zh-Hans-CN">学员.xlsx</span>'}),
        ("K7MP2QXDAB", {}),
        ("08:30", {}),
        ("", {}),
    ],
)
def test_what_was_typed_in_the_other_language_is_marked_as_such(
    reader: str, typed: str, marked: dict[str, str]
) -> None:
    assert written.spoken(typed) == marked.get(reader, typed)


def test_what_is_no_text_or_marked_already_stays_as_it_is(reader: str) -> None:
    assert [written.spoken(value) for value in (7, None, Markup("<b>停电</b>"))] == [7, None, Markup("<b>停电</b>")]


def test_a_wording_parts_its_words_and_writes_its_days_by_language() -> None:
    wording = Wording("只考 {classes}", "only {classes}")

    assert wording.filled("zh", {"classes": ("C1", "C2")}) == "只考 C1、C2"
    assert wording.filled("en", {"classes": ("C1", "C2")}) == "only C1, C2"
