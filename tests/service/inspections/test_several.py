"""Several vehicles booked in one transaction: all or nothing, or as many as can be had."""

from collections.abc import Sequence
from datetime import date, time

import pytest
from sqlalchemy import func, select

from booking.bookings.models import Booking
from booking.inspections.service.several import Given, book_several
from booking.invariants import asking as invariants
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotEligibleError, NotFoundError
from booking.kernel.ids import PersonId, SlotId, VehicleId
from booking.slots.models import Lane, Quota
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.published import publish, release

DAY = date(2026, 12, 1)


@pytest.fixture
def owner(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session)


@pytest.fixture
def cars(sessions: Sessions, owner: Actor) -> Sequence[VehicleId]:
    with unit_of_work(sessions) as session:
        return [factories.vehicle(session, person_id=id_of(owner)) for _ in range(3)]


@pytest.fixture
def windows(sessions: Sessions) -> Sequence[SlotId]:
    """Three windows of one place each, one after the other."""
    with unit_of_work(sessions) as session:
        site_id = factories.station(session)
    found = [publish(sessions, site_id, DAY, time(hour), first=1, walk_in=1) for hour in (9, 10, 11)]
    release(sessions, NOW)
    return found


def id_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def fill(sessions: Sessions, slot_id: SlotId) -> None:
    """Let a stranger's car take the place."""
    with unit_of_work(sessions) as session:
        other = factories.account(session)
        car = factories.vehicle(session, person_id=id_of(other))
    book(sessions, other, [car], [slot_id])


def book(
    sessions: Sessions, owner: Actor, cars: Sequence[VehicleId], windows: Sequence[SlotId], *, whole: bool = True
) -> Given:
    plan = dict(zip(cars, windows, strict=True))
    with unit_of_work(sessions) as session:
        return book_several(session, id_of(owner), plan, "the form", whole=whole, actor=owner, now=NOW)


def counted(sessions: Sessions) -> tuple[int, int]:
    """Return (bookings, seats taken), and require that the books agree."""
    with reading(sessions) as session:
        assert [one.name for one in invariants.findings(session, now=NOW) if one.count] == []
        bookings = session.scalar(select(func.count()).select_from(Booking))
        taken = session.scalar(select(func.sum(Quota.taken)).where(Quota.lane == Lane.ORDINARY))
        return bookings or 0, int(taken or 0)


def test_each_vehicle_has_a_booking_of_its_own(
    sessions: Sessions, owner: Actor, cars: Sequence[VehicleId], windows: Sequence[SlotId]
) -> None:
    given = book(sessions, owner, cars, windows)

    assert set(given.references) == set(cars)
    assert len(set(given.references.values())) == 3
    assert counted(sessions) == (3, 3)


def test_all_or_nothing_changes_nothing_where_one_window_is_full(
    sessions: Sessions, owner: Actor, cars: Sequence[VehicleId], windows: Sequence[SlotId]
) -> None:
    fill(sessions, windows[2])

    with pytest.raises(SlotFullError):
        book(sessions, owner, cars, windows)

    assert counted(sessions) == (1, 1)


def test_as_many_as_possible_books_the_others_and_says_which_is_left_out(
    sessions: Sessions, owner: Actor, cars: Sequence[VehicleId], windows: Sequence[SlotId]
) -> None:
    fill(sessions, windows[1])

    given = book(sessions, owner, cars, windows, whole=False)

    assert set(given.references) == {cars[0], cars[2]}
    assert isinstance(given.errors[cars[1]], SlotFullError)
    assert counted(sessions) == (3, 3)


def test_a_car_that_the_rules_refuse_ends_all_or_nothing(
    sessions: Sessions, owner: Actor, cars: Sequence[VehicleId], windows: Sequence[SlotId]
) -> None:
    with unit_of_work(sessions) as session:
        new = factories.vehicle(session, person_id=id_of(owner), registered_on=NOW.date().replace(year=2024))

    with pytest.raises(NotEligibleError):
        book(sessions, owner, (*cars[:2], new), windows)

    assert counted(sessions) == (0, 0)


def test_the_same_form_sent_twice_makes_the_same_bookings(
    sessions: Sessions, owner: Actor, cars: Sequence[VehicleId], windows: Sequence[SlotId]
) -> None:
    first, second = book(sessions, owner, cars, windows), book(sessions, owner, cars, windows)

    assert first.references == second.references
    assert counted(sessions) == (3, 3)


def test_a_stranger_books_none_of_them(
    sessions: Sessions, cars: Sequence[VehicleId], windows: Sequence[SlotId]
) -> None:
    with unit_of_work(sessions) as session:
        stranger = factories.account(session)

    with pytest.raises(NotFoundError):
        book(sessions, stranger, cars, windows, whole=False)

    assert counted(sessions) == (0, 0)
