"""The counter: finding people without an address that tells of them, and acting for them by the same rules."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select, update

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.bookings.models import Booking, BookingChannel, BookingState
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.models import Quota
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor, hidden_fields

WHY = {"paper": "id_original", "evidence": "本人到场", "reason": "不会上网"}


@pytest.fixture
def held(mei: Actor, place: Callable[..., SlotId], sessions: Sessions) -> str:
    slot_id = place()
    with unit_of_work(sessions) as session:
        return factories.booking(session, mei, slot_id, at=NOW)


def secrets_of(sessions: Sessions, actor: Actor) -> tuple[str, str]:
    """The person's document number and phone in clear."""
    with reading(sessions) as session:
        person = session.get_one(Person, actor.person_id)
        keyring = sessions.keyring
        number = keyring.open(person.id_number_sealed, column="person.id_number")
        return number, keyring.open(person.phone_sealed, column="person.phone")


def stored(sessions: Sessions, reference: str) -> Booking:
    with reading(sessions) as session:
        return session.scalars(select(Booking).where(Booking.reference == reference)).one()


def test_a_phone_number_finds_the_person_masked(wang: Visitor, mei: Actor, sessions: Sessions) -> None:
    number, phone = secrets_of(sessions, mei)

    page = wang.submit("/desk/learners", {"text": phone}).text

    assert f"/desk/learners/{mei.person_id}" in page
    assert "测试梅" in page
    assert number not in page
    assert page.count(phone) == 1  # only in the box into which it was typed


def test_the_last_four_and_the_name_find_the_person(wang: Visitor, mei: Actor, sessions: Sessions) -> None:
    number, _ = secrets_of(sessions, mei)

    page = wang.submit("/desk/learners", {"text": f"测试梅 {number[-4:]}"}).text

    assert f"/desk/learners/{mei.person_id}" in page


def test_a_reference_finds_its_holder(wang: Visitor, mei: Actor, held: str) -> None:
    assert f"/desk/learners/{mei.person_id}" in wang.submit("/desk/learners", {"text": held.lower()}).text


def test_nobody_found_says_how_to_search(wang: Visitor) -> None:
    assert "Nobody was found" in wang.submit("/desk/learners", {"text": "不存在 1234"}).text


def test_an_empty_search_is_shown_again_as_an_error(wang: Visitor) -> None:
    answer = wang.submit("/desk/learners", {"text": ""})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text


def test_the_learners_page_shows_way_bookings_and_record_masked(
    wang: Visitor, mei: Actor, held: str, sessions: Sessions
) -> None:
    number, phone = secrets_of(sessions, mei)

    page = wang.get(f"/desk/learners/{mei.person_id}").text

    assert "Bookings used: 1 of 5." in page
    assert held in page
    assert number not in page
    assert phone not in page


def test_an_unknown_person_is_not_found(wang: Visitor) -> None:
    assert wang.get("/desk/learners/99999").status_code == 404


def test_a_supervisor_looks_but_finds_no_button(visitor: Callable[..., Visitor], mei: Actor, held: str) -> None:
    lin = visitor(Role.SUPERVISOR)

    page = lin.get(f"/desk/learners/{mei.person_id}").text

    assert "测试梅" in page
    assert f"/bookings/{held}" not in page
    assert lin.get(f"/desk/learners/{mei.person_id}/road").status_code == 403


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.PLANNER, Role.APPROVER, Role.EXAM_SITE])
def test_others_do_not_see_learners(visitor: Callable[..., Visitor], mei: Actor, role: Role) -> None:
    assert visitor(role).get(f"/desk/learners/{mei.person_id}").status_code == 403


def test_a_clerk_books_on_behalf_with_evidence_and_reason(
    wang: Visitor, mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    slot_id = place()
    address = f"/desk/learners/{mei.person_id}/slots/{slot_id}"
    assert f'href="{address}"' in wang.get(f"/desk/learners/{mei.person_id}/subject_2?day=2026-12-08").text

    answer = wang.submit(address, WHY)

    assert answer.status_code == 303
    with reading(sessions) as session:
        booking = session.scalars(select(Booking)).one()
        logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "booking made")).one()
    assert (logged.after["paper"], logged.after["evidence"]) == (WHY["paper"], WHY["evidence"])
    assert (booking.person_id, booking.channel) == (mei.person_id, BookingChannel.COUNTER)
    assert (booking.reason, booking.booked_by) == (WHY["reason"], wang.actor.account_id)
    assert booking.reference in wang.get(answer.location).text


def test_without_evidence_and_reason_nothing_is_booked_and_the_input_is_kept(
    wang: Visitor, mei: Actor, place: Callable[..., SlotId]
) -> None:
    address = f"/desk/learners/{mei.person_id}/slots/{place()}"

    without_evidence = wang.submit(address, {"reason": "本人来电说明"})
    without_reason = wang.submit(address, {"paper": "phone_check"})

    assert without_evidence.status_code == without_reason.status_code == 422
    assert "本人来电说明" in without_evidence.text
    numbers = wang.submit(address, {**WHY, "evidence": "证件 4408022000 01019"})
    assert numbers.status_code == 422
    assert "Leave numbers of documents and telephones out" in numbers.text
    assert "Choose what was shown" in without_evidence.text
    assert "Enter the reason" in without_reason.text


