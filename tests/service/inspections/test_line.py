"""What the core hears of a vehicle, and that a booking of one goes through it whole."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.bookings.wishes import Wish
from booking.inspections.holders import holder_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.service.binding import bind_vehicle
from booking.inspections.service.plated import find_or_add_walk_in
from booking.kernel.actors import Role
from booking.kernel.calendar import start_of
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotEligibleError, NotFoundError
from booking.kernel.ids import Holder, VehicleId
from booking.lines import LINES
from booking.slots.models import Lane, Method, Slot
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import CAR, COMPANY, applicant, person_of
from tests.service.inspections.town import ledger, station, told, window

DAY = date(2026, 12, 3)


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


def codes(session: Session, vehicle_id: VehicleId, slot_id: int) -> list[str]:
    refusals = INSPECTIONS.refusals(session, holder_of(vehicle_id), session.get_one(Slot, slot_id), now=NOW)
    return [refusal.code for refusal in refusals]


def slot_of(session: Session, *, service: str = "inspection_small", classes: str = "", day: date = DAY) -> int:
    return factories.slot(
        session, line="inspections", service=service, classes=classes, day=day, site_id=factories.station(session),
        published_at=NOW - timedelta(days=30),
    )  # fmt: skip


def test_the_line_is_one_row_of_the_table() -> None:
    assert LINES["inspections"] is INSPECTIONS


def test_a_vehicle_that_is_due_for_a_line_test_may_book(session: Session) -> None:
    vehicle_id = factories.vehicle(session, person_id=factories.person(session))

    assert codes(session, vehicle_id, slot_of(session)) == []


@pytest.mark.parametrize(
    ("kind", "use", "registered_on", "valid_until", "slot", "expected"),
    [
        ("truck", "F", date(2010, 12, 1), date(2026, 12, 31), {}, ["wrong-service"]),
        ("minibus", "A", date(2010, 12, 1), date(2026, 12, 31), {"classes": "SMALL_PASSENGER"}, ["kind-not-served"]),
        ("small_passenger", "A", date(2010, 12, 1), date(2027, 12, 31), {}, ["not-due-yet"]),
        ("small_passenger", "A", date(2022, 12, 1), date(2026, 12, 31), {}, ["mark-only"]),
        ("small_passenger", "A", date(2010, 12, 1), date(2024, 12, 31), {}, []),  # overdue: nobody is sent home
    ],
)
def test_the_rules_decide(
    session: Session, kind: str, use: str, registered_on: date, valid_until: date, slot: dict[str, Any],
    expected: list[str],
) -> None:  # fmt: skip
    vehicle_id = factories.vehicle(
        session, person_id=factories.person(session), kind=kind, use=use, registered_on=registered_on,
        valid_until=valid_until,
    )  # fmt: skip

    assert codes(session, vehicle_id, slot_of(session, **slot)) == expected


def test_a_large_bus_of_another_place_is_sent_there(session: Session) -> None:
    vehicle_id = factories.vehicle(
        session, person_id=factories.person(session), kind="large_passenger", seats=40, plate="粤A12345",
        plate_type="01",
    )  # fmt: skip

    assert codes(session, vehicle_id, slot_of(session, service="inspection_large")) == ["other-place"]


def test_of_a_car_seen_at_the_gate_nobody_can_tell_whether_it_is_due(session: Session) -> None:
    gate = factories.account(session, Role.STATION, site_id=factories.station(session))
    vehicle_id = find_or_add_walk_in(session, "02", "粤G12345", "small_passenger", actor=gate, now=NOW)

    (refusal,) = INSPECTIONS.refusals(
        session, holder_of(vehicle_id), session.get_one(Slot, slot_of(session)), now=NOW
    )

    for language in ("zh", "en"):
        reason = INSPECTIONS.explained(refusal, language)
        assert "" not in (reason.message, reason.basis)


def test_every_refusal_of_the_line_has_words(session: Session) -> None:
    vehicle_id = factories.vehicle(session, person_id=factories.person(session), valid_until=date(2028, 12, 31))
    slot = session.get_one(Slot, slot_of(session))

    (refusal,) = INSPECTIONS.refusals(session, holder_of(vehicle_id), slot, now=NOW)

    reason = INSPECTIONS.explained(refusal, "zh")
    assert (reason.code, reason.earliest) == ("not-due-yet", date(2028, 10, 1))
    assert "2028年10月1日" in reason.message


def test_many_vehicles_and_windows_are_judged_in_three_statements(session: Session) -> None:
    owner = factories.person(session)
    holders = [holder_of(factories.vehicle(session, person_id=owner)) for _ in range(5)]
    slots = [session.get_one(Slot, slot_of(session, service=f"inspection_{size}")) for size in ("small", "large")]
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    found = INSPECTIONS.refused(session, [(holder, slot) for holder in holders for slot in slots], now=NOW)

    assert set(found) == {(holder, slots[1].id) for holder in holders}
    assert len(statements) <= 3


def test_owners_and_agents_may_act_and_nobody_else(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, person_id=person_of(mei))
        company = bind_vehicle(session, person_of(wang), CAR, company=COMPANY, actor=wang, now=NOW).vehicle_id
    assert company is not None

    with reading(sessions) as session:
        of_mei, of_company = holder_of(vehicle_id), holder_of(company)
        assert INSPECTIONS.is_for(session, of_mei, person_of(mei))
        assert INSPECTIONS.is_for(session, of_company, person_of(wang))
        assert not INSPECTIONS.is_for(session, of_mei, person_of(wang))
        assert not INSPECTIONS.is_for(session, of_company, person_of(mei))
        assert not INSPECTIONS.is_for(session, Holder("person:1"), person_of(mei))
        assert not INSPECTIONS.is_for(session, Holder("vehicle:999"), person_of(mei))


def test_pseudonyms_are_made_of_the_plate_and_messages_of_the_masked_one(session: Session) -> None:
    vehicle_id = factories.vehicle(session, person_id=factories.person(session), plate="粤G12345")
    holder = holder_of(vehicle_id)

    assert INSPECTIONS.identities(session, [holder]) == {holder: "plate:02:粤G12345"}
    assert INSPECTIONS.called(session, [holder]) == {holder: "粤G·1***5"}
    assert INSPECTIONS.template("booking_confirmed") == "inspection_booking_confirmed"


def test_the_rule_set_of_a_window_is_that_of_its_day() -> None:
    days = [date(2013, 1, 1), date(2016, 4, 1), date(2021, 1, 1), date(2026, 1, 1)]

    assert [INSPECTIONS.rule_set(day) for day in days] == [
        "inspection-2004", "inspection-2014", "inspection-2020", "inspection-2022",
    ]  # fmt: skip


def test_requests_rank_by_the_day_that_the_register_has(session: Session) -> None:
    owner = factories.person(session)
    vehicle_id = factories.vehicle(session, person_id=owner, valid_until=date(2026, 12, 31))

    ranking = INSPECTIONS.ranking(session, holder_of(vehicle_id), "inspection_small")

    assert ranking is not None
    assert ranking.time == start_of(date(2026, 12, 31))


def test_a_place_of_a_round_that_was_given_up_counts_and_one_of_public_sale_does_not(session: Session) -> None:
    mei = factories.account(session)
    vehicle_id = factories.vehicle(session, person_id=person_of(mei), valid_until=date(2020, 1, 1))
    holder = holder_of(vehicle_id)
    at = {Method.FIRST_COME: NOW - timedelta(hours=1), Method.RANKED: NOW - timedelta(hours=2)}
    for method, ended_at in at.items():
        slot_id = factories.slot(session, line="inspections", service="inspection_small", method=method)
        reference = factories.booking_row(session, mei, slot_id, at=NOW, held_by=holder)
        row = session.scalars(select(Booking).where(Booking.reference == reference)).one()
        row.state, row.ended_at = BookingState.CANCELLED, ended_at
        session.flush()

    ranking = INSPECTIONS.ranking(session, holder, "inspection_small")

    assert ranking is not None
    assert ranking.time == at[Method.RANKED]


def test_a_vehicle_books_and_its_owner_is_told_with_a_masked_plate(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, person_id=person_of(mei), plate="粤G12345")
    slot_id = window(sessions, station(sessions), DAY, free=1)

    wish = Wish(person_of(wang), holder_of(vehicle_id), slot_id, "other")
    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        bookings.book_seat(session, INSPECTIONS, wish, actor=wang, now=NOW)
    with unit_of_work(sessions) as session:
        wish = Wish(person_of(mei), holder_of(vehicle_id), slot_id, "key")
        reference = bookings.book_seat(session, INSPECTIONS, wish, actor=mei, now=NOW)

    assert ledger(sessions, slot_id)["taken"] == 1
    (text,) = told(sessions, "inspection_booking_confirmed")
    assert "粤G·1***5" in text
    assert "12345" not in text.replace(reference, "")


def test_a_vehicle_that_needs_no_test_is_not_booked(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, person_id=person_of(mei), registered_on=date(2022, 12, 1))
    slot_id = window(sessions, station(sessions), DAY)

    wish = Wish(person_of(mei), holder_of(vehicle_id), slot_id, "key")
    with pytest.raises(NotEligibleError) as refused, unit_of_work(sessions) as session:
        bookings.book_seat(session, INSPECTIONS, wish, actor=mei, now=NOW)

    assert [reason.code for reason in refused.value.reasons] == ["mark-only"]
    assert ledger(sessions, slot_id)["taken"] == 0


def test_nobody_who_books_stands_in_the_walk_in_share(session: Session) -> None:
    vehicle_id = factories.vehicle(session, person_id=factories.person(session))
    slot = session.get_one(Slot, slot_of(session))

    assert INSPECTIONS.lanes(session, holder_of(vehicle_id), slot, now=NOW) == (Lane.ORDINARY,)
