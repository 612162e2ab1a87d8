"""Booking, moving and cancelling for a vehicle at the counter or by telephone: same windows, same rules, a slip."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.bookings.models import Booking, BookingChannel, BookingState
from booking.inspections.holders import holder_of
from booking.inspections.models import How
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, VehicleId
from booking.slots.holds import hold_seat
from booking.slots.models import HoldPurpose, Lane, Method
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.town import told
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import booked, car, fill, owner, person_of, station, window

WHY = {"paper": "phone_check", "evidence": "核对车主姓名", "reason": "不会上网"}
PLATE = "粤G12345"


@pytest.fixture
def zhao(sessions: Sessions) -> Actor:
    """An owner."""
    return owner(sessions)


@pytest.fixture
def vehicle(zhao: Actor, sessions: Sessions) -> VehicleId:
    """Zhao's small car, due by the end of December."""
    return car(sessions, zhao, plate=PLATE)


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(Role.COUNTER)


@pytest.fixture
def site(sessions: Sessions) -> SiteId:
    return station(sessions, name="北站")


def at(vehicle_id: int, part: str = "") -> str:
    return f"/desk/vehicles/{vehicle_id}{part}"


def only_booking(sessions: Sessions) -> Booking:
    with reading(sessions) as session:
        return session.scalars(select(Booking)).one()


def reason_kept(sessions: Sessions, act: str) -> str:
    with reading(sessions) as session:
        return session.scalars(select(AuditEntry.reason).where(AuditEntry.act == act)).one()


def test_from_the_vehicle_over_stations_and_windows_every_link_stays_at_the_counter(
    wang: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site)

    stations = wang.get(at(vehicle, "/stations")).text
    windows = wang.get(at(vehicle, f"/stations/{site}?day=2026-12-01")).text
    check = wang.get(at(vehicle, f"/windows/{slot_id}")).text

    assert f'href="{at(vehicle, f"/stations/{site}")}"' in stations
    assert f'href="{at(vehicle, f"/windows/{slot_id}")}"' in windows
    for page in (stations, windows, check):
        assert "/inspections/vehicles" not in page
        assert PLATE not in page


def test_a_clerk_books_with_evidence_and_reason_and_gets_the_slip_at_once(
    wang: Visitor, vehicle: VehicleId, site: SiteId, zhao: Actor, sessions: Sessions
) -> None:
    answer = wang.submit(at(vehicle, f"/windows/{window(sessions, site)}"), WHY)

    booking = only_booking(sessions)
    assert (answer.status_code, answer.location) == (303, f"/desk/slips/bookings/{booking.reference}")
    assert (booking.person_id, booking.holder) == (zhao.person_id, holder_of(vehicle))
    assert (booking.channel, booking.reason) == (BookingChannel.PHONE, WHY["reason"])
    assert booking.booked_by == wang.actor.account_id
    slip = wang.get(answer.location).text
    assert booking.reference in slip
    assert "09:00–10:00" in slip
    assert "proofs of compulsory insurance" in slip
    assert "<svg" in slip
    assert PLATE not in slip
    assert len(told(sessions, "inspection_booking_confirmed")) == 1


