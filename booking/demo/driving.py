"""The weeks of the demo's vehicles: reminders, bookings, rounds, and the days at the stations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from booking.allotment import jobs as rounds
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.attendance.jobs import keep_days
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingChannel, BookingState
from booking.bookings.wishes import Wish
from booking.demo.asking import City
from booking.demo.owners import DemoCar, Fate, Manner
from booking.demo.stations import RANKED, STATIONS
from booking.demo.yard import Coming, Yard
from booking.inspections.jobs import remind_owners, renew_marks, settle_outages
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.stations import is_free, takes, windows_for
from booking.inspections.rules.facts import SERVICE_OF_KIND
from booking.kernel.calendar import ONE_DAY, at_local, local_day, local_time
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import SlotId
from booking.kernel.secrets import new_token
from booking.slots.holds import held_for
from booking.slots.jobs import lapse_due_holds
from booking.slots.models import Slot
from booking.slots.queries import OpenSlot, slots_between

AT_THE_COUNTER = 0.2
COMES_BACK_BOOKED = 0.6  # of those that failed; the others just drive in
FIRST_HOUR, LAST_HOUR = time(8), time(18)
EARLIEST, LATEST = -10, 25  # minutes from the beginning of the window to the arrival
MOST_WISHES = 3
ASKED_AGO = 10  # days back, for the first that ask in a round; by now it is decided


@dataclass(slots=True)
class Fleet:
    """The vehicles of the demo city, and a source of chance of their own: what learners do changes nothing here."""

    city: City
    cars: list[DemoCar]
    chance: Random
    to_return: list[DemoCar] = field(default_factory=list)  # failed, and not yet back


def live_day(fleet: Fleet, day: date, today: date) -> None:
    """Live one day after the plans of the morning are out: reminders, bookings, the stations, and the evening."""
    city = fleet.city
    rounds.open_rounds(city.sessions, INSPECTIONS, city.beacons, at_local(day, time(9, 1)))
    remind_owners(city.sessions, at_local(day, time(9, 5)))
    noon = at_local(day, time(12))
    lapse_due_holds(city.sessions, noon)
    rounds.advance_rounds(city.sessions, INSPECTIONS, city.beacons, noon)
    rounds.hand_on_seats(city.sessions, INSPECTIONS, noon)
    book_ahead(fleet, day, today)
    _ask_in_rounds(fleet, day, today)
    back = _return_failed(fleet, day)
    for station in STATIONS:
        _live_at(fleet, station.place.code, day, back)
    keep_days(city.sessions, INSPECTIONS, at_local(day, time(23, 50)))
    renew_marks(city.sessions, at_local(day, time(23, 51)))
    rounds.advance_rounds(city.sessions, INSPECTIONS, city.beacons, at_local(day, time(23, 55)))


def live_until(fleet: Fleet, now: datetime) -> None:
    """Live this morning's jobs up to `now`."""
    city = fleet.city
    rounds.open_rounds(city.sessions, INSPECTIONS, city.beacons, now)
    rounds.advance_rounds(city.sessions, INSPECTIONS, city.beacons, now)
    remind_owners(city.sessions, now)
    settle_outages(city.sessions, now)
    keep_days(city.sessions, INSPECTIONS, now)
    renew_marks(city.sessions, now)


def book_ahead(fleet: Fleet, day: date, today: date) -> None:
    """Let those book on `day` who come within the week; who comes this morning has booked by `morning.py`."""
    for number, car in enumerate(fleet.cars):
        if car.day is None or car.fate not in (Fate.WAS_TESTED, Fate.BOOKED) or car.manner is Manner.WALK_IN:
            continue
        books_on = min(car.day - timedelta(1 + number % 6), today - ONE_DAY)
        if books_on == day:
            book(fleet, car, car.day, at_local(day, time(12, 30)))


def book(fleet: Fleet, car: DemoCar, day: date, now: datetime, *, at: datetime | None = None) -> bool:
    """Book a window of the day, the one that `at` lies in if any; return False where none is free."""
    site_id = fleet.city.site_ids[car.station] if car.station else None
    with reading(fleet.city.sessions) as session:
        found = windows_for(session, car.kind, day, day, now=now, site_id=site_id)
    free = [slot for slot in found if is_free(slot, now) and _suits(slot, at)]
    return bool(free) and book_slot(fleet, car, fleet.chance.choice(free).id, now)


def book_slot(fleet: Fleet, car: DemoCar, slot_id: SlotId, now: datetime) -> bool:
    """Book a window for a car, mostly by its owner; return False where a rule speaks against it."""
    actor, channel, reason = car.owner.actor, BookingChannel.INTERNET, ""
    if not car.owner.story and fleet.chance.random() < AT_THE_COUNTER:
        actor, channel, reason = fleet.city.staff["counter"], BookingChannel.COUNTER, "到窗口办理"
    wish = Wish(car.owner.person_id, car.holder, slot_id, new_token(), channel, reason)
    try:
        with unit_of_work(fleet.city.sessions) as session:
            bookings.book_seat(session, INSPECTIONS, wish, actor=actor, now=now)
    except BookingError:
        return False
    return True