def test_the_same_rules_hold_at_the_counter(wang: Visitor, mei: Actor, place: Callable[..., SlotId]) -> None:
    open_address = f"/desk/learners/{mei.person_id}/slots/{place()}"
    fields = hidden_fields(wang.get(open_address), open_address)

    answer = wang.post(f"/desk/learners/{mei.person_id}/slots/{place(service='safety')}", data={**fields, **WHY})

    assert answer.status_code == 422
    assert "once you have passed subject 2" in answer.text


def test_a_full_session_is_full_at_the_counter_too(
    wang: Visitor, mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    slot_id, free = place(released=1), place(starts=time(10, 0))
    address = f"/desk/learners/{mei.person_id}/slots/{slot_id}"
    fields = hidden_fields(wang.get(address), address)
    with unit_of_work(sessions) as session:
        session.execute(update(Quota).where(Quota.slot_id == slot_id).values(taken=Quota.released))

    answer = wang.post(address, data={**fields, **WHY})

    assert answer.status_code == 409
    assert f'href="/desk/learners/{mei.person_id}/slots/{free}"' in answer.text


def test_a_clerk_cancels_after_the_on_line_deadline_with_a_reason(
    visitor: Callable[..., Visitor], mei: Actor, held: str, clock: FixedClock, sessions: Sessions
) -> None:
    clock.instant = datetime(2026, 12, 8, 0, 0, tzinfo=UTC)
    wang = visitor(Role.COUNTER)

    answer = wang.submit(
        f"/desk/learners/{mei.person_id}/bookings/{held}/cancel",
        {"paper": "other", "evidence": "住院证明", "reason": "住院"},
    )

    assert answer.status_code == 303
    assert stored(sessions, held).state is BookingState.CANCELLED
    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "booking cancelled")).one()
    assert (entry.reason, entry.person_id) == ("住院", wang.actor.person_id)


def test_once_the_session_has_begun_the_counter_cannot_cancel_either(
    visitor: Callable[..., Visitor], mei: Actor, held: str, clock: FixedClock, sessions: Sessions
) -> None:
    clock.instant = datetime(2026, 12, 8, 1, 0, tzinfo=UTC)

    answer = visitor(Role.COUNTER).submit(
        f"/desk/learners/{mei.person_id}/bookings/{held}/cancel", {"paper": "id_original", "reason": "迟到"}
    )

    assert answer.status_code == 409
    assert "The session has begun" in answer.text
    assert stored(sessions, held).state is BookingState.CONFIRMED


def test_a_cancellation_at_the_counter_needs_a_reason(wang: Visitor, mei: Actor, held: str) -> None:
    answer = wang.submit(
        f"/desk/learners/{mei.person_id}/bookings/{held}/cancel", {"paper": "id_original", "reason": ""}
    )

    assert answer.status_code == 422


def test_a_clerk_moves_a_booking(
    wang: Visitor, mei: Actor, held: str, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    new = place(day=date(2026, 12, 9))
    change = f"/desk/learners/{mei.person_id}/bookings/{held}/change"
    assert f'href="{change}/{new}"' in wang.get(f"{change}?day=2026-12-09").text

    answer = wang.submit(f"{change}/{new}", {"paper": "phone_check", "reason": "来电要求改期"})

    assert answer.status_code == 303
    assert stored(sessions, held).slot_id == new


def test_a_booking_is_only_found_under_its_own_holder(wang: Visitor, held: str, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        other = factories.person(session)

    assert wang.get(f"/desk/learners/{other}/bookings/{held}/cancel").status_code == 404


@pytest.mark.parametrize(
    "step",
    [
        "subject_2",
        "slots/{slot}",
        "bookings/{held}/cancel",
        "bookings/{held}/change",
        "record/new",
        "record",
        "result",
    ],
)
def test_a_clerk_never_acts_on_the_own_person(
    visitor: Callable[..., Visitor],
    mei: Actor,
    held: str,
    place: Callable[..., SlotId],
    sessions: Sessions,
    step: str,
) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, person_id=mei.person_id)
    wang = visitor(actor=clerk)
    address = f"/desk/learners/{mei.person_id}/{step}".format(slot=place(starts=time(15, 0)), held=held)
    fields = hidden_fields(wang.get("/desk/learners"), "/desk/learners")

    assert wang.get(address).status_code == 403
    if step not in ("subject_2", "bookings/{held}/change"):
        sent = {**fields, **WHY, "request_key": "own", "kind": "first", "licence_class": "C1", "held_class": ""}
        days = {"accepted_on": "2026-06-01", "day": "2026-11-20", "outcome": "passed", "subject": "subject_2"}
        assert wang.post(address, data={**sent, **days, "site": "", "seen": "{}"}).status_code == 403
    assert stored(sessions, held).state is BookingState.CONFIRMED
