"""Asking for a place that a round gives: the receipt, the standing, the refusals."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from booking.accounts.models import Person
from booking.allotment.models.requests import Request
from booking.allotment.models.rounds import Leaf
from booking.allotment.rules.checker import check, holds
from booking.exams.models import Learner
from booking.kernel.actors import Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from tests import factories
from tests.service.allotment.city import CLOSE, DRAW, OPENED, Town
from tests.web.api.conftest import Caller, problem, refusal

RECEIPT = {"announcement_hash", "row", "nonce", "leaf", "n", "root", "signature"}


@pytest.fixture
def town(sessions: Sessions) -> Town:
    """A town with an open round of one slot with one place."""
    town = Town(sessions)
    town.add_slot()
    town.open()
    return town


@pytest.fixture
def mei(town: Town, program: Callable[..., Caller]) -> Caller:
    return program(actor=town.add_learner())


def ask(caller: Caller, *slots: int, key: str = "key-1", **more: object) -> TestResponse:
    body = {"service": "subject_2", "preferences": list(slots), **more}
    return caller.call("POST", "/requests", key=key, json=body)


def count(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(Request)) or 0


def refuse_everything(town: Town, actor: Actor | None) -> None:
    """Let the learner's permit have run out."""
    assert actor is not None
    with unit_of_work(town.sessions) as session:
        ended = update(Learner).where(Learner.person_id == actor.person_id)
        session.execute(ended.values(permit_valid_until=date(2026, 11, 1)))


def test_a_request_gets_its_receipt_and_its_first_position(mei: Caller, town: Town) -> None:
    answer = ask(mei, *town.slots)

    body = answer.get_json()
    assert (answer.status_code, body["state"], body["version"]) == (201, "live", 1)
    assert (body["ranking_time"], body["position"]) == ("2026-03-10T16:00:00Z", 1)
    assert set(body["receipt"]) == RECEIPT
    assert body["receipts"] == [body["receipt"]]
    (stands,) = body["rounds"]
    assert (stands["state"], stands["standing"], stands["wishes"]) == ("collecting", "in", [str(town.slots[0])])
    assert stands["closes_at"] == "2026-12-03T09:00:00Z"
    assert body["preferences"] == town.slots


def test_the_receipt_is_found_in_the_record_and_its_signature_holds(mei: Caller, town: Town) -> None:
    receipt = ask(mei, *town.slots).get_json()["receipt"]
    town.draw()

    steps = list(check(town.record_text(1), [json.dumps(receipt, ensure_ascii=False)], receipt["row"]["pid"]))

    assert holds(steps), steps
    assert next(step for step in steps if "receipt" in step.name).state == "ok"


def test_the_position_counts_who_ranks_before_whenever_they_came(
    mei: Caller, town: Town, program: Callable[..., Caller]
) -> None:
    earlier = [town.add_learner(accepted_on=date(2026, 2, day)) for day in (1, 2)]
    later = town.add_learner(accepted_on=date(2026, 4, 1))
    town.ask(later, *town.slots)
    town.ask(earlier[0], *town.slots)

    first = ask(mei, *town.slots).get_json()
    ask(program(actor=earlier[1]), *town.slots)

    assert first["position"] == 2
    assert mei.get(f"/requests/{first['reference']}").get_json()["position"] == 3


def test_after_the_draw_a_request_names_its_booking_or_its_place_in_the_queue(
    mei: Caller, town: Town, program: Callable[..., Caller]
) -> None:
    other = program(actor=town.add_learner(accepted_on=date(2026, 4, 1)))
    made = [ask(caller, *town.slots).get_json()["reference"] for caller in (mei, other)]
    town.draw()

    won, waits = (
        caller.get(f"/requests/{reference}").get_json() for caller, reference in zip((mei, other), made, strict=True)
    )

    assert (won["state"], won["rounds"][0]["standing"], won["position"]) == ("granted", "granted", 1)
    assert won["rounds"][0]["slot_id"] == town.slots[0]
    assert mei.get(f"/bookings/{won['booking']}").get_json()["slot"]["id"] == town.slots[0]
    assert (waits["state"], waits["position"], waits["rounds"][0]["queue"]) == ("live", 2, 1)
    assert waits["booking"] is None


def test_any_slot_at_a_site_can_be_asked_for(mei: Caller, town: Town) -> None:
    body = ask(mei, any_at_sites=[town.site_id]).get_json()

    assert (body["preferences"], body["any_at_sites"]) == ([], [town.site_id])
    assert body["receipt"]["row"]["wishes"] == [f"*{town.site_id}"]


def test_a_request_in_two_rounds_has_a_receipt_of_each(mei: Caller, town: Town) -> None:
    town.add_slot(day=date(2026, 12, 9))
    town.open()

    body = ask(mei, *town.slots, carry_on=True, notice_hours=12).get_json()

    assert [one["date"] for one in body["rounds"]] == ["2026-12-08", "2026-12-09"]
    assert len({receipt["announcement_hash"] for receipt in body["receipts"]}) == 2
    assert body["receipt"] == body["receipts"][0]
    assert (body["carry_on"], body["notice_hours"]) == (True, 12)