def _suits(slot: OpenSlot, at: datetime | None) -> bool:
    if at is not None:
        return slot.starts_at <= at < slot.ends_at
    return FIRST_HOUR <= local_time(slot.starts_at) < LAST_HOUR


def _ask_in_rounds(fleet: Fleet, day: date, today: date) -> None:
    asking = [car for car in fleet.cars if car.fate is Fate.IN_A_ROUND]
    for number, car in enumerate(asking):
        ago = 1 if car.owner.story else 1 + number * 3 % ASKED_AGO
        if day == today - timedelta(ago):
            ask_in_round(fleet, car, at_local(day, time(15, number % 60)))


def ask_in_round(fleet: Fleet, car: DemoCar, now: datetime) -> None:
    """Ask for a few windows of the station that gives its places by rank, the latest days first."""
    city = fleet.city
    site_id, today = city.site_ids[RANKED.place.code], local_day(now)
    with reading(city.sessions) as session:
        found = slots_between(session, today, today + timedelta(20), line=INSPECTIONS.key, site_id=site_id)
    collecting = [slot for slot in found if slot.is_collecting(now)]
    if not collecting:
        return
    last = [slot.id for slot in collecting if slot.day == collecting[-1].day]
    wishes = fleet.chance.sample(last, min(MOST_WISHES, len(last)))
    asked = Asked(car.owner.person_id, car.holder, collecting[-1].service, wishes, new_token())
    with unit_of_work(city.sessions) as session:
        requests.ask(session, INSPECTIONS, asked, actor=car.owner.actor, now=now)


def _return_failed(fleet: Fleet, day: date) -> list[tuple[DemoCar, str]]:
    """Let those that failed come back: booked into the place that is held for them, or by simply driving in."""
    back = []
    now = at_local(day, time(12, 40))
    for car in fleet.to_return:
        with reading(fleet.city.sessions) as session:
            held = held_for(session, [car.holder], now=now).get(car.holder)
        car.fails = False
        is_booked = held is not None and fleet.chance.random() < COMES_BACK_BOOKED
        if not (is_booked and held and book_slot(fleet, car, held.slot_id, now)):
            back.append((car, car.station))
    fleet.to_return = []
    return back


def _live_at(fleet: Fleet, code: str, day: date, back: Sequence[tuple[DemoCar, str]]) -> None:
    coming = expected(fleet, code, day)
    windows = _windows(fleet, code, day)
    if not windows:
        return
    walk_ins = [
        car for car in fleet.cars
        if car.fate is Fate.WAS_TESTED and car.manner is Manner.WALK_IN and car.day == day and not car.station
    ]  # fmt: skip
    for car in [*walk_ins, *(car for car, where in back if where == code)]:
        fitting = [slot for slot in windows if _is_for(slot, car)]
        if fitting and (car.station or fleet.chance.random() < 0.5 or code == STATIONS[1].place.code):
            car.station = code
            coming.append(Coming(_arrival(fleet, car, fleet.chance.choice(fitting).starts_at), car))
    yard = Yard(fleet.city, code, fleet.chance, coming)
    yard.play(at_local(day, time(23, 30)))
    for car in yard.failed:
        car.station = code
        if not car.owner.story:
            fleet.to_return.append(car)


def expected(fleet: Fleet, code: str, day: date) -> list[Coming]:
    """Return when those arrive that are booked at a station on a day, without those that stay away."""
    by_holder = {car.holder: car for car in fleet.cars}
    query = (
        select(Booking.holder, Slot.starts_at, Slot.ends_at)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.site_id == fleet.city.site_ids[code], Slot.day == day, Booking.state == BookingState.CONFIRMED)
        .order_by(Booking.id)
    )
    with reading(fleet.city.sessions) as session:
        rows = session.execute(query).all()
    coming = []
    for row in rows:
        car = by_holder[row.holder]
        late = row.ends_at + timedelta(minutes=fleet.chance.randint(2, 20))
        if car.manner is not Manner.ABSENT:
            coming.append(Coming(late if car.manner is Manner.LATE else _arrival(fleet, car, row.starts_at), car))
    return coming


def _windows(fleet: Fleet, code: str, day: date) -> list[OpenSlot]:
    with reading(fleet.city.sessions) as session:
        found = slots_between(session, day, day, site_id=fleet.city.site_ids[code])
    return [slot for slot in found if _suits(slot, None)]


def _is_for(slot: OpenSlot, car: DemoCar) -> bool:
    return slot.service == SERVICE_OF_KIND[car.kind] and takes(slot.classes, car.kind)


def _arrival(fleet: Fleet, car: DemoCar, starts_at: datetime) -> datetime:
    return starts_at + timedelta(minutes=fleet.chance.randint(EARLIEST, LATEST))
