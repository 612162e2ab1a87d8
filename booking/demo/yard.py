"""One day in the yard of a station, played with a moving clock: who drives in, is called, tested, and how it ends.

Every step is the verb that the operator's page calls. A day that is played up to this minute leaves cars on the test
lanes, in the queue and on their way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from booking.attendance.queries.visits import VisitRow
from booking.attendance.service import calls, results
from booking.demo.asking import City
from booking.demo.owners import DemoCar
from booking.demo.stations import operator_of
from booking.inspections.service.gate import admit
from booking.inspections.service.testing import LaneOutOfServiceError, call_to_lane, fail
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError
from booking.sites import queries as sites
from booking.sites.rules.station import StationLane

TO_THE_LANE = timedelta(minutes=1)
QUICKEST, SLOWEST = 9, 13  # minutes on the lane


@dataclass(frozen=True, slots=True)
class Coming:
    """A car that drives in, and when."""

    at: datetime
    car: DemoCar


class Yard:
    """A station on one day, with the cars that will come. `failed` are those that have failed so far."""

    def __init__(self, city: City, code: str, chance: Random, coming: Sequence[Coming]) -> None:
        self.failed: list[DemoCar] = []
        self._city, self._chance = city, chance
        self._site_id, self._operator = city.site_ids[code], operator_of(city, code)
        self._cars = {one.car.holder: one.car for one in coming}
        self._lanes: Sequence[StationLane] = ()
        self._waiting = 0
        self._called: dict[str, VisitRow] = {}  # by lane
        self._in_test: set[str] = set()  # lanes
        self._order = count()
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        for one in coming:
            self._later(one.at, partial(self._arrive, one.car))

    def play(self, until: datetime) -> None:
        """Let happen what happens by `until`; the rest is still to come."""
        with reading(self._city.sessions) as session:
            self._lanes = sites.station(session, self._site_id, now=until).used_lanes()
        while self._events and self._events[0][0] <= until:
            at, _, act = heappop(self._events)
            act(at)

    def fill_lanes(self, now: datetime) -> None:
        """Leave what a visitor shall see: a car on each lane, and one called that has not driven in yet."""
        for lane in self._lanes:
            name = lane.facts.name
            self._call(lane, now)
            if name in self._called:
                self._start(lane, self._called[name], now)
        self._in_test.discard(self._lanes[0].facts.name)
        self._call(self._lanes[0], now)

    def _later(self, at: datetime, act: Callable[[datetime], None]) -> None:
        heappush(self._events, (at, next(self._order), act))

    def _arrive(self, car: DemoCar, at: datetime) -> None:
        try:
            with unit_of_work(self._city.sessions) as session:
                admit(session, self._site_id, car.vehicle_id, actor=self._operator, now=at)
        except ConflictError:
            return  # no lane takes it, or it stands in another yard: the driver turns round
        self._waiting += 1
        self._call_all(at)

    def _call_all(self, at: datetime) -> None:
        for lane in self._lanes:
            self._call(lane, at)

    def _call(self, lane: StationLane, at: datetime) -> None:
        name = lane.facts.name
        if not self._waiting or name in self._called or name in self._in_test:
            return
        try:
            with unit_of_work(self._city.sessions) as session:
                visit = call_to_lane(session, self._site_id, lane.id, actor=self._operator, now=at)
        except LaneOutOfServiceError:
            return
        if visit is not None:
            self._waiting -= 1
            self._called[name] = visit
            self._later(at + TO_THE_LANE, partial(self._start, lane, visit))

    def _start(self, lane: StationLane, visit: VisitRow, at: datetime) -> None:
        with unit_of_work(self._city.sessions) as session:
            calls.start(session, visit.id, actor=self._operator, now=at)
        del self._called[lane.facts.name]
        self._in_test.add(lane.facts.name)
        minutes = self._chance.randint(QUICKEST, SLOWEST)
        self._later(at + timedelta(minutes=minutes), partial(self._end, lane, visit))

    def _end(self, lane: StationLane, visit: VisitRow, at: datetime) -> None:
        car = self._cars[visit.holder]
        with unit_of_work(self._city.sessions) as session:
            if car.fails:
                fail(session, visit.id, actor=self._operator, now=at)
            else:
                results.record_result(session, visit.id, True, actor=self._operator, now=at)
        if car.fails:
            self.failed.append(car)
        self._in_test.discard(lane.facts.name)
        self._call_all(at)
