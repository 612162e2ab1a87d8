"""Figures of inspections on both databases, each counted here once more from nothing but what the test did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

import pytest
from sqlalchemy import event, update

from booking.bookings.models import Booking, BookingChannel, BookingState
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import BookingId, SlotId, VisitId, new_reference
from booking.sites.models import Site
from booking.slots.models import Lane, Quota, Slot, SlotState
from booking.stats.queries.inspections import inspections_at, stations, the_station
from booking.stats.rules.inspections import Ratio, Report, Row, Seats
from tests import factories
from tests.conftest import NOW
from tests.service.attendance.station import CARS, DAY, PUBLISHED, SERVICE, Station

HOURS = ("08:00", "09:00", "10:00", "11:00")
PLACES = {Lane.ORDINARY: 8, Lane.WALK_IN: 2}
INTERNET, COUNTER, PHONE = BookingChannel.INTERNET, BookingChannel.COUNTER, BookingChannel.PHONE


@dataclass
class Car:
    """What one car does: through which channel it booked, when it comes, how long it waits, how it ends."""

    kind: str
    channel: BookingChannel | None  # None: it only comes
    hour: str  # of its window, or of its coming
    comes: int | None = 0  # minutes after the hour; None: it stays away
    waits: int | None = 0  # minutes from its arrival to its start; None: it leaves untested
    ends: str = "passed"  # or "failed", "left", "absent", "cancelled"
    again: bool = False  # a re-inspection of the car before it

    @property
    def is_kept(self) -> bool:
        return self.channel is not None and self.ends != "cancelled"

    @property
    def waited(self) -> int | None:
        """Minutes as the office counts them: a booked car's own early coming is not a wait."""
        if self.comes is None or self.waits is None:
            return None
        return self.waits + (min(self.comes, 0) if self.channel else 0)


NORTH = (
    Car("small_passenger", INTERNET, "08:00", comes=-5, waits=9),
    Car("small_passenger", COUNTER, "08:00", comes=10, waits=3, ends="failed"),
    Car("small_passenger", None, "08:00", comes=30, waits=1, again=True),
    Car("truck", INTERNET, "08:00", comes=None, ends="absent"),
    Car("truck", INTERNET, "08:00", comes=None, ends="cancelled"),
    Car("truck", None, "09:00", comes=5, waits=12),
    Car("motorcycle", PHONE, "09:00", comes=75, waits=4),  # late
    Car("small_passenger", INTERNET, "10:00", comes=40, waits=None, ends="left"),
    Car("small_passenger", INTERNET, "11:00", comes=0, waits=7, ends="failed"),
    Car("small_passenger", None, "11:00", comes=20, waits=2, ends="failed", again=True),
)
SOUTH = (
    Car("small_passenger", INTERNET, "08:00", comes=1, waits=2),
    Car("truck", None, "08:00", comes=8, waits=31, ends="failed"),
    Car("small_passenger", INTERNET, "10:00", comes=59, waits=0),
)


def opened(station: Station, starts: str, day: date = DAY) -> SlotId:
    """Publish a window with a walk-in share."""
    with unit_of_work(station.sessions) as session:
        station.slots[day, starts] = factories.slot(
            session, line=CARS.key, site_id=station.site_id, service=SERVICE, day=day,
            starts=time.fromisoformat(starts), published_at=PUBLISHED, lanes=PLACES,
        )  # fmt: skip
    return station.slots[day, starts]


def booked(station: Station, holder: str, slot_id: SlotId, channel: BookingChannel) -> BookingId:
    """Add a booking made through a channel: the factory books on line only, and a booking keeps its channel."""
    with unit_of_work(station.sessions) as session:
        who = factories.account(session)
        row = Booking(
            reference=new_reference(), line=CARS.key, service=SERVICE, slot_id=slot_id, lane=Lane.ORDINARY,
            person_id=who.person_id, holder=holder, channel=channel, booked_by=who.account_id, reason="asked for it",
            request_key=new_reference(), created_at=NOW,
        )  # fmt: skip
        session.add(row)
        session.flush()  # the id is asked for
        return BookingId(row.id)


