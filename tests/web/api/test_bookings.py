"""Booking, listing and cancelling by program; and asking beforehand."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from booking.accounts.models import Person
from booking.allotment import jobs
from booking.bookings.models import Booking, BookingChannel
from booking.exams.line import EXAMS
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.models import Quota, Slot, SlotState
from tests import factories
from tests.conftest import NOW
from tests.service.allotment.city import NOON, Town
from tests.web.api.conftest import Caller, problem, refusal
from tests.web.bookings.calendars import read_calendar


@pytest.fixture
def slot_id(sessions: Sessions) -> SlotId:
    with unit_of_work(sessions) as session:
        return factories.slot(session)


def count(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(Booking)) or 0


def set_slot(sessions: Sessions, **values: object) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Slot).values(**values))


def test_who_may_book_is_told_so(learner: Caller) -> None:
    assert learner.get("/me/eligibility?service=subject_2").get_json() == {"eligible": True, "reasons": []}


def test_who_may_not_book_is_told_every_reason_with_its_article(
    learner: Caller, program: Callable[..., Caller]
) -> None:
    answer = learner.get("/me/eligibility?service=safety").get_json()

    assert answer["eligible"] is False
    assert {reason["code"] for reason in answer["reasons"]} >= {"subject-2-first", "road-first"}
    assert all("art. 39" in reason["basis"] for reason in answer["reasons"])
    assert [one["code"] for one in program().get("/me/eligibility?service=road").get_json()["reasons"]] == [
        "no-record"
    ]


def test_reasons_are_chinese_unless_english_is_asked_for(learner: Caller) -> None:
    answer = learner.get("/me/eligibility?service=safety", headers={"Accept-Language": "zh-CN"})

    assert answer.get_json()["reasons"][0]["basis"].startswith("公安部令")
    assert answer.headers["Content-Language"] == "zh"


def test_a_reason_that_time_lifts_names_the_day(sessions: Sessions, program: Callable[..., Caller]) -> None:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        assert actor.person_id is not None
        factories.learner(session, actor.person_id, permit_issued_on=date(2026, 11, 23))
        factories.passed(session, actor, "subject_1")

    (reason,) = program(actor=actor).get("/me/eligibility?service=subject_2").get_json()["reasons"]

    assert date.fromisoformat(reason["earliest"]) > date(2026, 11, 24)


@pytest.mark.parametrize("query", ["", "?service=", "?service=subject_9"])
def test_eligibility_is_of_a_service_there_is(learner: Caller, query: str) -> None:
    assert refusal(learner.get(f"/me/eligibility{query}")) == (422, "invalid_input")


def test_a_booking_takes_a_seat_on_line(learner: Caller, slot_id: SlotId, sessions: Sessions) -> None:
    answer = learner.book(slot_id)

    body = answer.get_json()
    assert (answer.status_code, body["state"], body["slot"]["id"]) == (201, "confirmed", slot_id)
    assert body["slot"]["starts_at"] == "2026-12-08T00:30:00Z"
    with reading(sessions) as session:
        booking = session.scalars(select(Booking)).one()
        assert (booking.reference, booking.channel) == (body["reference"], BookingChannel.INTERNET)
        assert session.scalars(select(Quota.taken)).one() == 1


def test_the_same_request_twice_is_one_booking(learner: Caller, slot_id: SlotId, sessions: Sessions) -> None:
    first, second = learner.book(slot_id), learner.book(slot_id)

    assert (second.status_code, second.get_json()) == (201, first.get_json())
    assert count(sessions) == 1


def test_the_same_request_gets_its_booking_even_when_the_slot_is_full_or_closed_by_now(
    learner: Caller, sessions: Sessions, clock: FixedClock
) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=1, closes_at=NOW + timedelta(hours=1))
    first = learner.book(slot_id)
    full = learner.book(slot_id)
    clock.instant += timedelta(hours=1)
    closed = learner.book(slot_id)

    assert first.status_code == 201
    assert [full.get_json(), closed.get_json()] == [first.get_json()] * 2


def test_a_key_is_good_for_one_slot(learner: Caller, slot_id: SlotId, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        other = factories.slot(session, released=0)
    learner.book(slot_id)

    assert refusal(learner.book(other)) == (422, "idempotency_key_reused")


def test_the_same_key_of_another_person_is_another_key(
    learner: Caller, slot_id: SlotId, sessions: Sessions, program: Callable[..., Caller]
) -> None:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        assert actor.person_id is not None
        factories.learner(session, actor.person_id)
        factories.passed(session, actor, "subject_1")

    references = {caller.book(slot_id).get_json()["reference"] for caller in (learner, program(actor=actor))}

    assert len(references) == 2


@pytest.mark.parametrize("key", [None, "", "x" * 65, "two words", "键"])
def test_without_a_fit_key_nothing_is_booked(
    learner: Caller, slot_id: SlotId, sessions: Sessions, key: str | None
) -> None:
    answer = learner.call("POST", "/bookings", key=key, json={"slot_id": slot_id})

    assert refusal(answer) == (400, "idempotency_key_missing")
    assert "Idempotency-Key" in problem(answer)["detail"]
    assert count(sessions) == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"slot_id": "1"},
        {"slot_id": 0},
        {"slot_id": 2**40},
        {"slot_id": 1, "vehicle_id": "1"},
        {"slot_id": 1, "x": 1},
    ],
)
def test_a_wish_that_is_not_as_told_books_nothing(learner: Caller, body: object) -> None:
    assert refusal(learner.call("POST", "/bookings", key="k", json=body)) == (422, "invalid_input")


def test_a_slot_that_is_none_is_not_found(learner: Caller) -> None:
    assert refusal(learner.book(SlotId(999))) == (404, "not_found")


def test_a_full_slot_is_refused(learner: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        full = factories.slot(session, released=0)

    assert refusal(learner.book(full)) == (409, "slot_full")


def test_a_slot_that_is_not_open_is_refused(learner: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        closed = factories.slot(session, closes_at=NOW)

    assert refusal(learner.book(closed)) == (409, "slot_closed")


@pytest.mark.parametrize(
    ("at", "way"),
    [
        (NOW, "send a request with POST /api/v1/requests before 2026-12-03 17:00"),
        (datetime(2026, 12, 3, 9, tzinfo=UTC), "can be booked from 2026-12-05 12:00 on"),
    ],
)
def test_a_slot_that_a_round_decides_is_refused_with_the_way_to_ask(
    sessions: Sessions, clock: FixedClock, program: Callable[..., Caller], at: datetime, way: str
) -> None:
    town = Town(sessions)
    slot_id, person = town.add_slot(), town.add_learner()
    clock.instant = at

    answer = program(actor=person).book(slot_id)

    assert refusal(answer) == (409, "round_decides")
    assert way in problem(answer)["detail"]
    assert count(sessions) == 0


def test_what_a_round_has_left_over_is_booked_like_any_other_place(
    sessions: Sessions, clock: FixedClock, program: Callable[..., Caller]
) -> None:
    town = Town(sessions)
    slot_id, person = town.add_slot(), town.add_learner()
    town.open()
    town.draw()
    jobs.hand_on_seats(sessions, EXAMS, NOON)
    clock.instant = NOON

    assert program(actor=person).book(slot_id).status_code == 201


def test_a_withdrawn_slot_is_refused_and_listed_as_such(learner: Caller, slot_id: SlotId, sessions: Sessions) -> None:
    set_slot(sessions, state=SlotState.WITHDRAWN, withdrawn_at=NOW, withdrawn_reason="台风停考")

    assert refusal(learner.book(slot_id)) == (409, "slot_closed")
    assert learner.get("/slots").get_json()["items"][0]["state"] == "withdrawn"


def test_a_second_place_of_a_service_is_refused(learner: Caller, slot_id: SlotId, sessions: Sessions) -> None:
    learner.book(slot_id)

    answer = learner.book(slot_id, key="key-2")

    assert refusal(answer) == (409, "already_booked")
    assert "already-booked" in {reason["code"] for reason in problem(answer)["reasons"]}
    assert count(sessions) == 1


def test_what_the_rules_refuse_names_every_reason(learner: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        safety = factories.slot(session, service="safety")

    answer = learner.book(safety)

    assert refusal(answer) == (422, "not_eligible")
    assert {reason["code"] for reason in problem(answer)["reasons"]} >= {"subject-2-first", "road-first"}
    assert count(sessions) == 0


def test_own_bookings_are_listed_the_last_first_and_in_parts(learner: Caller, sessions: Sessions) -> None:
    assert learner.actor is not None
    with unit_of_work(sessions) as session:
        made = [
            factories.booking(session, learner.actor, factories.slot(session, service=service), at=NOW)
            for service in ("subject_2", "road", "safety")
        ]
        factories.booking(session, factories.account(session), factories.slot(session), at=NOW)

    first = learner.get("/bookings?limit=2").get_json()
    second = learner.get(f"/bookings?limit=2&cursor={first['next_cursor']}").get_json()

    assert [one["reference"] for part in (first, second) for one in part["items"]] == made[::-1]
    assert second["next_cursor"] is None


def test_a_booking_is_shown_and_cancelled_by_its_reference(
    learner: Caller, slot_id: SlotId, sessions: Sessions
) -> None:
    reference = learner.book(slot_id).get_json()["reference"]
    assert learner.get(f"/bookings/{reference.lower()}").get_json()["reference"] == reference

    answer = learner.call("DELETE", f"/bookings/{reference}")
    again = learner.call("DELETE", f"/bookings/{reference}")

    assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.get_json()) == (200, answer.get_json())
    with reading(sessions) as session:
        assert session.execute(select(Quota.taken, Quota.freed)).one() == (0, 1)


def test_a_booking_is_given_as_a_calendar_file_before_and_after_its_end(
    learner: Caller, slot_id: SlotId, sessions: Sessions
) -> None:
    reference = learner.book(slot_id).get_json()["reference"]
    answer = learner.get(f"/bookings/{reference.lower()}.ics")
    learner.call("DELETE", f"/bookings/{reference}")
    after = learner.get(f"/bookings/{reference}.ics", headers={"Accept-Language": "zh-CN"})

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="booking-{reference}.ics"'
    event, struck_out = (read_calendar(each.data).part("VEVENT") for each in (answer, after))
    assert event.text("UID") == struck_out.text("UID")
    assert (event.text("STATUS"), event.text("SEQUENCE")) == ("CONFIRMED", "0")
    assert (struck_out.text("STATUS"), struck_out.text("SEQUENCE")) == ("CANCELLED", "1")
    assert event.text("SUMMARY").startswith("Subject 2 (field)")
    assert struck_out.text("SUMMARY").startswith("已取消：科目二")
    assert after.headers["Content-Language"] == "zh"


def test_the_document_tells_that_a_calendar_comes(nobody: Caller) -> None:
    told = nobody.get("/openapi.json").get_json()["paths"]["/api/v1/bookings/{reference}.ics"]["get"]["responses"]

    assert list(told["200"]["content"]) == ["text/calendar"]


@pytest.mark.parametrize("reference", ["ZZZZZZZZZZ", "Z", "%00", "%E9%94%AE"])
def test_a_calendar_file_of_a_reference_that_is_none_is_not_found(learner: Caller, reference: str) -> None:
    assert refusal(learner.get(f"/bookings/{reference}.ics")) == (404, "not_found")


def test_somebody_elses_calendar_file_is_not_found(
    learner: Caller, sessions: Sessions, program: Callable[..., Caller]
) -> None:
    other = program()
    assert other.actor is not None
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, other.actor, factories.slot(session), at=NOW)

    assert refusal(learner.get(f"/bookings/{reference}.ics")) == (404, "not_found")
    assert other.get(f"/bookings/{reference}.ics").status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_somebody_elses_booking_is_not_found_and_stands(
    learner: Caller, sessions: Sessions, program: Callable[..., Caller], method: str
) -> None:
    other = program()
    assert other.actor is not None
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, other.actor, factories.slot(session), at=NOW)

    assert refusal(learner.call(method, f"/bookings/{reference}")) == (404, "not_found")
    assert other.get(f"/bookings/{reference}").get_json()["state"] == "confirmed"


@pytest.mark.parametrize("reference", ["ZZZZZZZZZZ", "Z", "%00", "%E9%94%AE"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_reference_that_is_none_is_not_found(learner: Caller, method: str, reference: str) -> None:
    assert refusal(learner.call(method, f"/bookings/{reference}")) == (404, "not_found")


def test_after_the_deadline_a_booking_stands(learner: Caller, sessions: Sessions, clock: FixedClock) -> None:
    assert learner.actor is not None
    deadline = NOW + timedelta(hours=1)
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, learner.actor, factories.slot(session, closes_at=deadline), at=NOW)
    clock.instant = deadline

    assert refusal(learner.call("DELETE", f"/bookings/{reference}")) == (409, "too_late")
    assert learner.get(f"/bookings/{reference}").get_json()["state"] == "confirmed"


def test_no_answer_bears_name_document_or_phone(learner: Caller, slot_id: SlotId, sessions: Sessions) -> None:
    answers = [learner.book(slot_id), learner.book(slot_id, key="key-2")]
    reference = answers[0].get_json()["reference"]
    answers += [
        learner.get(path)
        for path in (
            "/bookings",
            f"/bookings/{reference}",
            f"/bookings/{reference}.ics",
            "/sites",
            "/slots",
            "/me/eligibility?service=subject_2",
        )
    ]
    answers.append(learner.call("DELETE", f"/bookings/{reference}"))
    with reading(sessions) as session:
        person, keyring = session.scalars(select(Person)).one(), keyring_of(session)
        private = {
            person.name,
            keyring.open(person.id_number_sealed, column="person.id_number"),
            keyring.open(person.phone_sealed, column="person.phone"),
        }

    for answer in answers:
        assert not [text for text in private if text in answer.get_data(as_text=True)]