def test_without_evidence_and_reason_nothing_is_booked_and_the_input_is_kept(
    wang: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    address = at(vehicle, f"/windows/{window(sessions, site)}")

    without_evidence = wang.submit(address, {"reason": "本人来电说明"})
    without_reason = wang.submit(address, {"paper": "phone_check"})

    assert without_evidence.status_code == without_reason.status_code == 422
    assert "本人来电说明" in without_evidence.text
    assert "Choose what was shown" in without_evidence.text
    assert "Enter the reason" in without_reason.text


def test_the_internet_is_no_channel_of_a_clerk(
    wang: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    address = at(vehicle, f"/windows/{window(sessions, site)}")

    assert wang.submit(address, {**WHY, "paper": "internet"}).status_code == 422


def test_a_double_click_is_one_booking(wang: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions) -> None:
    address = at(vehicle, f"/windows/{window(sessions, site, released=1)}")
    sent = {**hidden_fields(wang.get(address), address), **WHY}

    first, second = wang.post(address, data=sent), wang.post(address, data=sent)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    only_booking(sessions)


def test_a_full_window_is_full_at_the_counter_too_and_the_next_one_is_offered_there(
    wang: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id, free = window(sessions, site, walk_in=2), window(sessions, site, starts=time(10))
    address = at(vehicle, f"/windows/{slot_id}")
    sent = {**hidden_fields(wang.get(address), address), **WHY}
    fill(sessions, slot_id)

    answer = wang.post(address, data=sent)

    assert answer.status_code == 409
    assert f'href="{at(vehicle, f"/windows/{free}")}"' in answer.text
    assert f'href="{at(vehicle)}"' in answer.text
    assert "/inspections/vehicles" not in answer.text


def test_the_same_rules_hold_at_the_counter(
    wang: Visitor, zhao: Actor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    early = car(sessions, zhao, valid_until=date(2027, 8, 31))
    slot_id = window(sessions, site)
    address = at(vehicle, f"/windows/{slot_id}")
    sent = {**hidden_fields(wang.get(address), address), **WHY}

    answer = wang.post(at(early, f"/windows/{slot_id}"), data=sent)

    assert answer.status_code == 422
    assert "This vehicle cannot take this window" in answer.text
    assert wang.get(at(early, "/stations")).location == at(early)
    assert "This vehicle cannot be booked for now" in wang.get(at(early)).text


def test_a_vehicle_has_one_place_at_the_counter_too(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    slot_id, other = window(sessions, site), window(sessions, site, starts=time(11))
    address = at(vehicle, f"/windows/{slot_id}")
    sent = {**hidden_fields(wang.get(address), address), **WHY}
    booked(sessions, zhao, vehicle, other)

    answer = wang.post(address, data=sent)

    assert answer.status_code == 409
    assert "The vehicle has a place already" in answer.text
    only_booking(sessions)


def test_what_a_round_decides_is_not_booked_at_the_counter(
    wang: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site, method=Method.RANKED)

    page = wang.get(at(vehicle, f"/windows/{slot_id}")).text

    assert 'name="reason"' not in page


def test_the_place_that_is_held_for_the_vehicle_is_what_the_clerk_books(
    wang: Visitor, vehicle: VehicleId, site: SiteId, zhao: Actor, sessions: Sessions
) -> None:
    slot_id = window(sessions, site, released=1)
    with unit_of_work(sessions) as session:
        hold_seat(
            session, slot_id, (Lane.ORDINARY,), holder_of(vehicle), purpose=HoldPurpose.REMINDER,
            until=datetime(2026, 11, 26, tzinfo=UTC), actor=zhao, now=NOW,
        )  # fmt: skip
    page = wang.get(at(vehicle)).text
    assert "A place is held for this vehicle" in page
    assert f'href="{at(vehicle, f"/windows/{slot_id}")}"' in page
    assert f'href="{at(vehicle, f"/windows/{slot_id}")}"' in wang.get(at(vehicle, "/stations")).text

    answer = wang.submit(at(vehicle, f"/windows/{slot_id}"), WHY)

    assert answer.status_code == 303
    assert only_booking(sessions).slot_id == slot_id


def test_for_a_vehicle_that_nobody_may_act_for_nothing_is_booked(
    wang: Visitor, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site)
    with unit_of_work(sessions) as session:
        nobodys = factories.vehicle(session)

    assert "Nobody here may act for this vehicle" in wang.get(at(nobodys)).text
    assert wang.get(at(nobodys, "/stations")).location == at(nobodys)
    assert wang.get(at(nobodys, f"/windows/{slot_id}")).status_code == 404


def test_for_a_companys_vehicle_its_agent_is_told(
    wang: Visitor, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session)
        factories.agency(session, owner_id, zhao, how=How.DECLARED)
        lorry = factories.vehicle(session, owner_id=owner_id, bound_by=person_of(zhao))

    assert wang.submit(at(lorry, f"/windows/{window(sessions, site)}"), WHY).status_code == 303
    assert only_booking(sessions).person_id == zhao.person_id


def test_a_clerk_moves_a_booking_with_a_reason(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    reference = booked(sessions, zhao, vehicle, window(sessions, site))
    new = window(sessions, site, day=date(2026, 12, 2))
    change = at(vehicle, f"/bookings/{reference}/change")
    assert f'href="{change}"' in wang.get(at(vehicle)).text
    assert f'href="{change}/{new}"' in wang.get(f"{change}?day=2026-12-02").text

    refused = wang.submit(f"{change}/{new}", {"paper": "phone_check", "reason": ""})
    answer = wang.submit(f"{change}/{new}", {"paper": "phone_check", "reason": "来电要求改期"})

    moved = only_booking(sessions)
    assert (refused.status_code, answer.status_code) == (422, 303)
    assert answer.location == f"/desk/slips/bookings/{moved.reference}"
    assert moved.slot_id == new
    assert reason_kept(sessions, "booking moved") == "来电要求改期"


def test_moving_to_a_full_window_keeps_the_old_place(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    old, new = window(sessions, site), window(sessions, site, starts=time(14))
    reference = booked(sessions, zhao, vehicle, old)
    address = at(vehicle, f"/bookings/{reference}/change/{new}")
    sent = {**hidden_fields(wang.get(address), address), "paper": "mandate", "reason": "改到下午"}
    fill(sessions, new)

    answer = wang.post(address, data=sent)

    assert answer.status_code == 409
    assert "stands as it was" in answer.text
    assert only_booking(sessions).slot_id == old


def test_a_clerk_cancels_after_the_on_line_deadline_until_the_window_begins(
    visitor: Callable[..., Visitor],
    vehicle: VehicleId,
    zhao: Actor,
    site: SiteId,
    clock: FixedClock,
    sessions: Sessions,
) -> None:
    reference = booked(sessions, zhao, vehicle, window(sessions, site))
    address = at(vehicle, f"/bookings/{reference}/cancel")
    clock.instant = datetime(2026, 12, 1, 0, 59, tzinfo=UTC)
    wang = visitor(Role.COUNTER)

    refused = wang.submit(address, {"paper": "other", "evidence": "1", "reason": ""})
    answer = wang.submit(address, {"paper": "other", "evidence": "住院证明", "reason": "住院"})

    assert (refused.status_code, answer.status_code) == (422, 303)
    assert only_booking(sessions).state is BookingState.CANCELLED
    assert reason_kept(sessions, "booking cancelled") == "住院"
    assert wang.get(address).status_code == 409
    assert wang.get(f"/desk/slips/bookings/{reference}").status_code == 200


def test_once_the_window_has_begun_the_counter_cannot_cancel_or_move_either(
    visitor: Callable[..., Visitor],
    vehicle: VehicleId,
    zhao: Actor,
    site: SiteId,
    clock: FixedClock,
    sessions: Sessions,
) -> None:
    reference = booked(sessions, zhao, vehicle, window(sessions, site))
    later = window(sessions, site, day=date(2026, 12, 2))
    clock.instant = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    wang = visitor(Role.COUNTER)

    cancelled = wang.submit(at(vehicle, f"/bookings/{reference}/cancel"), {"paper": "id_original", "reason": "迟到"})
    moved = wang.submit(
        at(vehicle, f"/bookings/{reference}/change/{later}"), {"paper": "id_original", "reason": "迟到"}
    )

    assert (cancelled.status_code, moved.status_code) == (409, 409)
    assert "The window has begun" in cancelled.text
    assert only_booking(sessions).state is BookingState.CONFIRMED
    assert "/cancel" not in wang.get(at(vehicle)).text


def test_a_booking_is_only_found_under_its_own_vehicle(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    reference = booked(sessions, zhao, vehicle, window(sessions, site))
    other = car(sessions, zhao)

    for part in ("slip", "change", "cancel"):
        assert wang.get(at(other, f"/bookings/{reference}/{part}")).status_code == 404


def test_a_booking_of_an_exam_is_not_found_under_a_vehicle(
    wang: Visitor, vehicle: VehicleId, zhao: Actor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        reference = factories.booking_row(session, zhao, factories.slot(session), at=NOW)

    assert wang.get(at(vehicle, f"/bookings/{reference}/cancel")).status_code == 404


def test_a_clerk_books_moves_and_cancels_nothing_for_an_own_vehicle(
    visitor: Callable[..., Visitor], vehicle: VehicleId, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, person_id=person_of(zhao))
    wang = visitor(actor=clerk)
    slot_id, other = window(sessions, site), window(sessions, site, starts=time(11))
    reference = booked(sessions, zhao, vehicle, slot_id)
    fields = hidden_fields(wang.get("/desk/vehicles"), "/desk/vehicles")

    for part in (f"/windows/{other}", f"/bookings/{reference}/change/{other}", f"/bookings/{reference}/cancel"):
        assert wang.get(at(vehicle, part)).status_code == 403
        sent = {**fields, **WHY, "request_key": "own"}
        assert wang.post(at(vehicle, part), data=sent).status_code == 403
    assert (only_booking(sessions).slot_id, only_booking(sessions).state) == (slot_id, BookingState.CONFIRMED)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PLANNER, Role.STATION, Role.APPLICANT])
def test_nobody_but_the_counter_books_for_others(
    visitor: Callable[..., Visitor], vehicle: VehicleId, site: SiteId, sessions: Sessions, role: Role
) -> None:
    slot_id, browser = window(sessions, site), visitor(role)
    for part in ("/stations", f"/stations/{site}", f"/windows/{slot_id}"):
        assert browser.get(at(vehicle, part)).status_code == 403
