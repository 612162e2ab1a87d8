"""What a device sends when its network is back: each check-in answered for itself, and stored once or not at all."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from booking.kernel.actors import Role
from booking.kernel.db import reading
from booking.rosters.models import CheckIn
from tests.web.conftest import Visitor
from tests.web.rosters import session as town
from tests.web.rosters.conftest import Day
from tests.web.rosters.session import Candidate


def item(day: Day, one: Candidate, **other: object) -> dict[str, Any]:
    """Return a check-in of this minute as a device sends it."""
    whole = {"device_key": str(uuid4()), "text": one.reference, "tail": one.tail, "at": day.clock.now().isoformat()}
    return {**whole, **other}


def send(day: Day, items: object) -> tuple[int, Any]:
    """Send a batch with the token that the page gave."""
    token = day.operator.get(f"{day.address}/sync").get_json()["token"]
    answer = day.operator.post(f"{day.address}/sync", json={"items": items}, headers={"X-CSRFToken": token})
    return answer.status_code, answer.get_json()


def answers(day: Day, items: Sequence[dict[str, Any]]) -> list[tuple[str, bool]]:
    status, said = send(day, items)
    assert status == 200
    assert [one["device_key"] for one in said["answers"]] == [one["device_key"] for one in items]
    return [(one["look"], one["is_in"]) for one in said["answers"]]


def check_ins(day: Day) -> int:
    with reading(day.sessions) as session:
        return session.scalar(select(func.count(CheckIn.id))) or 0


def test_each_check_in_of_a_batch_is_answered_for_itself(day: Day) -> None:
    first, second, third = day.people
    batch = [
        item(day, first),
        item(day, second, tail="0000"),
        item(day, third, text="22222AAAAA"),
        item(day, third, text=third.ticket),
        item(day, first),
    ]

    assert answers(day, batch) == [("yes", True), ("no", False), ("no", False), ("yes", True), ("ask", False)]
    assert day.states() == ["attended", "confirmed", "attended"]
    assert check_ins(day) == 2


def test_a_batch_that_is_sent_twice_is_stored_once_and_answered_alike(day: Day) -> None:
    batch = [item(day, one) for one in day.people]

    once = send(day, batch)[1]["answers"]
    twice = send(day, batch)[1]["answers"]

    assert [one["is_in"] for one in once] == [one["is_in"] for one in twice] == [True] * 3
    assert check_ins(day) == 3


def test_without_the_key_of_the_device_a_second_sending_is_a_second_scan(day: Day) -> None:
    """The control of the test above: what makes it hold is the key, not luck."""
    batch = [item(day, one) for one in day.people]
    send(day, batch)

    anew = [{**one, "device_key": str(uuid4())} for one in batch]

    assert answers(day, anew) == [("ask", False)] * 3


def test_what_no_device_of_ours_sends_is_refused_alone_and_the_rest_is_taken(day: Day) -> None:
    one = day.people[0]
    unfit = [
        item(day, one, device_key="1"),
        item(day, one, at="yesterday"),
        item(day, one, at="2026-11-24T09:00:00"),
        item(day, one, text=" "),
        item(day, one, text=17),
        item(day, one, tail="1" * 30),
        {"device_key": str(uuid4())},
    ]

    assert answers(day, [*unfit, item(day, one)]) == [("no", False)] * len(unfit) + [("yes", True)]
    bodies: list[object] = [None, {}, "items", [[]] * 101]
    for body in bodies:
        assert send(day, body)[0] == 422
    assert check_ins(day) == 1


def test_a_check_in_keeps_the_hour_of_the_device_within_reason(day: Day) -> None:
    first, second, third = day.people
    day.at(9, 45)

    status, said = send(
        day,
        [
            item(day, first, at="2026-11-24T01:31:00.000Z"),
            item(day, second, at="2026-11-24T03:00:00.000Z"),
            item(day, third, at="2026-11-22T01:31:00.000Z"),
        ],
    )

    assert (status, [one["is_in"] for one in said["answers"]]) == (200, [True, False, False])
    assert [row["at"] for row in said["rows"]] == ["09:31", "", ""]
    assert said["counts"]["present"] == 1


def test_only_the_operators_of_the_site_may_send(day: Day, visitor: Callable[..., Visitor]) -> None:
    assert visitor(Role.COUNTER).get(f"{day.address}/sync").status_code == 403
    stranger = visitor(actor=town.operator(day.sessions, town.site(day.sessions, "别处考场")))
    assert stranger.get(f"{day.address}/sync").status_code == 404
    assert day.operator.post(f"{day.address}/sync", json={"items": [item(day, day.people[0])]}).status_code == 400
    assert check_ins(day) == 0


def test_nobody_checks_in_for_oneself(day: Day, visitor: Callable[..., Visitor]) -> None:
    operator = day.operator.actor
    me = town.candidate_of(day.sessions, day.slot_id, operator)

    assert answers(day, [item(day, me)]) == [("no", False)]
    assert day.states()[-1] == "confirmed"


def test_the_worker_keeps_files_that_are_there_and_changes_with_them(day: Day, stranger: Visitor) -> None:
    answer = stranger.get("/station/rosters/worker.js")
    first_line = answer.get_data(as_text=True).split("\n", 1)[0]
    files = [part for part in first_line.split('"') if part.startswith("/static/")]

    assert answer.mimetype == "text/javascript"
    assert "/static/js/roster/gate.js" in files
    assert all(stranger.get(file).status_code == 200 for file in files)
