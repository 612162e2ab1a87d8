"""The life of one row: whatever is done in whatever order, the roster, the record and the log tell the same."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.bookings.models import BookingState
from booking.kernel.calendar import local_time
from booking.kernel.db import Sessions
from booking.kernel.errors import InvalidStateError
from booking.rosters.rules.standing import Standing
from booking.rosters.service.refusing import RosterRefusedError
from tests.service.rosters.exam_site import FAILED, PASSED, ExamSite, Learner, at

ACTS: dict[str, Callable[[ExamSite, Learner, str], object]] = {
    "check in": lambda site, learner, clock: site.check_in(learner, clock),
    "undo check-in": lambda site, learner, clock: site.undo_check_in(learner, clock),
    "pass": lambda site, learner, clock: site.attempt(learner, clock, PASSED),
    "fail": lambda site, learner, clock: site.attempt(learner, clock, FAILED),
    "pass the retest": lambda site, learner, clock: site.attempt(learner, clock, PASSED, 2),
    "fail the retest": lambda site, learner, clock: site.attempt(learner, clock, FAILED, 2),
    "undo result": lambda site, learner, clock: site.undo_attempt(learner, clock),
    "absent": lambda site, learner, clock: site.absent(learner, clock),
    "jobs": lambda site, learner, clock: site.jobs(clock),
}
STEPS = st.lists(
    st.tuples(st.sampled_from([*ACTS, "check in", "fail", "close", "withdraw"]), st.integers(1, 12)),
    min_size=4,
    max_size=14,
)
# A session is withdrawn once, and not when it is over.
MAY_FAIL = {"withdraw": (InvalidStateError,)}
FINAL = {BookingState.PASSED, BookingState.FAILED, BookingState.ABSENT, BookingState.CANCELLED_BY_OFFICE}
ENDS = (Standing.PASSED, Standing.FAILED, Standing.ABSENT, Standing.CANCELLED)


def live(site: ExamSite, steps: list[tuple[str, int]]) -> None:
    """Take the steps, each some minutes after the one before, and look after each that all agree."""
    slot_id = site.slot()
    learner = site.booked(slot_id)
    now: datetime = at("09:25")
    before = BookingState.CONFIRMED
    for act, minutes in steps:
        now += timedelta(minutes=minutes)
        clock = f"{local_time(now):%H:%M}"
        with suppress(RosterRefusedError, *MAY_FAIL.get(act, ())):
            if act == "close":
                site.close(slot_id, clock)
            elif act == "withdraw":
                site.withdraw(slot_id, clock)
            else:
                ACTS[act](site, learner, clock)
        state = site.state(learner)
        assert before not in FINAL or state is before, "what is final stays"
        before = state
        row = site.row(slot_id, learner, clock)
        result = site.outcome(learner)
        assert (result is not None) is (state in FINAL - {BookingState.CANCELLED_BY_OFFICE})
        if state in FINAL:
            assert row.standing in ENDS
        assert result is None or result[0] == state
    end = f"{local_time(now + timedelta(minutes=3)):%H:%M}"
    site.jobs(end)
    site.jobs(end)
    assert site.broken(end) == []


def test_whatever_is_done_in_whatever_order_all_agree(emptied: Callable[[], Sessions]) -> None:
    @settings(max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(STEPS)
    def lives(steps: list[tuple[str, int]]) -> None:
        live(ExamSite(emptied()), steps)

    lives()