def test_the_same_call_twice_is_one_request_even_when_requests_have_closed_by_now(
    mei: Caller, town: Town, clock: FixedClock, program: Callable[..., Caller]
) -> None:
    first, second = ask(mei, *town.slots), ask(mei, *town.slots)
    clock.instant = CLOSE
    closed = ask(program(actor=mei.actor), *town.slots)

    assert [answer.status_code for answer in (first, second, closed)] == [201] * 3
    assert first.get_json() == second.get_json()
    assert closed.get_json()["reference"] == first.get_json()["reference"]
    assert count(town.sessions) == 1


def test_a_key_is_good_for_one_request(mei: Caller, town: Town) -> None:
    ask(mei, *town.slots)

    assert refusal(ask(mei, any_at_sites=[town.site_id])) == (422, "idempotency_key_reused")


def test_a_second_request_of_a_service_is_refused(mei: Caller, town: Town) -> None:
    ask(mei, *town.slots)

    assert refusal(ask(mei, *town.slots, key="key-2")) == (409, "already_asked")
    assert count(town.sessions) == 1


@pytest.mark.parametrize("key", [None, "", "x" * 65])
def test_without_a_fit_key_nothing_is_asked(mei: Caller, town: Town, key: str | None) -> None:
    body = {"service": "subject_2", "preferences": town.slots}

    answer = mei.call("POST", "/requests", key=key, json=body)

    assert refusal(answer) == (400, "idempotency_key_missing")
    assert count(town.sessions) == 0


def test_what_the_rules_refuse_names_every_reason_and_stands_in_the_record(mei: Caller, town: Town) -> None:
    refuse_everything(town, mei.actor)

    answer = ask(mei, *town.slots)

    assert refusal(answer) == (422, "not_eligible")
    reasons = problem(answer)["reasons"]
    assert len({reason["code"] for reason in reasons}) == len(reasons) > 1
    assert all(reason["basis"] for reason in reasons)
    with reading(town.sessions) as session:
        row = json.loads(session.scalars(select(Leaf.row)).one())
    assert (row["kind"], row["reason"]) == ("refused", reasons[0]["code"])
    assert count(town.sessions) == 0


def test_a_refusal_is_noted_once_for_a_reason(mei: Caller, town: Town) -> None:
    refuse_everything(town, mei.actor)

    for key in ("key-1", "key-2"):
        assert refusal(ask(mei, *town.slots, key=key)) == (422, "not_eligible")

    with reading(town.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Leaf)) == 1


@pytest.mark.parametrize(
    ("wishes", "detail"),
    [
        ({}, "choose at least one"),
        ({"preferences": [1, 1]}, "same wish stands twice"),
        ({"preferences": [999]}, "does not belong"),
        ({"any_at_sites": [999]}, "does not belong"),
        ({"preferences": list(range(1, 12))}, "too many wishes"),
    ],
)
def test_wishes_that_cannot_stand_are_refused_with_what_is_wrong(
    mei: Caller, town: Town, wishes: dict[str, Any], detail: str
) -> None:
    answer = mei.call("POST", "/requests", key="k", json={"service": "subject_2", **wishes})

    assert refusal(answer) == (422, "invalid_input")
    assert detail in problem(answer)["detail"]
    assert "preferences" in problem(answer)["reasons"][0]["message"]
    assert count(town.sessions) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "service"),
        ({"service": "subject_9"}, "service"),
        ({"service": "subject_2", "preferences": 1}, "preferences"),
        ({"service": "subject_2", "preferences": ["1"]}, "preferences"),
        ({"service": "subject_2", "preferences": [2**40]}, "preferences"),
        ({"service": "subject_2", "preferences": list(range(1, 40))}, "preferences"),
        ({"service": "subject_2", "any_at_sites": [None]}, "any_at_sites"),
        ({"service": "subject_2", "carry_on": "yes"}, "carry_on"),
        ({"service": "subject_2", "notice_hours": -1}, "notice_hours"),
        ({"service": "subject_2", "vehicle_id": 1}, "vehicle_id"),
    ],
)
def test_a_body_that_is_not_as_told_names_the_field(mei: Caller, body: dict[str, Any], field: str) -> None:
    answer = mei.call("POST", "/requests", key="k", json=body)

    assert refusal(answer) == (422, "invalid_input")
    assert field in problem(answer)["reasons"][0]["message"]


def test_after_the_close_a_slot_takes_no_requests(
    town: Town, clock: FixedClock, program: Callable[..., Caller]
) -> None:
    clock.instant = CLOSE

    answer = ask(program(actor=town.add_learner()), *town.slots)

    assert refusal(answer) == (422, "invalid_input")
    assert "no longer takes requests" in problem(answer)["detail"]


