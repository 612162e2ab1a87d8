"""Every wait of every class under every dated rule set, against a table written out here and not imported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking.exams.rules.facts import Attempt, Facts, Kind, LicenceClass
from booking.exams.rules.orders import rules_on
from booking.exams.rules.settings import Settings
from tests.unit.exams.learners import DEFAULTS, MEI, absent, codes, failed, passed, reasons

RULE_SETS = ("139", "139-2021", "162", "172")
DAY_WITHIN = {
    "139": date(2018, 6, 1),
    "139-2021": date(2021, 9, 1),
    "162": date(2023, 6, 1),
    "172": date(2026, 6, 1),
}

# class: first licence?, then (subject 2, road first, road upgrade) under each of the four sets; None: no such test
WAITS: dict[str, tuple[bool, dict[str, tuple[int, int | None, int | None] | None]]] = {
    "A1": (False, {"139": (20, 40, 40), "139-2021": (20, 40, 30), "162": (20, 40, 30), "172": (20, 40, 30)}),
    "A2": (False, {"139": (20, 40, 40), "139-2021": (20, 40, 30), "162": (20, 40, 30), "172": (20, 40, 30)}),
    "A3": (True, {"139": (20, 40, 40), "139-2021": (20, 40, 30), "162": (20, 40, 30), "172": (20, 40, 30)}),
    "B1": (False, {"139": (20, 40, 40), "139-2021": (20, 40, 30), "162": (20, 40, 30), "172": (20, 40, 30)}),
    "B2": (True, {"139": (20, 40, 40), "139-2021": (20, 40, 30), "162": (20, 40, 30), "172": (20, 40, 30)}),
    "C1": (True, {"139": (10, 30, 30), "139-2021": (10, 30, 30), "162": (10, 30, 30), "172": (10, 30, 30)}),
    "C2": (True, {"139": (10, 30, 30), "139-2021": (10, 20, 20), "162": (10, 20, 20), "172": (10, 20, 20)}),
    # 139: 20 or 30 for C3 and C4, unverified; the default is 30
    "C3": (True, {"139": (10, 30, 30), "139-2021": (10, 30, 30), "162": (10, 20, 20), "172": (10, 20, 20)}),
    "C4": (True, {"139": (10, 30, 30), "139-2021": (10, 30, 30), "162": (10, 20, 20), "172": (10, 20, 20)}),
    "C5": (True, {"139": (10, 30, 30), "139-2021": (10, 30, 30), "162": (10, 20, 20), "172": (10, 20, 20)}),
    "C6": (False, {"139": None, "139-2021": None, "162": (20, None, None), "172": (20, None, None)}),
    "D": (True, {"139": (0, 0, 0), "139-2021": (0, 0, 0), "162": (0, 0, 0), "172": (0, 0, 0)}),
    "E": (True, {"139": (0, 0, 0), "139-2021": (0, 0, 0), "162": (0, 0, 0), "172": (0, 0, 0)}),
    "F": (True, {"139": (0, 0, 0), "139-2021": (0, 0, 0), "162": (0, 0, 0), "172": (0, 0, 0)}),
    "M": (True, {"139": (10, 30, 30), "139-2021": (10, 30, 30), "162": (10, 30, 30), "172": (10, 30, 30)}),
    "N": (True, {"139": (10, 30, 30), "139-2021": (10, 30, 30), "162": (10, 30, 30), "172": (10, 30, 30)}),
    "P": (True, {"139": (10, 30, 30), "139-2021": (10, 30, 30), "162": (10, 30, 30), "172": (10, 30, 30)}),
}
SUBJECT_2, ROAD_FIRST, ROAD_UPGRADE = 0, 1, 2


Row = tuple[str, str, str, str, int]


def rows() -> list[Row]:
    """Rule set, class, kind, subject, days: one row for each wait that exists for an admissible application."""
    table = []
    for licence_class, (first_allowed, waits) in WAITS.items():
        for rule_set, numbers in waits.items():
            for kind in ("first", "upgrade") if first_allowed else ("upgrade",):
                column = ROAD_FIRST if kind == "first" else ROAD_UPGRADE
                for subject, days in (
                    ("subject_2", numbers and numbers[SUBJECT_2]),
                    ("road", numbers and numbers[column]),
                ):
                    if days is not None:
                        table.append((rule_set, licence_class, kind, subject, days))
    return table


def applicant(licence_class: str, kind: str, *, permit: date) -> Facts:
    """Thirty years old, subject 1 passed the day before the permit."""
    return Facts(
        licence_class=LicenceClass(licence_class),
        kind=Kind(kind),
        held_class=None,
        born_on=permit.replace(year=permit.year - 30, day=1),
        accepted_on=permit - timedelta(days=20),
        permit_issued_on=permit,
        permit_valid_until=permit + timedelta(days=1000),
        attempts=(passed("subject_1", permit - timedelta(days=1)),),
    )


def test_the_table_has_every_class_and_every_rule_set() -> None:
    assert list(WAITS) == [licence_class.value for licence_class in LicenceClass]
    assert {rule_set for _, waits in WAITS.values() for rule_set in waits} == set(RULE_SETS)


@pytest.mark.parametrize("offset", [-1, 0, 1])
@pytest.mark.parametrize("row", rows(), ids=lambda row: "-".join(map(str, row)))
def test_a_test_opens_when_the_days_after_the_permit_are_over(row: Row, offset: int) -> None:
    rule_set, licence_class, kind, subject, days = row
    today = DAY_WITHIN[rule_set]
    opens = today - timedelta(days=offset)
    facts = applicant(licence_class, kind, permit=opens - timedelta(days=days))
    code = "road-too-soon" if subject == "road" else "subject-2-too-soon"

    found = reasons(facts, subject, today=today, exam_day=today + timedelta(days=90))

    assert rules_on(today).key == rule_set
    assert list(found) == ([code] if offset < 0 else [])
    if offset < 0:
        assert found[code].earliest == opens


@pytest.mark.parametrize(
    ("today", "subject", "basis"),
    [
        (
            date(2016, 3, 15),
            "subject_2",
            "Order 139, art. 40 (number not confirmed), applied to a day before 2016-04-01",
        ),
        (date(2016, 4, 1), "subject_2", "Order 139, art. 40 (number not confirmed)"),
        (date(2016, 4, 1), "road", "Order 139, art. 41 (number not confirmed)"),
        (date(2021, 6, 1), "subject_2", "Order 139, art. 40 (number not confirmed)"),
        (date(2021, 6, 1), "road", "Order 139, art. 41 (number not confirmed), as changed on 2021-06-01"),
        (date(2022, 4, 1), "subject_2", "Order 162, art. 43"),
        (date(2022, 4, 1), "road", "Order 162, art. 44"),
        (date(2025, 1, 1), "road", "Order 172, art. 44"),
    ],
)
def test_a_wait_names_the_order_in_force_on_the_day_of_booking(today: date, subject: str, basis: str) -> None:
    (refusal,) = reasons(applicant("C1", "first", permit=today), subject, today=today, exam_day=None).values()

    assert refusal.basis == basis


@pytest.mark.parametrize(
    ("today", "key"),
    [
        (date(2015, 1, 1), "before-139"),
        (date(2016, 3, 31), "before-139"),
        (date(2016, 4, 1), "139"),
        (date(2021, 5, 31), "139"),
        (date(2021, 6, 1), "139-2021"),
        (date(2022, 3, 31), "139-2021"),
        (date(2022, 4, 1), "162"),
        (date(2024, 12, 31), "162"),
        (date(2025, 1, 1), "172"),
        (date(2030, 1, 1), "172"),
    ],
)
def test_each_day_has_the_rules_of_its_order(today: date, key: str) -> None:
    assert rules_on(today).key == key


@pytest.mark.parametrize(
    ("permit", "opens"),
    [
        (date(2021, 5, 1), date(2021, 5, 31)),  # thirty days are over before the change
        (date(2021, 5, 5), date(2021, 6, 1)),  # on 06-01 twenty days are enough
        (date(2021, 5, 20), date(2021, 6, 9)),  # twenty days end after the change
    ],
)
def test_a_wait_that_meets_a_shorter_rule_ends_by_it(permit: date, opens: date) -> None:
    found = reasons(applicant("C2", "first", permit=permit), "road", today=permit, exam_day=None)

    assert found["road-too-soon"].earliest == opens


@pytest.mark.parametrize(("held", "days"), [("C1", 30), ("B2", 30), (None, 30), ("E", 40), ("N", 40)])
def test_only_holders_of_a_car_class_have_the_short_road_wait(held: str | None, days: int) -> None:
    today = date(2026, 6, 1)
    facts = replace(applicant("A3", "upgrade", permit=today), held_class=LicenceClass(held) if held else None)

    found = reasons(facts, "road", today=today, exam_day=None)

    assert found["road-too-soon"].earliest == today + timedelta(days=days)


@pytest.mark.parametrize(
    ("first_day_counts", "opens"),
    [
        (True, date(2026, 11, 11)),  # common practice: D+10
        (False, date(2026, 11, 12)),  # Civil Code art. 201 leaves the first day out: D+11
    ],
)
def test_ten_days_from_the_first_of_november_end_as_the_office_counts(first_day_counts: bool, opens: date) -> None:
    settings = Settings(first_day_counts=first_day_counts)
    day = date(2026, 11, 1)
    facts = applicant("C1", "first", permit=day)
    failing = replace(MEI, attempts=(*MEI.attempts, failed("road", day)))

    permit = reasons(facts, "subject_2", today=day, exam_day=None, settings=settings)
    rebooking = reasons(failing, "road", today=day, exam_day=None, settings=settings)

    assert permit["subject-2-too-soon"].earliest == opens
    assert rebooking["too-soon-after-failure"].earliest == opens


@pytest.mark.parametrize("first_day_counts", [True, False])
def test_no_named_wait_is_no_wait_however_days_are_counted(first_day_counts: bool) -> None:
    day = date(2026, 6, 1)
    settings = Settings(first_day_counts=first_day_counts)

    assert codes(applicant("E", "first", permit=day), "subject_2", today=day, settings=settings) == []


@pytest.mark.parametrize(
    ("exam_day", "expected"),
    [
        (date(2026, 6, 10), ["subject-2-too-soon"]),  # D+9
        (date(2026, 6, 11), []),  # D+10, though booked on D
        (None, []),  # no day chosen: nothing to compare
    ],
)
def test_a_wait_may_apply_to_the_exam_day_instead(exam_day: date | None, expected: list[str]) -> None:
    day = date(2026, 6, 1)
    settings = Settings(wait_applies_to="exam_date")
    facts = applicant("C1", "first", permit=day)

    assert codes(facts, "subject_2", today=day, exam_day=exam_day, settings=settings) == expected


@pytest.mark.parametrize(
    ("settings", "licence_class", "subject", "days"),
    [
        (Settings(road_wait_c3_c4_139=20), "C3", "road", 20),
        (Settings(road_wait_c5_139=20), "C5", "road", 20),
        (Settings(road_wait_special_139=40), "M", "road", 40),
        (Settings(subject_2_wait_small_139=12), "C1", "subject_2", 12),
        (Settings(subject_2_wait_large_139=25), "B2", "subject_2", 25),
        (Settings(subject_2_wait_special_139=15), "P", "subject_2", 15),
        (Settings(motorcycle_wait_139=10), "E", "road", 10),
    ],
)
def test_unsettled_waits_of_order_139_are_settings(
    settings: Settings, licence_class: str, subject: str, days: int
) -> None:
    today = date(2018, 6, 1)
    facts = applicant(licence_class, "first", permit=today)

    (refusal,) = reasons(facts, subject, today=today, exam_day=None, settings=settings).values()

    assert refusal.earliest == today + timedelta(days=days)


@pytest.mark.parametrize(
    ("subject", "outcome", "days_since", "expected"),
    [
        ("subject_1", failed, 0, []),  # art. 47 names no wait for subject 1
        ("subject_1", absent, 0, []),
        ("subject_2", failed, 9, ["too-soon-after-failure"]),  # art. 47: ten days
        ("subject_2", failed, 10, []),
        ("subject_2", absent, 9, ["too-soon-after-absence"]),  # art. 46: absence is failure
        ("subject_2", absent, 10, []),
        ("road", failed, 9, ["too-soon-after-failure"]),
        ("road", failed, 10, []),
        ("road", absent, 9, ["too-soon-after-absence"]),
        ("road", absent, 10, []),
        ("safety", failed, 9, ["too-soon-after-failure"]),  # art. 30: subject 3 is road and safety
        ("safety", failed, 10, []),
    ],
)
def test_ten_days_pass_after_a_failure_or_absence(
    subject: str, outcome: Callable[[str, date], Attempt], days_since: int, expected: list[str]
) -> None:
    today = date(2026, 6, 1)
    attempt = outcome(subject, today - timedelta(days=days_since))
    before = [passed(earlier, today - timedelta(days=50)) for earlier in EARLIER[subject]]

    assert codes(replace(MEI, attempts=(*before, attempt)), subject) == expected


EARLIER = {
    "subject_1": (),
    "subject_2": ("subject_1",),
    "road": ("subject_1",),
    "safety": ("subject_1", "subject_2", "road"),
}


def test_the_ten_days_hold_for_the_failed_subject_only() -> None:
    facts = replace(MEI, attempts=(*MEI.attempts, failed("subject_2", date(2026, 6, 1))))

    assert codes(facts, "road") == []


def test_the_ten_days_count_from_the_latest_attempt_whatever_the_order_of_the_list() -> None:
    attempts = (failed("road", date(2026, 5, 30)), failed("road", date(2026, 5, 1)))
    facts = replace(MEI, attempts=(*attempts, *MEI.attempts))

    found = reasons(facts, "road")

    assert found["too-soon-after-failure"].earliest == date(2026, 6, 9)


def test_the_office_may_leave_the_safety_exam_out_of_the_ten_days() -> None:
    before = [passed(earlier, date(2026, 4, 1)) for earlier in EARLIER["safety"]]
    facts = replace(MEI, attempts=(*before, failed("safety", date(2026, 6, 1))))

    assert codes(facts, "safety", settings=replace(DEFAULTS, ten_days_cover_safety=False)) == []
