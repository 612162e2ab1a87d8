"""A day at a station in fast motion: 120 booked, of whom 10 come late and 8 not at all, 40 walk-ins, 12 failures.

The clock steps minute by minute and four test lanes call whenever they are free. Who should be called, how long each
waited and what the day came to is counted here once more, from nothing but what the test itself did.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from random import Random

import pytest
from sqlalchemy import func, select

from booking.attendance import jobs
from booking.attendance.models import Visit
from booking.attendance.queries.board import Pool, board, queue_public
from booking.attendance.queries.figures import figures_of
from booking.attendance.queries.visits import VisitRow
from booking.bookings.models import Booking, BookingState
from booking.invariants import asking as invariants
from booking.invariants.visits import VISITS
from booking.kernel.calendar import local_time
from booking.kernel.db import Sessions, reading
from booking.kernel.ids import VisitId
from booking.notices.models import Channel, Notice
from tests.service.attendance.station import CARS, DAY, SERVICE, Station, at

WINDOWS, PER_WINDOW, PLACES = 8, 15, 20
LATE, ABSENT, WALK_INS, FAILED, BACK_TODAY = 10, 8, 40, 12, 7
LANES = ("1", "2", "3", "4")
TEST = timedelta(minutes=12)
MINUTE, HOUR, REPAIR = timedelta(minutes=1), timedelta(hours=1), timedelta(minutes=15)
OPENS, ENDS = at("07:30"), at("17:15")


@dataclass
class Car:
    """What a car will do this day, and what became of it as the test saw it."""

    name: str
    window: datetime | None  # start of its window; None: not booked
    arrives: datetime | None  # None: it stays away
    fails: bool = False
    first_visit: VisitId | None = None
    begins: datetime | None = None

    @property
    def is_on_time(self) -> bool:
        return self.window is not None and self.arrives is not None and self.arrives < self.window + HOUR

    @property
    def waited(self) -> timedelta:
        assert self.arrives is not None
        assert self.begins is not None
        return max(timedelta(0), self.begins - max(self.arrives, self.window or self.arrives))


def cars_of_the_day(random: Random) -> list[Car]:
    """Draw who comes when; the same every time."""
    windows = [at("08:00") + HOUR * number for number in range(WINDOWS)]
    booked = [Car(f"car:booked{n}", windows[n % WINDOWS], None) for n in range(WINDOWS * PER_WINDOW)]
    random.shuffle(booked)
    for number, car in enumerate(booked):
        assert car.window is not None
        if number < LATE:
            car.arrives = car.window + HOUR + MINUTE * random.randrange(29)
        elif number >= LATE + ABSENT:
            car.arrives = car.window + MINUTE * random.randrange(-25, 60)
    walk_ins = [
        Car(f"car:walk{number}", None, at("07:45") + MINUTE * random.randrange(8 * 60)) for number in range(WALK_INS)
    ]
    cars = [*booked, *walk_ins]
    for car in random.sample([car for car in cars if car.arrives], FAILED):
        car.fails = True
    return sorted(cars, key=lambda car: car.name)


@dataclass
class Day:
    """The day as it is played."""

    station: Station
    cars: list[Car]
    now: datetime = OPENS
    here: list[Car] = field(default_factory=list)  # who waits, in the order of arrival
    in_lanes: dict[str, tuple[Car, VisitRow]] = field(default_factory=dict)
    done: list[Car] = field(default_factory=list)
    promised: dict[str, datetime] = field(default_factory=dict)  # by car, the latest start that the board ever told
    back: int = 0

    @property
    def clock(self) -> str:
        return f"{local_time(self.now):%H:%M}"

    def play(self) -> None:
        """Step through the day."""
        while self.now < ENDS:
            self.finish()
            self.let_in()
            for lane in LANES:
                if lane not in self.in_lanes:
                    self.call(lane)
            if self.now.minute % 10 == 0:
                jobs.keep_days(self.station.sessions, CARS, self.now)
                self.look()
            self.now += MINUTE

    def finish(self) -> None:
        for lane, (car, visit) in list(self.in_lanes.items()):
            assert car.begins is not None
            if self.now < car.begins + TEST:
                continue
            del self.in_lanes[lane]
            if len(self.done) % 20 == 0:  # now and then the wrong button is pressed
                self.station.result(visit, car.fails, self.clock)
                self.station.undo(visit, self.clock)
            self.station.result(visit, not car.fails, self.clock)
            self.done.append(car)
            if car.fails and self.back < BACK_TODAY:
                self.back += 1
                self.cars.append(Car(car.name, None, self.now + REPAIR, first_visit=visit.id))

    def let_in(self) -> None:
        for car in self.cars:
            if car.arrives == self.now:
                visit = self.station.arrive(car.name, self.clock, DAY, reinspection_of=car.first_visit)
                assert visit.on_time is car.is_on_time
                self.here.append(car)

    def call(self, lane: str) -> None:
        expected = self.next_in_turn()
        visit = self.station.call(self.clock, lane)
        assert (visit and visit.holder) == (expected and expected.name), f"{self.clock}, lane {lane}"
        if visit and expected:
            self.station.start(visit, self.clock)
            expected.begins = self.now
            self.here.remove(expected)
            self.in_lanes[lane] = expected, visit
            if expected.name in self.promised:
                assert self.now <= self.promised.pop(expected.name), f"{expected.name} waited longer than was told"

    def next_in_turn(self) -> Car | None:
        """Say again who is next: in their window by window, then by arrival, then whoever is early."""
        on_time = sorted((car for car in self.here if car.is_on_time), key=lambda car: car.window or self.now)
        begun = [car for car in on_time if car.window and car.window <= self.now]
        by_arrival = [car for car in self.here if not car.is_on_time]
        return next(iter([*begun, *by_arrival, *on_time]), None)

    def look(self) -> None:
        """Note what the board promises, and that the public sees the same queue."""
        pools = (Pool({SERVICE}, dict.fromkeys(LANES, TEST)),)
        with reading(self.station.sessions) as session:
            seen = board(session, self.station.site_id, DAY, pools=pools, now=self.now)
            public = queue_public(session, self.station.site_id, pools=pools, now=self.now)
        assert {one.visit.holder for one in seen.waiting} == {car.name for car in self.here}
        assert public.waiting == len(self.here)
        assert public.walk_in_waits == seen.walk_in_waits
        for one in seen.waiting:
            assert one.wait is not None
            if one.visit.window_starts_at and one.visit.on_time and one.visit.window_starts_at > self.now:
                continue  # before the window, whoever comes may be called first
            told = self.now + one.wait
            self.promised[one.visit.holder] = min(told, self.promised.get(one.visit.holder, told))


def minutes(waits: list[timedelta], share: float) -> Decimal:
    """Return the wait that so many did not exceed, in minutes."""
    wait = sorted(waits)[ceil(share * len(waits)) - 1]
    return (Decimal(round(wait.total_seconds())) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.fixture
def day(sessions: Sessions) -> Day:
    station = Station(sessions)
    cars = cars_of_the_day(Random(4408))
    for number in range(WINDOWS):
        station.window(f"{8 + number:02}:00", places=PLACES)
    for car in cars:
        if car.window:
            station.booked(car.name, f"{local_time(car.window):%H:%M}")
    played = Day(station, cars)
    played.play()
    return played


def test_a_day_is_called_in_order_and_its_waits_and_figures_are_right(day: Day) -> None:
    assert not day.here
    assert not day.in_lanes
    visits = WINDOWS * PER_WINDOW - ABSENT + WALK_INS + BACK_TODAY
    assert len(day.done) == visits

    # Whoever booked and came on time waits at most their window.
    on_time = [car for car in day.done if car.is_on_time]
    assert len(on_time) == WINDOWS * PER_WINDOW - LATE - ABSENT
    assert max(car.waited for car in on_time) <= HOUR

    with reading(day.station.sessions) as session:
        figures = figures_of(session, day.station.site_id, DAY, DAY)
        numbers = session.scalars(select(Visit.number).order_by(Visit.id)).all()
        states = Counter(session.scalars(select(Booking.state)).all())
        told = session.scalar(select(func.count()).where(Notice.channel == Channel.INBOX))
        broken = [one.name for one in invariants.findings(session, now=day.now) if one.count]
    waits = [car.waited for car in day.done]
    assert (figures.visits, figures.started, figures.walk_ins) == (visits, visits, WALK_INS)
    assert (figures.booked, figures.on_time, figures.absent) == (112, 102, ABSENT)
    assert (figures.failed, figures.passed, figures.left) == (FAILED, visits - FAILED, 0)
    assert figures.reinspections == BACK_TODAY
    assert figures.wait_median == minutes(waits, 0.5)
    assert figures.wait_nine_of_ten == minutes(waits, 0.9)
    assert figures.on_time_share == Decimal("91.07")  # 102 of 112
    assert figures.absent_share == Decimal("6.67")  # 8 of 120
    assert figures.fill == Decimal("99.38")  # 159 of 160

    failed = sum(car.fails for car in day.done if car.window)
    passed = WINDOWS * PER_WINDOW - ABSENT - failed
    assert states == {BookingState.ABSENT: ABSENT, BookingState.FAILED: failed, BookingState.PASSED: passed}
    assert told == ABSENT
    assert list(numbers) == list(range(1, visits + 1))
    assert not {one.name for one in VISITS}.intersection(broken)