def test_a_request_is_changed_by_who_saw_its_latest_version(mei: Caller, town: Town) -> None:
    later = town.add_slot(day=date(2026, 12, 9))
    town.open()
    made = ask(mei, *town.slots[:1]).get_json()
    path, wishes = f"/requests/{made['reference']}", {"preferences": [later]}

    changed = mei.call("PUT", path, json={**wishes, "version": 1})
    stale = mei.call("PUT", path, json={**wishes, "version": 1})

    body = changed.get_json()
    assert (changed.status_code, body["version"], body["preferences"]) == (200, 2, [later])
    assert {one["date"]: one["standing"] for one in body["rounds"]} == {"2026-12-08": "out", "2026-12-09": "in"}
    assert refusal(stale) == (409, "stale")


def test_a_change_that_the_rules_refuse_leaves_the_request_as_it_was(mei: Caller, town: Town) -> None:
    made = ask(mei, *town.slots).get_json()
    refuse_everything(town, mei.actor)

    answer = mei.call("PUT", f"/requests/{made['reference']}", json={"preferences": town.slots, "version": 1})

    assert refusal(answer) == (422, "not_eligible")
    assert mei.get(f"/requests/{made['reference']}").get_json() == made


def test_a_request_is_shown_and_withdrawn_by_its_reference(mei: Caller, town: Town) -> None:
    made = ask(mei, *town.slots).get_json()
    path = f"/requests/{made['reference']}"
    assert mei.get(path.lower()).get_json() == made

    answer = mei.call("DELETE", path)
    again = mei.call("DELETE", path)

    body = answer.get_json()
    assert (answer.status_code, body["state"], body["rounds"][0]["standing"]) == (200, "withdrawn", "out")
    assert body["receipt"]["row"]["kind"] == "withdraw"
    assert (again.status_code, again.get_json()) == (200, body)


def test_a_granted_request_cannot_be_withdrawn(
    mei: Caller, town: Town, clock: FixedClock, program: Callable[..., Caller]
) -> None:
    reference = ask(mei, *town.slots).get_json()["reference"]
    town.draw()
    clock.instant = DRAW + timedelta(minutes=1)

    assert refusal(program(actor=mei.actor).call("DELETE", f"/requests/{reference}")) == (409, "conflict")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_somebody_elses_request_is_not_found_and_stands(
    mei: Caller, town: Town, program: Callable[..., Caller], method: str
) -> None:
    other = program(actor=town.add_learner())
    reference = ask(other, *town.slots).get_json()["reference"]
    body = {"preferences": town.slots, "version": 1} if method == "PUT" else None

    assert refusal(mei.call(method, f"/requests/{reference}", json=body)) == (404, "not_found")
    assert other.get(f"/requests/{reference}").get_json()["state"] == "live"


@pytest.mark.parametrize("reference", ["ZZZZZZZZZZ", "Z", "%00", "%E9%94%AE"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_reference_that_is_none_is_not_found(mei: Caller, method: str, reference: str) -> None:
    assert refusal(mei.call(method, f"/requests/{reference}")) == (404, "not_found")


def test_own_requests_are_listed_the_last_first_and_in_parts(mei: Caller, town: Town) -> None:
    made = []
    for key in ("key-1", "key-2", "key-3"):
        made.append(ask(mei, *town.slots, key=key).get_json()["reference"])
        mei.call("DELETE", f"/requests/{made[-1]}")
    town.ask(town.add_learner(), *town.slots, now=OPENED)

    first = mei.get("/requests?limit=2").get_json()
    second = mei.get(f"/requests?limit=2&cursor={first['next_cursor']}").get_json()

    assert [one["reference"] for part in (first, second) for one in part["items"]] == made[::-1]
    assert second["next_cursor"] is None


def test_no_answer_bears_name_document_or_phone(mei: Caller, town: Town) -> None:
    answers = [ask(mei, *town.slots)]
    reference = answers[0].get_json()["reference"]
    answers += [mei.get(f"/requests/{reference}"), mei.get("/requests"), mei.get("/rounds/1/leaves")]
    town.draw()
    answers += [mei.get("/rounds"), mei.get("/rounds/1/record"), mei.get("/rounds/1/leaves")]
    with reading(town.sessions) as session:
        person, keyring = session.scalars(select(Person)).one(), keyring_of(session)
        secrets = [
            person.name,
            keyring.open(person.id_number_sealed, column="person.id_number"),
            keyring.open(person.phone_sealed, column="person.phone"),
        ]

    assert all(answer.status_code in (200, 201) for answer in answers)
    assert not [secret for secret in secrets for answer in answers if secret in answer.text]


def test_a_request_that_waits_for_later_rounds_has_no_receipt_yet(mei: Caller, town: Town) -> None:
    with unit_of_work(town.sessions) as session:
        quiet = factories.site(session)

    body = ask(mei, any_at_sites=[quiet], carry_on=True).get_json()

    assert (body["receipt"], body["ranking_time"], body["position"], body["rounds"]) == (None, None, None, [])
