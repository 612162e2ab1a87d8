"""When the calendar knows a year."""

from datetime import date, timedelta

from booking.policies.rules.holidays import HOLIDAYS_OF_A_KNOWN_YEAR, unknown_years

NEW_YEAR = date(2027, 1, 1)


def days_off(count: int, first: date = NEW_YEAR) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def test_a_year_without_entries_is_unknown() -> None:
    assert unknown_years(date(2026, 11, 22), date(2027, 1, 10), days_off(7, date(2026, 10, 1))) == [2027]


def test_a_single_day_of_the_office_does_not_make_a_year_known() -> None:
    assert unknown_years(NEW_YEAR, NEW_YEAR, days_off(1)) == [2027]
    assert unknown_years(NEW_YEAR, NEW_YEAR, days_off(HOLIDAYS_OF_A_KNOWN_YEAR - 1)) == [2027]


def test_a_year_with_its_holidays_is_known() -> None:
    assert unknown_years(NEW_YEAR, NEW_YEAR, days_off(HOLIDAYS_OF_A_KNOWN_YEAR)) == []
