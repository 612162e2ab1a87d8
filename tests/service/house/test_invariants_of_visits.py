"""`booking check` on the day of a station: silent on what the services did, loud about each thing that cannot be."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.attendance import jobs
from booking.invariants import asking as invariants
from booking.invariants.visits import VISITS
from booking.kernel.db import Sessions, reading
from tests.service.attendance.station import CARS, Station, at
from tests.service.house.test_invariants import behind_the_back

NAMES = {one.name for one in VISITS} | {"a visit's day is the office's day on which it came"}
NOON = at("12:00")
OLD = "'2020-01-01 00:00:00+00:00'"
SETTLED = "(SELECT min(id) FROM visit WHERE settled_at IS NOT NULL)"
AGAIN = "(SELECT min(id) FROM visit WHERE first_visit_id IS NOT NULL)"
# The invariant that must speak up, and what is done to the data behind the services' back.
BREACHES = (
    ("the numbers of a day", "UPDATE visit SET number = 99 WHERE number = 1"),
    ("the numbers of a day", "UPDATE visit_day SET last_number = last_number + 1"),
    ("the numbers of a day", "DELETE FROM visit_day"),
    ("a holder stands in one queue", "UPDATE visit SET holder = 'car:same' WHERE ended_at IS NULL"),
    ("a visit is queued", f"UPDATE visit SET started_at = {OLD} WHERE started_at IS NOT NULL"),
    ("a visit is queued", f"UPDATE visit SET ended_at = {OLD} WHERE ended_at IS NOT NULL"),
    ("a visit and its booking", "UPDATE booking SET state = 'confirmed' WHERE state = 'attended'"),
    ("a visit and its booking", "UPDATE booking SET state = 'attended' WHERE state = 'passed'"),
    ("a visit and its booking", "UPDATE booking SET state = 'attended' WHERE state = 'absent'"),
    ("a visit and its booking", "UPDATE visit SET holder = 'car:other' WHERE booking_id IS NOT NULL AND number = 1"),
    ("whoever attended", "UPDATE booking SET state = 'attended' WHERE state = 'confirmed'"),
    (
        "a case goes on",
        f"UPDATE visit SET state = 'passed' WHERE id = (SELECT first_visit_id FROM visit WHERE id = {AGAIN})",
    ),
    ("a case goes on", f"UPDATE visit SET holder = 'car:other' WHERE id = {AGAIN}"),
    ("no result waits", f"UPDATE visit SET settled_at = NULL WHERE id = {SETTLED}"),
    ("each visit is logged", "DELETE FROM audit_entry WHERE act = 'visit arrived'"),
    ("each visit is logged", "DELETE FROM audit_entry WHERE act = 'result settled'"),
    ("a visit's day", "UPDATE visit SET day = '2020-01-01' WHERE number = 1"),
)


@pytest.fixture
def station(sessions: Sessions) -> Station:
    """A station at noon: a booked car passed, another left, a third failed and is here again, one is to come."""
    station = Station(sessions)
    for car, starts in (("car:1", "08:00"), ("car:2", "08:00"), ("car:3", "09:00"), ("car:4", "11:00")):
        station.booked(car, starts)
    station.booked("car:later", "14:00")
    station.tested("car:1", "08:00", True)
    station.leave(station.arrive("car:2", "08:10"), "08:20")
    failed = station.tested("car:3", "09:00", False)
    station.arrive("car:3", "09:30", reinspection_of=failed.id)
    station.arrive("car:4", "11:00")
    jobs.keep_days(sessions, CARS, at("11:59"))
    return station


def broken(session: Session) -> set[str]:
    return {one.name for one in invariants.findings(session, now=NOON) if one.count and one.name in NAMES}


def unguarded(session: Session) -> None:
    """Let the constraints of visits sleep too: the invariants are there for when they are not."""
    if session.get_bind().dialect.name == "postgresql":
        for name in ("times_in_order", "state_whole", "result_settled", "place_in_queue"):
            session.execute(text(f"ALTER TABLE visit DROP CONSTRAINT ck_visit_{name}"))
    else:
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
    session.execute(text("DROP INDEX uq_visit_open"))


def test_a_day_at_a_station_breaks_no_invariant_and_each_breach_is_found(station: Station) -> None:
    with reading(station.sessions) as session:
        assert broken(session) == set()

    for name, act in BREACHES:
        with behind_the_back(station.sessions) as session:
            unguarded(session)
            session.execute(text(act))
            found = broken(session)
        assert any(one.startswith(name) for one in found), f"{act} was not noticed"


def test_a_result_is_waited_for_as_long_as_the_office_may_let_it_be_undone(sessions: Sessions) -> None:
    Station(sessions).tested("car:1", "09:00", True)

    def names(after: timedelta) -> set[str]:
        with reading(sessions) as session:
            return {one.name for one in invariants.findings(session, now=at("09:00") + after) if one.count}

    assert "no result waits longer than it can be undone" not in names(timedelta(minutes=125))
    assert "no result waits longer than it can be undone" in names(timedelta(minutes=126))
