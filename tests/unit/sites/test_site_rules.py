"""On which days a site is open, and what a site can be called and offer."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.calendar import WorkingDays
from booking.kernel.errors import InvalidInputError
from booking.lines import LINES
from booking.sites.rules.site import SERVICES, Offer, SiteFacts, check, class_list, is_open, site_code

WEEK, SATURDAYS_TOO, TUESDAYS = "12345", "123456", "2"
WORKED_WEEKENDS = (
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
)
# From the notice for 2026, weekend days of the holidays included.
CALENDAR_2026 = WorkingDays(
    {
        **{date(2026, 2, number): False for number in range(15, 24)},
        **{date(2026, 10, number): False for number in range(1, 8)},
        **dict.fromkeys(WORKED_WEEKENDS, True),
    }
)
FACTS = SiteFacts("4408-A", "exams", "测试考场", "麻章区", "测试路1号", offers=(Offer("subject_2", "C1,C2"),))


@pytest.mark.parametrize(
    ("habit", "day", "expected"),
    [
        (WEEK, date(2026, 9, 30), True),
        (WEEK, date(2026, 10, 1), False),  # National Day
        (WEEK, date(2026, 10, 7), False),
        (WEEK, date(2026, 10, 8), True),
        (WEEK, date(2026, 10, 11), False),  # an ordinary Sunday
        (WEEK, date(2026, 2, 16), False),  # Spring Festival
        (WEEK, date(2026, 2, 24), True),
        (SATURDAYS_TOO, date(2026, 10, 3), False),  # the Saturday of the holiday is a holiday
        (SATURDAYS_TOO, date(2026, 9, 26), True),  # here an ordinary Saturday
        (WEEK, date(2026, 1, 4), True),  # weekend days that are worked
        (WEEK, date(2026, 2, 14), True),
        (WEEK, date(2026, 2, 28), True),
        (WEEK, date(2026, 5, 9), True),
        (WEEK, date(2026, 9, 20), True),
        (WEEK, date(2026, 10, 10), True),
        (TUESDAYS, date(2026, 10, 10), False),  # which weekday it stands for is not known
        (TUESDAYS, date(2026, 10, 13), True),
        ("6", date(2026, 10, 10), True),
        (TUESDAYS, date(2026, 10, 6), False),
        (WEEK, date(2027, 1, 1), True),  # 2027 is not published: the week alone decides
        (WEEK, date(2027, 1, 2), False),
        (SATURDAYS_TOO, date(2027, 1, 2), True),
        ("", date(2026, 9, 30), False),
    ],
)
def test_a_site_is_open_by_its_week_and_the_calendar(habit: str, day: date, expected: bool) -> None:
    assert is_open(habit, day, None, CALENDAR_2026) is expected


@given(st.sampled_from(["", WEEK, SATURDAYS_TOO]), st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans())
def test_what_the_office_sets_for_a_day_comes_before_everything(habit: str, day: date, exception: bool) -> None:
    assert is_open(habit, day, exception, CALENDAR_2026) is exception


def test_a_working_weekend_that_the_office_takes_back_is_closed() -> None:
    assert is_open(WEEK, date(2026, 10, 10), None, WorkingDays({date(2026, 10, 10): False})) is False


@pytest.mark.parametrize("line", LINES)
def test_each_line_finds_its_own_services_at_the_sites(line: str) -> None:
    assert SERVICES[line] == tuple(LINES[line].services)


@pytest.mark.parametrize(("text", "code"), [("4408-a", "4408-A"), (" MZ1 ", "MZ1")])
def test_a_site_code_is_written_in_capitals(text: str, code: str) -> None:
    assert site_code(text) == code


@pytest.mark.parametrize("text", ["", "A", "-A1", "麻章", "A B", "A" * 21, "A/1"])
def test_what_is_no_site_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a site code"):
        site_code(text)


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("", ""),
        ("truck, school_bus", "TRUCK,SCHOOL_BUS"),
        ("c1, c2", "C1,C2"),
        ("A1、A2，B1", "A1,A2,B1"),
        ("C1 C2,", "C1,C2"),
    ],
)
def test_classes_are_written_with_commas(text: str, classes: str) -> None:
    assert class_list(text) == classes


@pytest.mark.parametrize("text", ["小型汽车", "C1;DROP", "C1," * 60 + "C1"])
def test_what_is_no_list_of_classes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a list of classes"):
        class_list(text)


def test_a_whole_site_is_accepted() -> None:
    check(FACTS)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(FACTS, code="a b"), "code"),
        (replace(FACTS, line="ferries"), "line"),
        (replace(FACTS, name=""), "name"),
        (replace(FACTS, name="长" * 81), "name"),
        (replace(FACTS, address=""), "address"),
        (replace(FACTS, district=""), "district"),
        (replace(FACTS, open_weekdays="21"), "open_weekdays"),
        (replace(FACTS, open_weekdays="8"), "open_weekdays"),
        (replace(FACTS, open_weekdays="11"), "open_weekdays"),
        (replace(FACTS, daily_maximum=-1), "daily_maximum"),
        (replace(FACTS, lanes=100), "lanes"),
        (replace(FACTS, offers=(Offer("inspection_small"),)), "offers"),
        (replace(FACTS, offers=(Offer("road"), Offer("road"))), "offers"),
    ],
)
def test_a_site_that_cannot_be_is_refused_by_the_field(wrong: SiteFacts, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check(wrong)

    assert refused.value.field == field
