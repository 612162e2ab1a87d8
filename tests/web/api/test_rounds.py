"""Rounds and their records, for everybody."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine, event, select

from booking.allotment.queries import files
from booking.allotment.rules.checker import check, holds
from booking.bookings import service as bookings
from booking.bookings.models import Booking
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import AccountId, PersonId
from booking.slots.models import Method
from tests.service.allotment.city import CLOSE, DRAW, Town
from tests.web.api.conftest import Caller, problem, refusal


@pytest.fixture
def town(sessions: Sessions) -> Town:
    """A town with an open round, for whose two places three people ask."""
    town = Town(sessions)
    slot_id = town.add_slot(ordinary=2)
    town.open()
    for day in (1, 2, 3):
        town.ask(town.add_learner(accepted_on=date(2026, 3, day)), slot_id)
    return town


def statements(engine: Engine) -> list[str]:
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


def cancel_the_first(town: Town) -> None:
    """Let the holder of the first booking give it up, and the record say so."""
    with unit_of_work(town.sessions) as session:
        booking = session.scalars(select(Booking).order_by(Booking.id)).first()
        assert booking is not None
        holder = Actor(AccountId(booking.booked_by), PersonId(booking.person_id), Role.APPLICANT)
        bookings.cancel(session, EXAMS, booking.reference, actor=holder, now=DRAW)
    town.advance(DRAW)


def test_a_round_is_shown_with_its_times_and_counts(nobody: Caller, town: Town) -> None:
    (shown,) = nobody.get("/rounds?service=subject_2&date=2026-12-08").get_json()["items"]

    assert len(shown.pop("announcement_hash")) == 64
    assert shown == {
        "id": 1,
        "line": "exams",
        "service": "subject_2",
        "date": "2026-12-08",
        "method": "ranked",
        "state": "collecting",
        "opens_at": "2026-11-24T02:00:00Z",
        "closes_at": "2026-12-03T09:00:00Z",
        "objections_until": "2026-12-04T04:00:00Z",
        "beacon_not_before": "2026-12-04T13:30:00Z",
        "drawn_at": None,
        "outcome_hash": "",
        "rows": 3,
        "people": 3,
        "places": 2,
        "granted": 0,
        "waiting": 0,
    }


def test_after_the_draw_a_round_counts_what_was_given(nobody: Caller, town: Town) -> None:
    town.draw()

    shown = nobody.get("/rounds/1").get_json()

    assert (shown["state"], shown["people"], shown["granted"], shown["waiting"]) == ("drawn", 3, 2, 1)
    assert shown["announcement"] == town.record(1)["announcement"]
    assert shown["drawn_at"] == "2026-12-04T13:30:00Z"
    assert shown["outcome_hash"]


def test_rounds_are_chosen_by_service_and_day_and_come_in_parts(nobody: Caller, town: Town) -> None:
    for day in (9, 10):
        town.add_slot(day=date(2026, 12, day))
        town.open()

    def ids(query: str) -> list[int]:
        return [one["id"] for one in nobody.get(f"/rounds?{query}").get_json()["items"]]

    part = nobody.get("/rounds?limit=2").get_json()
    rest = nobody.get(f"/rounds?limit=2&cursor={part['next_cursor']}").get_json()

    assert [one["id"] for some in (part, rest) for one in some["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None
    assert (ids("date=2026-12-09"), ids("service=road"), ids("service=subject_2")) == ([2], [], [3, 2, 1])


def test_more_rounds_cost_no_more_statements(nobody: Caller, town: Town) -> None:
    seen = statements(town.sessions.engine)
    nobody.get("/rounds")
    first = len(seen)
    for day in (9, 10, 11):
        town.add_slot(day=date(2026, 12, day))
        town.open()

    seen.clear()
    assert len(nobody.get("/rounds").get_json()["items"]) == 4

    assert len(seen) == first


def test_before_the_draw_the_record_is_refused_and_says_when_it_comes(nobody: Caller, town: Town) -> None:
    answer = nobody.get("/rounds/1/record")

    assert refusal(answer) == (409, "record_not_yet")
    assert "2026-12-04 21:30" in problem(answer)["detail"]


@pytest.mark.parametrize("piece", [1, 2, 2000])
def test_the_record_is_the_file_that_the_checker_accepts(
    nobody: Caller, town: Town, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(files, "PIECE", piece)
    town.draw()
    cancel_the_first(town)

    answer = nobody.get("/rounds/1/record")

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert json.loads(answer.data) == town.record(1)
    assert len(town.record(1)["events"]) == 1
    assert holds(check(answer.data))


def test_who_has_the_record_is_sent_nothing_until_an_event_is_added(nobody: Caller, town: Town) -> None:
    town.draw()
    first = nobody.get("/rounds/1/record")
    known = {"If-None-Match": first.headers["ETag"]}

    again = nobody.get("/rounds/1/record", headers=known)
    cancel_the_first(town)
    changed = nobody.get("/rounds/1/record", headers=known)

    assert (again.status_code, again.data) == (304, b"")
    assert (changed.status_code, changed.headers["ETag"] != first.headers["ETag"]) == (200, True)


def test_a_record_keeps_characters_as_they_are(nobody: Caller, town: Town) -> None:
    town.draw()

    assert b"\\u" not in nobody.get("/rounds/1/record").data


def test_leaves_are_public_at_once_and_rows_after_the_close(nobody: Caller, town: Town) -> None:
    before = nobody.get("/rounds/1/leaves").get_json()
    town.advance(CLOSE)
    after = nobody.get("/rounds/1/leaves").get_json()

    assert (len(before["leaves"]), before["checkpoints"][0]["n"], "rows" in before) == (4, 1, False)
    assert before["leaves"] == after["leaves"]
    assert [one["row"]["seq"] for one in after["rows"]] == [1, 2, 3]
    assert after["checkpoints"][-1] == {
        "n": 4,
        "root": after["checkpoints"][-1]["root"],
        "at": "2026-12-03T09:00:00Z",
    }


def test_in_a_lottery_there_is_no_ranking_time_and_no_position(
    sessions: Sessions, nobody: Caller, program: Callable[..., Caller]
) -> None:
    town = Town(sessions, method=Method.LOTTERY)
    slot_id = town.add_slot()
    town.open()
    asked = {"service": "subject_2", "preferences": [slot_id]}

    answer = program(actor=town.add_learner()).call("POST", "/requests", key="k", json=asked).get_json()

    assert nobody.get("/rounds/1").get_json()["method"] == "lottery"
    assert (answer["ranking_time"], answer["position"]) == (None, None)
    assert answer["receipt"]["row"]["ranking_time"] == ""


@pytest.mark.parametrize(
    "path", ["/rounds/9", "/rounds/9/record", "/rounds/9/leaves", "/rounds/0", "/rounds/99999999999"]
)
def test_a_round_that_is_none_is_not_found(nobody: Caller, path: str) -> None:
    assert refusal(nobody.get(path)) == (404, "not_found")
