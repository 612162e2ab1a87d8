"""Since when a request ranks: every row of the rule, and that nothing makes the time run backwards."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.exams.rules.facts import Attempt, Outcome, Subject
from booking.exams.rules.ranking import ACCEPTED, GIVEN_UP, MISSED, TAKEN, ranking
from booking.kernel.calendar import start_of
from tests.unit.exams.learners import absent, failed, passed

ACCEPTANCE = date(2026, 3, 2)
TEN_PAST_NINE = datetime(2026, 4, 20, 1, 10, tzinfo=UTC)  # 09:10 at the office
EARLY, LATE = date(2026, 4, 1), date(2026, 5, 1)

ROWS = {
    "the first subject 1: the acceptance": ([], None, start_of(ACCEPTANCE), ACCEPTED),
    "subject 1 again: the last test": ([failed("subject_1", EARLY)], None, start_of(EARLY), TAKEN),
    "the first subject 2: the day subject 1 was passed": (
        [failed("subject_1", EARLY), passed("subject_1", LATE)], None, start_of(LATE), TAKEN,
    ),
    "a missed test: the day of absence": (
        [passed("subject_1", EARLY), absent("subject_2", LATE)], None, start_of(LATE), MISSED,
    ),
    "a test after a missed one: the test": (
        [absent("subject_2", EARLY), failed("subject_2", LATE)], None, start_of(LATE), TAKEN,
    ),
    "a place given up: the minute of it": ([passed("subject_1", EARLY)], TEN_PAST_NINE, TEN_PAST_NINE, GIVEN_UP),
    "a place given up before any test": ([], TEN_PAST_NINE, TEN_PAST_NINE, GIVEN_UP),
    "a test after a place given up: the test, the latest": (
        [passed("subject_1", EARLY), failed("subject_2", LATE)], TEN_PAST_NINE, start_of(LATE), TAKEN,
    ),
    "a place taken away by the office: as if nothing had been": (
        [passed("subject_1", EARLY)], None, start_of(EARLY), TAKEN,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attempts", "given_up_at", "time", "what"), ROWS.values(), ids=ROWS)
def test_a_request_ranks_since(
    attempts: list[Attempt], given_up_at: datetime | None, time: datetime, what: object
) -> None:
    found = ranking(ACCEPTANCE, attempts, given_up_at)

    assert found.time == time
    assert (found.moments[-1].what, found.moments[-1].at) == (what, time)


def test_every_moment_that_bears_on_it_is_named_in_order_of_time() -> None:
    found = ranking(ACCEPTANCE, [failed("subject_2", LATE), passed("subject_1", EARLY)], TEN_PAST_NINE)

    assert [moment.what for moment in found.moments] == [ACCEPTED, GIVEN_UP, TAKEN]
    assert all("art. 9" in moment.basis.en and "第九条" in moment.basis.zh for moment in found.moments)


def test_the_seconds_of_a_cancellation_do_not_count() -> None:
    found = ranking(ACCEPTANCE, [], TEN_PAST_NINE + timedelta(seconds=59, microseconds=7))

    assert found.time == TEN_PAST_NINE


def test_a_day_counts_from_its_beginning_at_the_office() -> None:
    assert ranking(ACCEPTANCE, [], None).time == datetime(2026, 3, 1, 16, tzinfo=UTC)


days = st.dates(ACCEPTANCE, date(2027, 12, 31))
instants = st.datetimes(
    *(datetime.combine(day, time.min) for day in (date(2026, 3, 2), date(2027, 12, 31))), timezones=st.just(UTC)
)
tests = st.builds(Attempt, st.sampled_from(Subject), days, st.sampled_from(Outcome))


@given(attempts=st.lists(tests, max_size=6), given_up_at=st.none() | instants, later=tests)
def test_whatever_happens_nobody_moves_forward(
    attempts: list[Attempt], given_up_at: datetime | None, later: Attempt
) -> None:
    before = ranking(ACCEPTANCE, attempts, given_up_at)

    after = ranking(ACCEPTANCE, [*attempts, later], given_up_at)

    assert after.time >= before.time >= start_of(ACCEPTANCE)
    assert after.time >= start_of(later.day)


@given(attempts=st.lists(tests, max_size=6), given_up_at=st.none() | instants, chance=st.randoms())
def test_the_order_of_the_record_does_not_matter(
    attempts: list[Attempt], given_up_at: datetime | None, chance: Random
) -> None:
    mixed = list(attempts)
    chance.shuffle(mixed)

    assert ranking(ACCEPTANCE, mixed, given_up_at).time == ranking(ACCEPTANCE, attempts, given_up_at).time
