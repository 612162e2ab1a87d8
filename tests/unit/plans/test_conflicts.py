"""Everything that is wrong with a planned day is found at once, each with its words in both languages."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.calendar import WorkingDays
from booking.plans.rules.conflicts import WORDINGS, Conflict, DayFacts, conflicts
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.plans.rules.timetable import PlanSettings, schedule

DAY = date(2026, 12, 8)
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
TIMETABLE = schedule(DAY, PlanSettings(), WorkingDays())
FACTS = DayFacts(TIMETABLE, daily_maximum=100)
LATE = TIMETABLE.publish_by + timedelta(seconds=1)


def line(starts: str = "08:30", ends: str = "09:30", classes: str = "", ordinary: int = 40) -> PlannedLine:
    return PlannedLine(time.fromisoformat(starts), time.fromisoformat(ends), classes, ordinary)


def codes(*lines: PlannedLine, facts: DayFacts = FACTS, now: datetime = NOW, exempt: bool = False) -> list[str]:
    planned = PlannedDay(DAY, lines or (line(),))
    return [conflict.code for conflict in conflicts(planned, facts, now=now, exempt=exempt)]


def test_a_plan_that_keeps_everything_has_no_conflict() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(FACTS, is_open=False, closed_reason="停电检修"), "closed-day"),
        (replace(FACTS, is_offered=False), "service-not-offered"),
        (replace(FACTS, existing_plan=17), "plan-exists"),
        (replace(FACTS, planned_places=61), "over-daily-maximum"),  # 61 + 40 > 100, all services together
        (replace(FACTS, daily_maximum=0), "no-daily-maximum"),
    ],
)
def test_what_speaks_against_the_site_or_day_is_named(facts: DayFacts, expected: str) -> None:
    assert codes(facts=facts) == [expected]


def test_the_daily_maximum_itself_may_be_reached() -> None:
    assert codes(facts=replace(FACTS, planned_places=60)) == []


def test_a_station_needs_no_daily_maximum() -> None:
    assert codes(line(ordinary=999), facts=replace(FACTS, daily_maximum=None)) == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (line(classes="TRUCK"), []),  # beside a lane for every kind stands one for trucks
        (line("09:00", "10:00"), ["lines-overlap"]),  # the same lanes cannot serve both
    ],
)
def test_a_station_serves_other_kinds_side_by_side(other: PlannedLine, expected: list[str]) -> None:
    assert codes(line(), other, facts=replace(FACTS, with_test_lanes=True)) == expected


def test_a_class_that_the_site_does_not_test_is_named() -> None:
    facts = replace(FACTS, offered=frozenset({"C1", "C2"}))

    assert codes(line(classes="C1,C2"), facts=facts) == []
    assert codes(line(classes="C1,A1"), facts=facts) == ["class-not-offered"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((line("08:30", "09:30"), line("09:30", "10:30")), []),  # [start, end): they may touch
        ((line("08:30", "09:31"), line("09:30", "10:30")), ["lines-overlap"]),
        ((line(classes="C1"), line(classes="C2")), []),  # side by side for different classes
        ((line(classes="C1"), line(classes="C1,C2")), ["lines-overlap"]),
        ((line(classes="C1"), line()), ["lines-overlap"]),  # "" is every class
        ((line("09:30", "09:30"),), ["empty-window"]),
        ((line(ordinary=0),), ["no-places"]),
    ],
)
def test_lines_that_cannot_stand_together_are_named(lines: tuple[PlannedLine, ...], expected: list[str]) -> None:
    assert codes(*lines) == expected


def test_a_day_without_sessions_is_named() -> None:
    assert [c.code for c in conflicts(PlannedDay(DAY, ()), FACTS, now=NOW)] == ["no-lines"]


@pytest.mark.parametrize(
    ("now", "exempt", "expected"),
    [
        (TIMETABLE.publish_by, False, []),  # art. 52: the last lawful instant
        (LATE, False, ["too-late"]),
        (LATE, True, []),  # with a reason and a second person's consent
        (TIMETABLE.closes_at, True, ["no-time-to-book"]),  # an exemption makes no time to book
    ],
)
def test_ten_days_hold_unless_there_is_an_exemption(now: datetime, exempt: bool, expected: list[str]) -> None:
    assert codes(now=now, exempt=exempt) == expected


def test_holidays_can_leave_no_time_to_book() -> None:
    holidays = WorkingDays({DAY - timedelta(days): False for days in range(1, 12)})
    facts = replace(FACTS, timetable=schedule(DAY, PlanSettings(method="first_come"), holidays))

    assert codes(facts=facts) == ["no-time-to-book"]


def test_before_holidays_a_round_is_published_earlier_or_is_too_late() -> None:
    holidays = WorkingDays({DAY - timedelta(days): False for days in range(1, 12)})
    facts = replace(FACTS, timetable=schedule(DAY, PlanSettings(), holidays))

    assert codes(facts=facts, now=facts.timetable.publish_by) == []
    assert codes(facts=facts, now=facts.timetable.publish_by + timedelta(seconds=1)) == ["too-late"]


def test_everything_is_said_at_once() -> None:
    facts = DayFacts(TIMETABLE, 10, is_open=False, is_offered=False, existing_plan=3)

    found = codes(line("10:00", "09:00", "C1", 0), line(), facts=facts, now=LATE)

    assert set(found) == {
        "closed-day", "service-not-offered", "plan-exists", "over-daily-maximum", "empty-window", "no-places",
        "too-late",
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_every_conflict_has_words_in_both_languages(code: str) -> None:
    facts = dict.fromkeys(
        ("reason", "classes", "plan", "places", "maximum", "starts", "ends", "first", "second", "publish_by",
         "opens_at", "closes_at"), "X",
    )  # fmt: skip

    wording = Conflict(DAY, code, facts).wording

    assert wording.zh
    assert wording.en
    assert "{" not in wording.zh + wording.en


rows = st.lists(
    st.tuples(st.integers(7, 20), st.integers(0, 2), st.integers(-1, 60), st.sampled_from(["", "C1", "C2"])),
    max_size=5,
)


@given(rows=rows, maximum=st.integers(0, 200), elsewhere=st.integers(0, 200), open_=st.booleans())
def test_a_day_without_conflicts_always_fits(
    rows: list[tuple[int, int, int, str]], maximum: int, elsewhere: int, open_: bool
) -> None:
    lines = tuple(PlannedLine(time(h), time(h + hours), classes, n) for h, hours, n, classes in rows)
    facts = DayFacts(TIMETABLE, maximum, elsewhere, is_open=open_)

    found = conflicts(PlannedDay(DAY, lines), facts, now=NOW)

    fits = (
        open_
        and lines
        and 0 < sum(one.places for one in lines) + elsewhere <= maximum
        and all(one.starts < one.ends and one.ordinary > 0 for one in lines)
        and not any(a.overlaps(b) for n, a in enumerate(lines) for b in lines[n + 1 :])
    )
    assert (not found) == bool(fits)
