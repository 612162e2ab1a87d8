"""`booking check` on the day of an exam site: silent on what the services did, loud about what cannot be."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.invariants import asking as invariants
from booking.invariants.rosters import ROSTERS
from booking.kernel.db import Sessions, reading
from tests.service.house.test_invariants import behind_the_back
from tests.service.rosters.exam_site import FAILED, PASSED, ExamSite, at

NAMES = {one.name for one in ROSTERS}
SETTLED = "(SELECT min(booking_id) FROM attempt WHERE settled_at IS NOT NULL)"
TWICE = "(SELECT min(booking_id) FROM attempt WHERE number = 2)"
# The invariant that must speak up, and what is done to the data behind the services' back.
BREACHES = (
    ("whoever attended an exam", "DELETE FROM check_in"),
    ("whoever attended an exam", "UPDATE check_in SET slot_id = (SELECT max(id) FROM slot)"),
    ("nobody is checked in", "UPDATE booking SET state = 'confirmed' WHERE state = 'attended'"),
    ("a retest follows", f"UPDATE attempt SET outcome = 'passed' WHERE number = 1 AND booking_id = {TWICE}"),
    ("a retest follows", "DELETE FROM check_in"),
    ("a settled attempt", f"DELETE FROM exam_result WHERE booking_id = {SETTLED}"),
    ("a settled attempt", f"UPDATE exam_result SET outcome = 'failed' WHERE booking_id = {SETTLED}"),
    ("a settled attempt", f"UPDATE booking SET state = 'attended' WHERE id = {SETTLED}"),
    ("a result that stands", f"UPDATE attempt SET settled_at = NULL WHERE booking_id = {SETTLED}"),
    ("a booking and its result", f"UPDATE booking SET state = 'absent' WHERE id = {SETTLED}"),
    ("everybody tested", "DELETE FROM notice WHERE template = 'exam_passed'"),
    ("every closed roster", "UPDATE booking SET state = 'failed' WHERE state = 'absent'"),
    ("every closed roster", "UPDATE booking SET slot_id = (SELECT max(id) FROM slot) WHERE state = 'absent'"),
    ("each check-in", "DELETE FROM audit_entry WHERE act = 'attempt recorded'"),
    ("each check-in", "DELETE FROM audit_entry WHERE act = 'attempt undone'"),
    ("each check-in", "DELETE FROM audit_entry WHERE act = 'attendance undone'"),
    ("each check-in", "DELETE FROM audit_entry WHERE act = 'roster closed'"),
)


@pytest.fixture
def site(sessions: Sessions) -> ExamSite:
    """A site at noon: one roster is closed, on the other everybody stands somewhere else."""
    site = ExamSite(sessions)
    over, under_way = site.slot("08:00"), site.slot("11:00")
    site.slot("15:00")
    passed, twice, _ = site.all_booked(over, 3)
    here, again, undone = site.all_booked(under_way, 3)
    for one, clock in ((passed, "07:30"), (twice, "07:31"), (here, "10:40"), (again, "10:41"), (undone, "10:42")):
        site.check_in(one, clock)
    site.undo_check_in(undone, "10:43")
    site.attempt(passed, "08:10", PASSED)
    site.attempt(twice, "08:15", FAILED)
    site.attempt(twice, "08:30", FAILED, 2)
    site.close(over, "09:00")
    site.attempt(again, "11:10", PASSED)
    site.undo_attempt(again, "11:11")
    site.attempt(again, "11:12", FAILED)
    return site


def broken(session: Session) -> set[str]:
    found = invariants.findings(session, now=at("12:00"))
    return {one.name for one in found if one.count and one.name in NAMES}


def test_a_day_at_an_exam_site_breaks_no_invariant_and_each_breach_is_found(site: ExamSite) -> None:
    with reading(site.sessions) as session:
        assert broken(session) == set()

    for name, act in BREACHES:
        with behind_the_back(site.sessions) as session:
            session.execute(text(act))
            found = broken(session)
        assert any(one.startswith(name) for one in found), f"{act} was not noticed"
