"""Today at the stations: at the first of them a morning in motion, whatever hour it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from booking.demo.driving import Fleet, book, expected
from booking.demo.owners import DemoCar, Fate, Manner
from booking.demo.stations import PILOT, STATIONS, operator_of
from booking.demo.yard import Coming, Yard
from booking.inspections.service.outages import announce_outage
from booking.kernel.calendar import ONE_DAY, at_local, local_day, start_of
from booking.kernel.db import reading, unit_of_work
from booking.sites import queries as sites
from booking.slots.queries import OpenSlot, slots_between

COME_ALREADY = 0.6
APART = timedelta(minutes=4)  # between two cars that drive in: a little faster than the lanes are
JUST_NOW = timedelta(minutes=2)
BEFORE_WINDOW = timedelta(minutes=10)
LATEST = timedelta(minutes=25)  # after its window; soon after that a booking counts as missed
LATE_FROM_LAST = 4
STILL_TO_COME = 3  # windows, the present one included
REPAIR = "演示：设备检定"
REPAIR_EN = "Demo: the equipment is being calibrated"


@dataclass(frozen=True, slots=True)
class Arriving:
    """A car of this morning: when it drives in, None for one still on its way; and the window it is booked in."""

    car: DemoCar
    at: datetime | None
    window: OpenSlot | None


def book_morning(fleet: Fleet, now: datetime) -> list[Arriving]:
    """Decide who comes when today, and let them book yesterday: that evening every window of today was open."""
    windows = _windows(fleet, now)
    cars = [car for car in fleet.cars if car.fate is Fate.TODAY]
    come = cars[: round(len(cars) * COME_ALREADY)]
    opening = max(windows[0].starts_at - BEFORE_WINDOW, start_of(local_day(now)))
    apart = max(min(APART, (now - JUST_NOW - opening) / max(len(come), 1)), timedelta(0))
    first = now - JUST_NOW - apart * len(come)
    arriving = [
        _come(car, first + apart * number, windows, _manner(number, len(come))) for number, car in enumerate(come)
    ]
    arriving = [one for one in arriving if one.at is not None and opening <= one.at < now]
    coming = [slot for slot in windows if slot.ends_at > now][:STILL_TO_COME]
    if coming:
        arriving += [
            Arriving(car, None, coming[number % len(coming)]) for number, car in enumerate(cars[len(come) :])
        ]
    evening = at_local(local_day(now) - ONE_DAY, time(20))
    for one in arriving:
        one.car.station, one.car.day = PILOT.place.code, local_day(now)
        if one.window is not None:
            one.car.manner = Manner.ON_TIME
            book(fleet, one.car, local_day(now), evening, at=one.window.starts_at)
    return arriving


def play_morning(fleet: Fleet, arriving: Sequence[Arriving], now: datetime) -> None:
    """Play today at every station up to `now`; at the first one nobody who waits is left unseen."""
    chosen = {one.car.holder for one in arriving}
    for station in STATIONS:
        code = station.place.code
        coming = [one for one in expected(fleet, code, local_day(now)) if one.car.holder not in chosen]
        if station is PILOT:
            coming += [Coming(one.at, one.car) for one in arriving if one.at is not None]
        yard = Yard(fleet.city, code, fleet.chance, coming)
        yard.play(now)
        if station is PILOT:
            yard.fill_lanes(now)


def announce_repair(fleet: Fleet, now: datetime) -> None:
    """Let the operator of the first station announce that its second lane is out of service for a morning."""
    code, soonest = PILOT.place.code, local_day(now) + 3 * ONE_DAY
    with unit_of_work(fleet.city.sessions) as session:
        found = slots_between(session, soonest, soonest + 7 * ONE_DAY, site_id=fleet.city.site_ids[code], limit=1)
        day = found[0].day if found else soonest  # a holiday has no windows to lose
        lane = sites.station(session, fleet.city.site_ids[code], now=now).used_lanes()[1]
        announce_outage(
            session, lane.id, at_local(day, time(8)), at_local(day, time(12)),
            reason=REPAIR, reason_en=REPAIR_EN, actor=operator_of(fleet.city, code), now=now,
        )  # fmt: skip


def _windows(fleet: Fleet, now: datetime) -> Sequence[OpenSlot]:
    day = local_day(now)
    with reading(fleet.city.sessions) as session:
        return slots_between(session, day, day, site_id=fleet.city.site_ids[PILOT.place.code])


def _manner(number: int, cars: int) -> Manner:
    """Say how one of those comes that are there already: the late one is among the last, and still waits."""
    if number == cars - LATE_FROM_LAST:
        return Manner.LATE
    return Manner.WALK_IN if number % 4 == 3 else Manner.ON_TIME


def _come(car: DemoCar, at: datetime, windows: Sequence[OpenSlot], manner: Manner) -> Arriving:
    """Let a car come by itself, on time for its window, or late for the one before."""
    over = [slot for slot in windows if slot.ends_at < at]
    if manner is Manner.LATE and over:
        return Arriving(car, min(at, over[-1].ends_at + LATEST), over[-1])
    mine = [slot for slot in windows if slot.starts_at <= at + BEFORE_WINDOW < slot.ends_at]
    return Arriving(car, at, mine[0] if mine and manner is Manner.ON_TIME else None)