def ended(station: Station, booking_id: BookingId, state: str) -> None:
    with unit_of_work(station.sessions) as session:
        session.execute(
            update(Booking).where(Booking.id == booking_id).values(state=BookingState(state), ended_at=NOW)
        )


def clock(hour: str, minutes: int) -> str:
    whole = int(hour[:2]) * 60 + minutes
    return f"{whole // 60:02}:{whole % 60:02}"


def play(station: Station, cars: Sequence[Car]) -> None:
    """Let the cars book, come one after the other, and be tested or leave."""
    holder, visit_id = "", VisitId(0)
    for car in cars:
        if not car.again:
            with unit_of_work(station.sessions) as session:
                holder = f"vehicle:{factories.vehicle(session, kind=car.kind)}"
        if car.channel:
            booking_id = booked(station, holder, station.slots[DAY, car.hour], car.channel)
            if car.ends in ("absent", "cancelled"):
                ended(station, booking_id, car.ends)
        if car.comes is None:
            continue
        more = {"reinspection_of": visit_id} if car.again else {}
        visit = station.arrive(holder, clock(car.hour, car.comes), DAY, **more)
        visit_id = visit.id
        begins = clock(car.hour, car.comes + (car.waits or 0))
        assert station.called(begins) == holder
        if car.waits is None:
            station.leave(visit, begins)
            continue
        station.start(visit, begins)
        station.result(visit, car.ends == "passed", begins)


@pytest.fixture
def town(sessions: Sessions) -> tuple[Station, Station]:
    """Two stations after a day."""
    north, south = Station(sessions), Station(sessions)
    for station, cars in ((north, NORTH), (south, SOUTH)):
        for hour in HOURS:
            opened(station, hour)
        play(station, cars)
    return north, south


def found_in(
    sessions: Sessions, first: date = DAY, last: date = DAY, *, at: Station | None = None
) -> tuple[Report, Sequence[str]]:
    """Return the figures, and the codes of the stations in question."""
    with reading(sessions) as session:
        chosen = [one for one in stations(session) if at is None or one.id == at.site_id]
        return inspections_at(session, first, last, chosen), [one.code for one in chosen]


def counted_again(row: Row, cars: Sequence[Car], everybody: Sequence[Car]) -> None:
    """Count the cars of a row by hand, and compare."""

    def how_many(which: Callable[[Car], bool], among: Sequence[Car] = cars) -> int:
        return sum(1 for car in among if which(car))

    def is_car(car: Car) -> bool:
        return car.is_kept or car.channel is None

    first = [car for car in cars if not car.again and car.ends in ("passed", "failed")]
    came = [car for car in cars if car.channel and car.comes is not None]
    waits = sorted(car.waited for car in cars if car.waited is not None)
    assert row.of_all == Ratio(how_many(is_car), how_many(is_car, everybody))
    assert row.booked == how_many(lambda car: car.is_kept)
    assert row.on_time == Ratio(how_many(lambda car: (car.comes or 0) < 60, came), len(came))
    absent = how_many(lambda car: car.ends == "absent")
    assert row.absent == Ratio(absent, absent + len(came))
    assert row.first_pass == Ratio(how_many(lambda car: car.ends == "passed", first), len(first))
    assert row.reinspections == how_many(lambda car: car.again)
    assert row.started == len(waits)
    assert row.wait_median == nearest(waits, 0.5)
    assert row.wait_nine_of_ten == nearest(waits, 0.9)
    if row.online is not None:
        assert row.online == Ratio(how_many(lambda car: car.is_kept and car.channel is INTERNET), row.cars)


def nearest(waits: Sequence[int], share: float) -> Decimal | None:
    if not waits:
        return None
    return Decimal(waits[ceil(share * len(waits)) - 1]).quantize(Decimal("0.1"), ROUND_HALF_UP)


def test_each_station_kind_and_channel_has_the_figures_that_its_cars_made(
    sessions: Sessions, town: tuple[Station, Station]
) -> None:
    found, _ = found_in(sessions)

    everybody = (*NORTH, *SOUTH)
    counted_again(found.total, everybody, everybody)
    for row, cars in zip(found.stations, (NORTH, SOUTH), strict=True):
        counted_again(row, cars, everybody)
    for row in found.kinds:
        counted_again(row, [car for car in everybody if car.kind == row.code], everybody)
    for row in found.channels:
        wanted = None if row.code == "walk_in" else BookingChannel(row.code)
        counted_again(row, [car for car in everybody if car.channel is wanted], everybody)


