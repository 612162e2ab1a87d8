"""Who is let in, by the clock and by the state of the booking; the identity comes before anything is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.rosters.rules.admission import Door, Facts, clock_refused, refused
from booking.rosters.rules.refused import WORDINGS, Refused

STARTS = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 at the office
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
DOOR = Door(early=60 * MINUTE, late=30 * MINUTE, offline=timedelta(hours=6))
FACTS = Facts(
    booking_state="confirmed",
    is_here=True,
    site="麻章考场",
    site_en="Mazhang",
    day=date(2026, 11, 24),
    starts_at=STARTS,
    is_withdrawn=False,
    is_closed=False,
    checked_in_at=None,
    tail="123X",
    shown_tail="123X",
    needs_tail=True,
)


def code(facts: Facts = FACTS, at: datetime = STARTS) -> str:
    why = refused(facts, DOOR, at=at)
    return why.code if why else ""


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (STARTS - 60 * MINUTE - SECOND, "too-early"),
        (STARTS - 60 * MINUTE, ""),
        (STARTS + 30 * MINUTE - SECOND, ""),
        (STARTS + 30 * MINUTE, "too-late"),
        (STARTS - timedelta(hours=11), "other-day"),
    ],
)
def test_check_in_has_its_hours_to_the_second(at: datetime, expected: str) -> None:
    assert code(at=at) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"shown_tail": ""}, "identity-missing"),
        ({"shown_tail": "", "needs_tail": False}, ""),  # a ticket or a whole number
        ({"shown_tail": "0000", "needs_tail": False}, "identity-differs"),
        ({"shown_tail": "0000", "booking_state": "absent", "is_here": False}, "identity-differs"),
        ({"is_here": False}, "other-site"),
        ({"booking_state": "cancelled", "is_here": False}, "cancelled"),
        ({"booking_state": "cancelled_by_office"}, "slot-withdrawn"),
        ({"is_withdrawn": True}, "slot-withdrawn"),
        ({"booking_state": "absent", "is_closed": True}, "absent"),
        ({"booking_state": "passed"}, "tested"),
        ({"booking_state": "attended"}, "checked-in"),
        ({"is_closed": True}, "roster-closed"),
    ],
)
def test_the_first_reason_against_it_is_told(changed: dict[str, Any], expected: str) -> None:
    assert code(replace(FACTS, **changed)) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (STARTS + 2 * MINUTE, None),
        (STARTS + 2 * MINUTE + SECOND, "clock-ahead"),
        (STARTS - timedelta(hours=6), None),
        (STARTS - timedelta(hours=6) - SECOND, "clock-behind"),
    ],
)
def test_the_clock_of_a_device_is_honoured_within_bounds(at: datetime, expected: str | None) -> None:
    why = clock_refused(DOOR, at=at, now=STARTS)

    assert (why and why.code) == expected


def test_every_refusal_says_in_both_languages_what_is_wrong_and_what_to_do() -> None:
    gaps = ("clock", "site", "site_en", "day", "mark", "counts_zh", "counts_en", "numbers")
    facts = dict.fromkeys(gaps, "-")
    for name in WORDINGS:
        why = Refused(name, facts)
        said = [why.what("zh"), why.then("zh"), why.what("en"), why.then("en")]
        assert all(said)
        assert len(set(said)) == len(said)
