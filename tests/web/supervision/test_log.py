"""One entry with its seal, and the log as a file that says on every row who took it out and why."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.audit import service as audit
from booking.audit.queries import Sought, entries
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.workbooks import MEDIA_TYPE
from booking.supervision import jobs
from booking.supervision.service import taking_out
from tests.web.conftest import Visitor

SignIn = Callable[..., Visitor]
WHY = "letter 12 of the inspection office"
FORM = "/supervision/log/export?kind=slot"


@pytest.fixture
def supervisor(visitor: SignIn, sessions: Sessions, clock: FixedClock) -> Visitor:
    """The supervisor, and a log of three entries on slots and one on a booking."""
    with unit_of_work(sessions) as session:
        for number in (1, 2, 3):
            audit.record(session, "slot published", "slot", number, actor=SYSTEM, now=clock.now())
        audit.record(session, "booking made", "booking", 9, actor=SYSTEM, now=clock.now(), reason="=1+1")
    clock.instant += timedelta(minutes=2)
    return visitor(Role.SUPERVISOR)


def test_an_entry_stands_with_its_place_and_a_seal_that_fits(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    unsealed = supervisor.get("/supervision/log/2").get_data(as_text=True)
    jobs.seal_log(sessions, clock.now())
    sealed = supervisor.get("/supervision/log/2").get_data(as_text=True)

    assert "Not sealed yet" in unsealed
    assert "Seal 1, entry 2 of 4" in sealed
    assert "The seal fits its entries" in sealed


def test_the_file_holds_what_was_searched_for_and_each_row_says_who_took_it_out(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    jobs.seal_log(sessions, clock.now())

    answer = supervisor.submit(FORM, {"reason": f" {WHY} ", "way": "csv"})
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()

    assert answer.mimetype == "text/csv"
    assert len(lines) == 5  # the mark, the heads, three entries
    for line in (lines[0], *lines[2:]):
        for told in ("Taken out by", "(supervisor)", "24 Nov 10:02", WHY, "Entries 1 to 3"):
            assert told in line
    assert "booking made" not in "".join(lines)


def test_the_workbook_holds_the_same(supervisor: Visitor) -> None:
    answer = supervisor.submit(FORM, {"reason": WHY, "way": "xlsx"})

    assert answer.mimetype == MEDIA_TYPE
    assert answer.data[:2] == b"PK"


def test_taking_out_is_an_entry_of_its_own_with_reason_range_and_head(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    supervisor.submit(FORM, {"reason": WHY, "way": "csv"})

    with reading(sessions) as session:
        [told] = entries(session, Sought(act="log taken out"))
    assert (told.account_id, told.reason) == (supervisor.actor.account_id, WHY)
    assert told.after == {"count": 3, "first": 1, "last": 3, "kind": "csv", "head": taking_out.NO_SEAL}


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_leaves_the_house(supervisor: Visitor, sessions: Sessions, reason: str) -> None:
    answer = supervisor.submit(FORM, {"reason": reason, "way": "csv"})

    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    with reading(sessions) as session:
        assert entries(session, Sought(act="log taken out")) == []


def test_a_long_log_leaves_in_bounded_files_that_say_so(supervisor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_out, "MOST_ENTRIES", 2)

    lines = supervisor.submit(FORM, {"reason": WHY, "way": "csv"}).get_data(as_text=True).splitlines()

    assert len(lines) == 5  # the mark, that there are more, the heads, two entries
    assert "There are more entries" in lines[1]


def test_a_text_that_a_spreadsheet_would_run_stays_a_text(supervisor: Visitor) -> None:
    answer = supervisor.submit("/supervision/log/export?kind=booking", {"reason": WHY, "way": "csv"})

    assert "'=1+1" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR, Role.COUNTER])
def test_only_the_supervisor_takes_the_log_out(visitor: SignIn, role: Role) -> None:
    assert visitor(role).get(FORM).status_code == 403
    assert visitor(role).post(FORM, data={"reason": WHY, "way": "csv"}).status_code in (400, 403)


def test_what_leads_back_to_the_log_is_marked_as_within_it(visitor: SignIn) -> None:
    page = visitor(Role.SUPERVISOR).get("/supervision/messages").get_data(as_text=True)

    assert '<a href="/supervision/log" aria-current="true">' in " ".join(page.split())