def test_the_figures_of_the_town_in_numbers(sessions: Sessions, town: tuple[Station, Station]) -> None:
    found, _ = found_in(sessions)

    total = found.total
    assert total.online == Ratio(6, 12)  # eight booked, of which six on line; four came without a booking
    assert total.fill == Ratio(8, 64)
    assert total.served == Ratio(10, 80)
    assert str(total.on_time.share) == "85.71"  # 6 of 7
    assert total.absent == Ratio(1, 8)
    assert total.first_pass == Ratio(5, 8)
    assert (total.wait_median, total.wait_nine_of_ten) == (Decimal("3.0"), Decimal("12.0"))
    assert total.reinspections == 2


def test_blocked_and_withdrawn_seats_are_counted_and_are_no_room_for_anybody(
    sessions: Sessions, town: tuple[Station, Station]
) -> None:
    north, _ = town
    with unit_of_work(sessions) as session:
        quota = session.get_one(Quota, (north.slots[DAY, "08:00"], Lane.ORDINARY))
        quota.blocked = 3
        withdrawn = session.get_one(Slot, north.slots[DAY, "10:00"])
        withdrawn.state, withdrawn.withdrawn_at, withdrawn.withdrawn_reason = SlotState.WITHDRAWN, NOW, "停电"

    found, _ = found_in(sessions, at=north)

    (row,) = found.stations
    assert row.seats == Seats(bookable=3 * 8 - 3, capacity=3 * 10 - 3, blocked=3, withdrawn=10)
    assert row.fill == Ratio(6, 21)  # whoever came to the withdrawn window had a booking that was kept


def test_a_booking_of_a_withdrawn_window_that_nobody_came_to_is_not_kept(sessions: Sessions) -> None:
    station = Station(sessions)
    slot_id = opened(station, "14:00")
    booked(station, "vehicle:999", slot_id, INTERNET)
    with unit_of_work(sessions) as session:
        withdrawn = session.get_one(Slot, slot_id)
        withdrawn.state, withdrawn.withdrawn_at, withdrawn.withdrawn_reason = SlotState.WITHDRAWN, NOW, "停电"

    found, _ = found_in(sessions)

    assert found.total.cars == 0
    assert found.total.seats == Seats(withdrawn=10)


def test_days_outside_the_period_and_other_stations_are_left_out(
    sessions: Sessions, town: tuple[Station, Station]
) -> None:
    _, south = town
    tomorrow = DAY + timedelta(days=1)
    booked(south, "vehicle:999", opened(south, "08:00", tomorrow), INTERNET)

    today, _ = found_in(sessions, at=south)
    both, _ = found_in(sessions, DAY, tomorrow, at=south)
    later, _ = found_in(sessions, tomorrow, tomorrow)

    assert (today.total.cars, both.total.cars, later.total.cars) == (3, 4, 1)
    assert [(row.code, row.cars) for row in later.kinds if row.cars] == [("", 1)]  # no such vehicle is known


def test_an_exam_is_no_inspection(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.booking(
            session, factories.account(session), factories.slot(session, day=DAY, published_at=PUBLISHED), at=NOW
        )

    found, codes = found_in(sessions)

    assert codes == []
    assert found.total.cars == 0


def test_a_station_is_found_by_its_code_and_an_unknown_one_is_refused(
    sessions: Sessions, town: tuple[Station, Station]
) -> None:
    with reading(sessions) as session:
        code = session.get_one(Site, town[0].site_id).code
        known = stations(session)

    assert the_station(known, code).id == town[0].site_id
    with pytest.raises(InvalidInputError):
        the_station(known, "nowhere")


def test_figures_take_three_statements_however_many_cars_came(
    sessions: Sessions, town: tuple[Station, Station]
) -> None:
    with reading(sessions) as session:
        known = stations(session)
    statements: list[str] = []
    event.listen(sessions.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    with reading(sessions) as session:
        inspections_at(session, DAY, DAY, known)

    assert len([statement for statement in statements if statement.lstrip().startswith("SELECT")]) == 3
