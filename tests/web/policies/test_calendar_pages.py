"""The pages of the working-day calendar."""

from collections.abc import Callable
from datetime import date

import pytest

from booking.kernel.actors import SYSTEM, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.policies import queries, service
from booking.policies.rules.holidays import USUAL, DayState
from tests.web.conftest import Visitor

TYPHOON = date(2026, 12, 3)
ADDRESS = "/desk/calendar/2026-12-03"
OFF = {"state": "off", "name": "台风停工", "reason": "红色预警"}
Visit = Callable[..., Visitor]


@pytest.fixture
def _seeded(sessions: Sessions, clock: FixedClock) -> None:
    with unit_of_work(sessions) as session:
        service.seed_calendar(session, (2026, 2027), actor=SYSTEM, now=clock.now())


def state(sessions: Sessions) -> DayState:
    with reading(sessions) as session:
        return queries.day_state(session, TYPHOON)


@pytest.mark.usefixtures("_seeded")
def test_a_month_shows_holidays_and_working_weekends_by_name(visitor: Visit) -> None:
    page = visitor(Role.PLANNER).get("/desk/calendar?month=2026-10")

    assert page.status_code == 200
    assert "National Day" in page.text
    assert "October 2026" in page.text


@pytest.mark.usefixtures("_seeded")
def test_a_year_without_data_is_warned_about_and_never_an_error(visitor: Visit) -> None:
    page = visitor(Role.PLANNER).get("/desk/calendar?month=2027-01")

    assert page.status_code == 200
    assert "2027 has no holidays yet" in page.text
    assert "2026 has no holidays yet" not in page.text


@pytest.mark.parametrize("month", ["", "2026-13", "yesterday", "0001-01", "9999-12"])
def test_a_month_that_cannot_be_is_the_present_one(visitor: Visit, month: str) -> None:
    page = visitor(Role.PLANNER).get("/desk/calendar", query_string={"month": month})

    assert page.status_code == 200
    assert "November 2026" in page.text


def test_the_planning_clerk_sets_a_day_and_takes_it_back(visitor: Visit, sessions: Sessions) -> None:
    planner = visitor(Role.PLANNER)

    answer = planner.submit(ADDRESS, OFF)
    off = state(sessions)
    planner.submit(ADDRESS, {"state": "usual", "name": "", "reason": "台风转向"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/calendar?month=2026-12")
    assert (off, state(sessions)) == (DayState(False, "台风停工"), USUAL)


@pytest.mark.parametrize(
    ("wrong", "message", "kept"),
    [
        ({"reason": ""}, "Give a reason", "台风停工"),
        ({"name": " "}, "Say what the day is", "红色预警"),
        ({"state": "half"}, "This day is", "台风停工"),
    ],
)
def test_a_day_without_name_reason_or_state_comes_back_with_what_was_entered(
    visitor: Visit, sessions: Sessions, wrong: dict[str, str], message: str, kept: str
) -> None:
    page = visitor(Role.PLANNER).submit(ADDRESS, {**OFF, **wrong})

    assert page.status_code == 422
    assert message in page.text
    assert kept in page.text
    assert state(sessions) == USUAL


def test_a_day_that_is_over_is_refused(visitor: Visit) -> None:
    page = visitor(Role.PLANNER).submit("/desk/calendar/2026-11-23", OFF)

    assert page.status_code == 422
    assert "Choose today or a later day" in page.text


def test_a_form_that_is_older_than_somebody_elses_change_does_not_overwrite_it(
    visitor: Visit, sessions: Sessions
) -> None:
    planner = visitor(Role.PLANNER)
    planner.submit(ADDRESS, OFF)

    answer = planner.submit(ADDRESS, {**OFF, "state": "worked", "seen": "usual:"})

    assert answer.status_code == 409
    assert state(sessions) == DayState(False, "台风停工")


def test_what_is_no_day_is_not_found(visitor: Visit) -> None:
    assert visitor(Role.PLANNER).get("/desk/calendar/2026-02-30").status_code == 404


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_others_look_at_the_calendar_and_change_nothing(visitor: Visit, role: Role) -> None:
    client = visitor(role)

    page = client.get("/desk/calendar?month=2026-12")

    assert page.status_code == 200
    assert ADDRESS not in page.text
    assert client.get(ADDRESS).status_code == 403
