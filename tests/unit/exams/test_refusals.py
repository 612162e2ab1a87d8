"""Which bookings the law refuses, one row per article; refused rows say why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking.exams.rules.facts import Attempt, Facts, Kind, LicenceClass, Subject
from booking.exams.rules.settings import Settings
from tests.unit.exams.learners import (
    DEFAULTS,
    MEI,
    TODAY,
    absent,
    ago,
    codes,
    failed,
    passed,
    reasons,
    with_attempts,
)

BOTH_DRIVING_TESTS = (passed("subject_2", ago(40)), passed("road", ago(20)))


def applying(licence_class: str, kind: str, *, born_on: date = MEI.born_on, student: bool = False) -> Facts:
    return replace(
        MEI,
        licence_class=LicenceClass(licence_class),
        kind=Kind(kind),
        born_on=born_on,
        vocational_student=student,
    )


@pytest.mark.parametrize("subject", ["subject_2", "road"])
def test_a_learner_with_subject_1_and_an_old_permit_may_book_either_driving_test(subject: str) -> None:
    assert codes(MEI, subject) == []


# Art. 14: the class exists from Order 162 on


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2018, 6, 1), ["class-not-in-order"]),  # light trailers came with Order 162
        (date(2022, 3, 31), ["class-not-in-order"]),
        (date(2022, 4, 1), []),
    ],
)
def test_a_light_trailer_licence_exists_since_order_162(today: date, expected: list[str]) -> None:
    facts = replace(
        applying("C6", "upgrade"),
        held_class=LicenceClass.C1,
        accepted_on=today - timedelta(days=60),
        permit_issued_on=today - timedelta(days=60),
        permit_valid_until=None,
    )

    found = reasons(facts, "subject_2", today=today, exam_day=today)

    assert list(found) == expected
    assert all(refusal.earliest == date(2022, 4, 1) for refusal in found.values())


# Art. 16: first licences


@pytest.mark.parametrize("licence_class", ["A1", "A2", "B1", "C6"])
def test_some_classes_come_by_upgrade_only(licence_class: str) -> None:
    assert "class-only-by-upgrade" in codes(applying(licence_class, "first"), "subject_2")
    assert "class-only-by-upgrade" not in codes(applying(licence_class, "upgrade"), "subject_2")


@pytest.mark.parametrize("licence_class", ["A3", "B2", "C1", "C2", "C3", "C4", "C5", "D", "E", "F", "M", "N", "P"])
def test_the_other_classes_may_be_a_first_licence(licence_class: str) -> None:
    assert codes(applying(licence_class, "first"), "subject_2") == []


# Art. 14 (1): ages, as (class, from, to) under Order 139, 162 and 172; None: no limit. Day before, on, after.

AGES_139 = {
    "A1": (26, 50), "A2": (24, 50), "A3": (20, 50), "B1": (21, 50), "B2": (20, 50), "C1": (18, 70), "C2": (18, 70),
    "C3": (18, 60), "C4": (18, 60), "C5": (18, 70), "D": (18, 60), "E": (18, 60), "F": (18, 70), "M": (18, 60),
    "N": (20, 50), "P": (20, 50),
}  # fmt: skip
AGES_162 = {
    "A1": (22, 60), "A2": (22, 60), "A3": (20, 60), "B1": (20, 60), "B2": (20, 60), "C1": (18, None),
    "C2": (18, None), "C3": (18, 60), "C4": (18, 60), "C5": (18, None), "C6": (20, 60), "D": (18, 60), "E": (18, 60),
    "F": (18, None), "M": (18, 60), "N": (20, 60), "P": (20, 60),
}  # fmt: skip
AGES_172 = {
    "A1": (22, 63), "A2": (22, 63), "A3": (20, 63), "B1": (20, 63), "B2": (20, 63), "C1": (18, None),
    "C2": (18, None), "C3": (18, 63), "C4": (18, 63), "C5": (18, None), "C6": (20, 70), "D": (18, 70), "E": (18, 70),
    "F": (18, None), "M": (18, 63), "N": (20, 63), "P": (20, 63),
}  # fmt: skip
AGES = [
    (today, licence_class, youngest, oldest)
    for today, ages in (
        (date(2018, 6, 1), AGES_139),
        (date(2021, 9, 1), AGES_139),
        (date(2023, 6, 1), AGES_162),
        (date(2026, 6, 1), AGES_172),
    )
    for licence_class, (youngest, oldest) in ages.items()
]


@pytest.mark.parametrize(("today", "licence_class", "youngest", "oldest"), AGES)
def test_a_learner_is_old_enough_from_the_birthday_on(
    today: date, licence_class: str, youngest: int, oldest: int | None
) -> None:
    birthday = today.replace(year=today.year - youngest)
    tomorrow = birthday + timedelta(days=1)

    of_age = reasons(applying(licence_class, "upgrade", born_on=birthday), "subject_2", today=today)
    too_young = reasons(applying(licence_class, "upgrade", born_on=tomorrow), "subject_2", today=today)

    assert "too-young" not in of_age
    assert too_young["too-young"].earliest == today + timedelta(days=1)


@pytest.mark.parametrize(("today", "licence_class", "youngest", "oldest"), AGES)
def test_a_learner_may_take_exams_until_the_birthday_of_the_upper_age(
    today: date, licence_class: str, youngest: int, oldest: int | None
) -> None:
    birthday = today.replace(year=today.year - (oldest or 90))
    facts = applying(licence_class, "upgrade", born_on=birthday)

    on_the_day = codes(facts, "subject_2", today=today, exam_day=today)
    a_day_later = codes(facts, "subject_2", today=today, exam_day=today + timedelta(days=1))

    assert "too-old" not in on_the_day
    assert ("too-old" in a_day_later) == (oldest is not None)


def test_the_office_may_read_the_upper_age_as_lasting_the_whole_year() -> None:
    facts = applying("B2", "upgrade", born_on=date(1963, 6, 1))
    settings = Settings(upper_age_lasts_the_year=True)

    assert codes(facts, "subject_2", exam_day=date(2027, 5, 31), settings=settings) == []
    assert codes(facts, "subject_2", exam_day=date(2027, 6, 1), settings=settings) == ["too-old"]


def test_the_upper_age_of_small_cars_under_order_139_is_a_setting() -> None:
    facts = replace(applying("C1", "first", born_on=date(1950, 6, 1)), permit_valid_until=date(2020, 1, 1))
    today = date(2018, 7, 1)

    assert "too-old" in codes(facts, "subject_1", today=today, settings=Settings(upper_age_small_139=65))
    assert "too-old" not in codes(facts, "subject_1", today=today)


def test_order_172_lifts_an_age_that_order_162_refused() -> None:
    facts = applying("B2", "upgrade", born_on=date(1963, 6, 1))  # 61 years old

    found = reasons(facts, "subject_2", today=date(2024, 7, 1), exam_day=date(2024, 7, 20))

    assert found["too-old"].earliest == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("today", "age", "student", "refused"),
    [
        (date(2026, 6, 1), 19, True, False),  # vocational students from 19
        (date(2026, 6, 1), 18, True, True),
        (date(2026, 6, 1), 19, False, True),
        (date(2018, 6, 1), 20, True, False),  # from 20 under Order 139
        (date(2018, 6, 1), 19, True, True),
    ],
)
def test_vocational_students_may_drive_heavy_vehicles_earlier(
    today: date, age: int, student: bool, refused: bool
) -> None:
    facts = applying("A2", "upgrade", born_on=today.replace(year=today.year - age), student=student)

    assert ("too-young" in codes(facts, "subject_2", today=today)) == refused


# Art. 39: order of subjects


@pytest.mark.parametrize(
    ("attempts", "subject", "expected"),
    [
        ((), "subject_1", []),
        ((), "subject_2", ["subject-1-first"]),  # art. 39: subject 1 first
        ((), "road", ["subject-1-first"]),
        ((), "safety", ["road-first", "subject-1-first", "subject-2-first"]),
        ((passed("subject_1", ago(99)),), "road", []),  # road before subject 2 is allowed
        ((passed("subject_1", ago(99)), passed("road", ago(9))), "subject_2", []),
        ((passed("subject_1", ago(99)), passed("road", ago(9))), "safety", ["subject-2-first"]),
        ((passed("subject_1", ago(99)), passed("subject_2", ago(9))), "safety", ["road-first"]),
        ((passed("subject_1", ago(99)), *BOTH_DRIVING_TESTS), "safety", []),
        ((failed("subject_1", ago(99)),), "road", ["subject-1-first"]),  # a failure is no pass
    ],
)
def test_subjects_come_in_their_order(attempts: tuple[Attempt, ...], subject: str, expected: list[str]) -> None:
    assert codes(replace(MEI, attempts=attempts), subject) == expected


def test_the_safety_exam_may_be_taken_on_the_day_the_road_test_is_passed() -> None:
    facts = with_attempts(passed("subject_2", ago(40)), passed("road", TODAY))

    assert codes(facts, "safety", exam_day=TODAY) == []


@pytest.mark.parametrize(
    ("allowed", "exam_day", "expected"),
    [
        (False, date(2026, 6, 11), ["other-test-that-day"]),  # only where the office can run both
        (False, date(2026, 6, 12), []),
        (True, date(2026, 6, 11), []),
    ],
)
@pytest.mark.parametrize(("live", "subject"), [("road", "subject_2"), ("subject_2", "road")])
def test_two_driving_tests_on_one_day_need_an_office_that_can(
    live: str, subject: str, allowed: bool, exam_day: date, expected: list[str]
) -> None:
    facts = replace(MEI, live={Subject(live): date(2026, 6, 11)})
    settings = Settings(same_day_subject_2_and_road=allowed)

    assert codes(facts, subject, exam_day=exam_day, settings=settings) == expected


# Art. 30: subjects that are not needed


@pytest.mark.parametrize(
    ("held", "licence_class", "subject"),
    [
        ("C2", "C1", "subject_1"),
        ("F", "E", "subject_1"),
        ("F", "D", "subject_1"),
        ("E", "D", "subject_1"),
        ("C1", "C6", "subject_1"),
        ("C1", "C6", "road"),
    ],
)
def test_an_exam_that_the_upgrade_does_not_need_is_refused(held: str, licence_class: str, subject: str) -> None:
    facts = replace(applying(licence_class, "upgrade"), held_class=LicenceClass(held), attempts=())

    assert codes(facts, subject) == ["subject-not-needed"]


def test_a_light_trailer_needs_only_subject_2_before_the_safety_exam() -> None:
    facts = replace(applying("C6", "upgrade"), held_class=LicenceClass.C1, attempts=(passed("subject_2", ago(5)),))

    assert codes(facts, "safety") == []


# Arts. 40 and 41: the learner permit


@pytest.mark.parametrize("subject", ["subject_2", "road", "safety"])
def test_nothing_after_subject_1_is_booked_without_a_permit(subject: str) -> None:
    facts = replace(
        MEI, permit_issued_on=None, permit_valid_until=None, attempts=(*MEI.attempts, *BOTH_DRIVING_TESTS)
    )

    assert "permit-missing" in codes(facts, subject)
    assert "permit-missing" not in codes(facts, "subject_1")


@pytest.mark.parametrize(
    ("exam_day", "expected"),
    [
        (date(2026, 6, 19), []),
        (date(2026, 6, 20), []),  # the last day of the permit
        (date(2026, 6, 21), ["permit-ran-out"]),
    ],
)
def test_the_permit_holds_on_the_exam_day(exam_day: date, expected: list[str]) -> None:
    facts = replace(MEI, permit_valid_until=date(2026, 6, 20))

    assert codes(facts, "road", exam_day=exam_day) == expected


# Art. 47: bookings


def test_a_passed_subject_is_not_booked_again() -> None:
    assert codes(MEI, "subject_1") == ["already-passed"]


def test_a_subject_has_one_live_booking() -> None:
    facts = replace(MEI, live={Subject.ROAD: date(2026, 6, 30)})

    assert codes(facts, "road") == ["already-booked"]
    assert codes(facts, "subject_2") == []


@pytest.mark.parametrize("subject", ["subject_2", "road"])
@pytest.mark.parametrize(
    ("failures", "absences", "live", "refused"),
    [
        (4, 0, False, False),
        (4, 0, True, True),  # the live booking is the fifth
        (3, 1, False, False),
        (3, 1, True, True),  # an absence uses one
        (5, 0, False, True),
        (3, 2, False, True),
    ],
)
def test_a_driving_test_is_booked_five_times_at_most(
    subject: str, failures: int, absences: int, live: bool, refused: bool
) -> None:
    attempts = [failed(subject, ago(95 - 10 * n)) for n in range(failures)]
    attempts += [absent(subject, ago(45 - 10 * n)) for n in range(absences)]
    facts = with_attempts(*attempts)
    facts = replace(facts, live={Subject(subject): TODAY} if live else {})

    assert ("five-bookings-used" in codes(facts, subject)) == refused


@pytest.mark.parametrize(("subject", "before"), [("subject_1", ()), ("safety", (*MEI.attempts, *BOTH_DRIVING_TESTS))])
def test_theory_exams_have_no_cap(subject: str, before: tuple[Attempt, ...]) -> None:
    attempts = (*before, *(failed(subject, ago(95 - 10 * n)) for n in range(8)))

    assert codes(replace(MEI, attempts=attempts), subject) == []


@pytest.mark.parametrize(
    ("failing", "code"), [("subject_2", "subject-2-failed-five-times"), ("road", "road-failed-five-times")]
)
@pytest.mark.parametrize("subject", ["subject_1", "subject_2", "road", "safety"])
def test_the_fifth_failure_closes_every_subject_of_the_application(failing: str, code: str, subject: str) -> None:
    facts = with_attempts(*(failed(failing, ago(90 - 10 * n)) for n in range(5)))

    assert code in codes(facts, subject)


def test_a_fifth_booking_that_is_passed_closes_nothing() -> None:
    failures = (failed("road", ago(90 - 10 * n)) for n in range(4))
    facts = with_attempts(*failures, passed("road", ago(20)))

    assert codes(facts, "subject_2") == []


# Rules of the office


@pytest.mark.parametrize(("exam_day", "expected"), [(ago(1), ["exam-day-past"]), (TODAY, []), (None, [])])
def test_an_exam_day_that_is_over_is_refused(exam_day: date | None, expected: list[str]) -> None:
    assert codes(MEI, "road", exam_day=exam_day) == expected


def test_every_reason_is_returned_at_once() -> None:
    facts = replace(
        applying("A1", "first", born_on=date(2010, 1, 1)),
        permit_issued_on=ago(2),
        attempts=(failed("road", ago(1)),),
        live={Subject.ROAD: TODAY, Subject.SUBJECT_2: ago(1)},
    )

    assert codes(facts, "road", exam_day=ago(1), settings=DEFAULTS) == [
        "already-booked",
        "class-only-by-upgrade",
        "exam-day-past",
        "other-test-that-day",
        "road-too-soon",
        "subject-1-first",
        "too-soon-after-failure",
        "too-young",
    ]


@pytest.mark.parametrize(
    ("today", "basis"),
    [
        (date(2016, 3, 31), "Order 139, art. 44, applied to a day before 2016-04-01"),
        (date(2016, 5, 6), "Order 139, art. 44"),  # one of the two numbers of Order 139 that are confirmed
        (date(2021, 7, 1), "Order 139, art. 44"),
        (date(2022, 4, 1), "Order 162, art. 47"),
        (date(2026, 6, 1), "Order 172, art. 47"),
    ],
)
def test_the_rebooking_wait_names_the_article_of_its_time(today: date, basis: str) -> None:
    facts = replace(MEI, attempts=(failed("road", today),))

    assert reasons(facts, "road", today=today)["too-soon-after-failure"].basis == basis
