"""The way to a licence: subjects, permit, and the results that count."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from booking.exams.rules.facts import Attempt, Kind, LicenceClass, Subject
from booking.exams.rules.orders import pass_mark, rules_on
from booking.exams.rules.path import (
    assessment_needed,
    bookings_used,
    needed_subjects,
    permit_day,
    permit_end,
    valid_passes,
)
from booking.exams.rules.settings import Settings
from tests.unit.exams.learners import DEFAULTS, MEI, TODAY, absent, ago, failed, passed, with_attempts

ALL = ["subject_1", "subject_2", "road", "safety"]
WITHOUT_1 = ["subject_2", "road", "safety"]
TRAILER = ["subject_2", "safety"]


@pytest.mark.parametrize(
    ("kind", "held", "licence_class", "expected"),
    [
        ("first", None, "C1", ALL),
        ("first", None, "C2", ALL),
        ("upgrade", "C1", "B2", ALL),
        ("upgrade", "C2", "C1", WITHOUT_1),  # art. 30
        ("upgrade", "C1", "C2", ALL),  # the list is not read backwards
        ("upgrade", "F", "D", WITHOUT_1),
        ("upgrade", "F", "E", WITHOUT_1),
        ("upgrade", "E", "D", WITHOUT_1),
        ("upgrade", "D", "E", ALL),
        ("upgrade", "C1", "D", ALL),
        ("upgrade", None, "C1", ALL),  # what is held is not known: nothing is spared
        ("upgrade", "C1", "C6", TRAILER),
        ("upgrade", "A1", "C6", TRAILER),
    ],
)
def test_an_application_needs_the_subjects_of_article_30(
    kind: str, held: str | None, licence_class: str, expected: list[str]
) -> None:
    facts = replace(
        MEI,
        kind=Kind(kind),
        held_class=LicenceClass(held) if held else None,
        licence_class=LicenceClass(licence_class),
    )

    assert list(needed_subjects(facts, TODAY, DEFAULTS)) == expected


@pytest.mark.parametrize(("reduced", "expected"), [(True, WITHOUT_1), (False, ALL)])
def test_reduced_sets_under_order_139_are_a_setting(reduced: bool, expected: list[str]) -> None:
    facts = replace(MEI, kind=Kind.UPGRADE, held_class=LicenceClass.C2)
    settings = Settings(reduced_sets_139=reduced)

    assert list(needed_subjects(facts, date(2018, 6, 1), settings)) == expected
    assert list(needed_subjects(facts, date(2022, 4, 1), settings)) == WITHOUT_1


def test_the_permit_is_issued_on_acceptance_when_subject_1_is_not_needed() -> None:
    new = replace(MEI, permit_issued_on=None, permit_valid_until=None, attempts=())
    automatic_to_manual = replace(new, kind=Kind.UPGRADE, held_class=LicenceClass.C2)

    assert permit_day(new, TODAY, DEFAULTS) is None
    assert permit_end(new, TODAY, DEFAULTS) is None
    assert permit_day(automatic_to_manual, TODAY, DEFAULTS) == MEI.accepted_on


@pytest.mark.parametrize(
    ("licence_class", "born_on", "issued", "recorded", "end"),
    [
        ("C1", date(1996, 3, 3), date(2026, 2, 21), None, date(2029, 2, 21)),  # art. 41: three years
        ("C1", date(1996, 3, 3), date(2024, 2, 29), None, date(2027, 2, 28)),
        ("C1", date(1950, 3, 3), date(2026, 2, 21), None, date(2029, 2, 21)),  # no age limit
        ("B2", date(1965, 3, 3), date(2026, 2, 21), None, date(2028, 3, 3)),  # never past 63
        ("B2", date(1963, 3, 3), date(2022, 5, 1), None, date(2023, 3, 3)),  # 60 when it was issued
        ("C1", date(1996, 3, 3), date(2026, 2, 21), date(2027, 1, 1), date(2027, 1, 1)),  # the record wins
    ],
)
def test_a_permit_lasts_three_years_and_never_past_the_age_limit(
    licence_class: str, born_on: date, issued: date, recorded: date | None, end: date
) -> None:
    facts = replace(
        MEI,
        licence_class=LicenceClass(licence_class),
        born_on=born_on,
        permit_issued_on=issued,
        permit_valid_until=recorded,
    )

    assert permit_end(facts, TODAY, DEFAULTS) == end


def test_results_are_void_the_day_after_the_permit_ran_out() -> None:
    facts = replace(MEI, permit_valid_until=TODAY)

    assert valid_passes(facts, TODAY, DEFAULTS) == {Subject.SUBJECT_1}
    assert valid_passes(facts, date(2026, 6, 2), DEFAULTS) == frozenset()


def test_results_stay_when_everything_was_passed_before_the_permit_ran_out() -> None:
    facts = with_attempts(passed("subject_2", ago(50)), passed("road", ago(40)), passed("safety", ago(40)))
    facts = replace(facts, permit_valid_until=ago(10))

    assert valid_passes(facts, TODAY, DEFAULTS) == set(Subject)


@pytest.mark.parametrize("failing", ["subject_2", "road"])
@pytest.mark.parametrize("last", [failed, absent])
def test_the_fifth_failure_voids_the_other_subjects(failing: str, last: Callable[[str, date], Attempt]) -> None:
    other = "road" if failing == "subject_2" else "subject_2"
    four = [passed(other, ago(99)), *(failed(failing, ago(90 - 10 * n)) for n in range(4))]

    after_four = valid_passes(with_attempts(*four), TODAY, DEFAULTS)
    after_five = valid_passes(with_attempts(*four, last(failing, ago(10))), TODAY, DEFAULTS)

    assert after_four == {Subject.SUBJECT_1, Subject(other)}
    assert after_five == frozenset()


def test_failing_the_safety_exam_leaves_the_road_test_valid() -> None:
    facts = with_attempts(
        passed("subject_2", ago(90)),
        passed("road", ago(80)),
        *(failed("safety", ago(70 - 10 * n)) for n in range(6)),
    )

    assert valid_passes(facts, TODAY, DEFAULTS) == {Subject.SUBJECT_1, Subject.SUBJECT_2, Subject.ROAD}


def test_a_live_booking_and_an_absence_are_used_bookings() -> None:
    facts = replace(with_attempts(absent("road", ago(30))), live={Subject.ROAD: TODAY})

    assert bookings_used(facts, Subject.ROAD) == 2
    assert bookings_used(facts, Subject.SUBJECT_2) == 0


@pytest.mark.parametrize(
    ("on", "needed"),
    [(date(2026, 5, 31), False), (date(2026, 6, 1), True), (date(2021, 6, 1), False)],
)
def test_from_seventy_an_assessment_comes_first(on: date, needed: bool) -> None:
    assert assessment_needed(replace(MEI, born_on=date(1956, 6, 1)), on) == needed


def test_no_assessment_was_known_before_order_162() -> None:
    assert not assessment_needed(replace(MEI, born_on=date(1940, 6, 1)), date(2021, 6, 1))


PASS_90 = {"A1", "A2", "A3", "B1", "B2", "C6"}  # art. 38: subject 2; the others 80


@pytest.mark.parametrize("on", [date(2018, 6, 1), date(2021, 9, 1), date(2023, 6, 1), date(2026, 6, 1)])
def test_pass_marks_are_those_of_article_38(on: date) -> None:
    for licence_class in rules_on(on).classes:
        assert pass_mark(licence_class, Subject.SUBJECT_2, on) == (90 if licence_class in PASS_90 else 80)
        assert {pass_mark(licence_class, subject, on) for subject in set(Subject) - {Subject.SUBJECT_2}} == {90}
