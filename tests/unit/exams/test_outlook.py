"""How a subject stands, as the learner's page shows it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking.exams.rules.facts import Attempt, Facts, Kind, LicenceClass, Subject
from booking.exams.rules.outlook import Outlook, State, outlook
from booking.exams.rules.settings import Settings
from tests.unit.exams.learners import DEFAULTS, MEI, TODAY, ago, failed, passed, with_attempts

NEW = replace(MEI, permit_issued_on=None, permit_valid_until=None, attempts=())
YOUNG_PERMIT = replace(MEI, permit_issued_on=ago(4))
FIVE_FAILURES = with_attempts(*(failed("subject_2", ago(90 - 10 * n)) for n in range(5)))
TRAILER = replace(NEW, licence_class=LicenceClass.C6, kind=Kind.UPGRADE, held_class=LicenceClass.C1)


def standing(facts: Facts, subject: str, settings: Settings = DEFAULTS) -> Outlook:
    return outlook(facts, Subject(subject), today=TODAY, settings=settings)


@pytest.mark.parametrize(
    ("facts", "subject", "state", "earliest"),
    [
        (NEW, "subject_1", State.OPEN, TODAY),
        (NEW, "subject_2", State.NOT_YET, None),  # waiting does not pass subject 1
        (NEW, "safety", State.NOT_YET, None),
        (MEI, "subject_1", State.PASSED, None),
        (MEI, "subject_2", State.OPEN, TODAY),
        (MEI, "safety", State.NOT_YET, None),
        (YOUNG_PERMIT, "subject_2", State.NOT_YET, TODAY + timedelta(days=6)),
        (YOUNG_PERMIT, "road", State.NOT_YET, TODAY + timedelta(days=26)),
        (replace(MEI, live={Subject.ROAD: TODAY}), "road", State.BOOKED, None),
        (with_attempts(failed("road", ago(3))), "road", State.NOT_YET, TODAY + timedelta(days=7)),
        (FIVE_FAILURES, "subject_2", State.CLOSED, None),
        (FIVE_FAILURES, "road", State.CLOSED, None),
        (FIVE_FAILURES, "subject_1", State.CLOSED, None),  # its result is void, and it cannot be had again
        (replace(MEI, permit_valid_until=ago(1)), "subject_1", State.CLOSED, None),
        (replace(MEI, permit_valid_until=TODAY), "road", State.OPEN, TODAY),
        (TRAILER, "subject_1", State.NOT_NEEDED, None),
        (TRAILER, "road", State.NOT_NEEDED, None),
        (TRAILER, "subject_2", State.OPEN, TODAY),
        (replace(MEI, licence_class=LicenceClass.A1), "road", State.CLOSED, None),
    ],
)
def test_a_subject_has_a_state_and_the_first_day_of_booking(
    facts: Facts, subject: str, state: State, earliest: date | None
) -> None:
    found = standing(facts, subject)

    assert (found.state, found.earliest) == (state, earliest)


def test_the_earliest_day_is_the_latest_of_all_waits() -> None:
    facts = replace(with_attempts(failed("road", ago(2))), permit_issued_on=ago(5))

    found = standing(facts, "road")

    assert {refusal.code for refusal in found.refusals} == {"road-too-soon", "too-soon-after-failure"}
    assert found.earliest == TODAY + timedelta(days=25)


def test_a_wait_that_outlasts_the_permit_closes_the_subject() -> None:
    facts = replace(with_attempts(failed("road", ago(3))), permit_valid_until=TODAY + timedelta(days=6))

    found = standing(facts, "road")

    assert (found.state, found.earliest) == (State.CLOSED, None)
    assert [refusal.code for refusal in found.refusals] == ["too-soon-after-failure"]


def test_with_waits_on_the_exam_date_the_subject_is_open_and_the_slot_decides() -> None:
    found = standing(YOUNG_PERMIT, "road", Settings(wait_applies_to="exam_date"))

    assert (found.state, found.earliest, found.refusals) == (State.OPEN, TODAY, ())


@pytest.mark.parametrize("outcome", [passed, failed])
def test_a_live_booking_shows_even_where_the_cap_is_reached(outcome: Callable[[str, date], Attempt]) -> None:
    facts = with_attempts(*(failed("road", ago(90 - 10 * n)) for n in range(4)), outcome("subject_2", ago(50)))

    assert standing(replace(facts, live={Subject.ROAD: TODAY}), "road").state is State.BOOKED
