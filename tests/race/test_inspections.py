"""Five hundred owners at once when the first part of a day is released over six stations."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking
from booking.bookings.service import AlreadyBookedError
from booking.bookings.wishes import Wish, look_first
from booking.inspections.line import INSPECTIONS
from booking.invariants import asking as invariants
from booking.kernel.actors import Actor
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.slots.models import Lane, Quota
from booking.slots.service import SlotFullError
from tests import factories
from tests.service.inspections.published import publish, release

pytestmark = pytest.mark.race
CLIENTS, OWNERS, STATIONS = 32, 500, 6
HOURS = (8, 9, 10, 14, 15)
FIRST, SECOND, WALK_IN = 12, 8, 5  # 60 % and 40 % of what can be booked on line, and 20 % of all
DAY = date(2026, 12, 8)
OPENS = at_local(DAY - timedelta(days=10), time(8))

Owner = tuple[Actor, Holder]


def owners(sessions: Sessions, number: int) -> Sequence[Owner]:
    """Add people with a car each that is due."""
    with unit_of_work(sessions) as session:
        found = []
        for _ in range(number):
            actor = factories.account(session)
            found.append((actor, INSPECTIONS.holder(factories.vehicle(session, person_id=id_of(actor)))))
        return found


def city(sessions: Sessions, *, stations: int = STATIONS, first: int = FIRST) -> Sequence[SlotId]:
    """Publish a day at every station; the job has released the first part of it."""
    with unit_of_work(sessions) as session:
        sites = [factories.station(session) for _ in range(stations)]
    windows = [
        publish(sessions, site_id, DAY, time(hour), first=first, second=SECOND, walk_in=WALK_IN)
        for site_id in sites
        for hour in HOURS
    ]
    release(sessions, OPENS)
    return windows


def id_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def rush(clients: int, tries: int, attempt: Callable[[int], str]) -> Counter[str]:
    """Let `clients` threads make `tries` attempts between them, all starting together; count the answers."""
    start = Barrier(clients)

    def client(number: int) -> Counter[str]:
        start.wait()
        return Counter(attempt(index) for index in range(number, tries, clients))

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(client, range(clients)), Counter())


def seats(sessions: Sessions, lane: Lane, windows: Sequence[SlotId]) -> dict[SlotId, tuple[int, int]]:
    """Return (released, taken) of a lane by window."""
    with reading(sessions) as session:
        query = select(Quota.slot_id, Quota.released, Quota.taken).where(Quota.lane == lane)
        return {SlotId(row.slot_id): (row.released, row.taken) for row in session.execute(query)}


def require_sound(sessions: Sessions, now: datetime) -> None:
    """Require that no invariant of the house is broken, that is, that ledger and bookings agree."""
    with reading(sessions) as session:
        assert [one.name for one in invariants.findings(session, now=now) if one.count] == []


def test_five_hundred_owners_book_the_released_part_of_a_day(sessions: Sessions) -> None:
    people, windows = owners(sessions, OWNERS), city(sessions)
    places = len(windows) * FIRST  # 360 for 500 owners

    def book(actor: Actor, holder: Holder, slot_id: SlotId, key: str) -> str:
        wish = Wish(id_of(actor), holder, slot_id, key)
        try:
            with reading(sessions) as session:
                look_first(session, INSPECTIONS, wish, now=OPENS)
            with unit_of_work(sessions) as session:
                bookings.book_seat(session, INSPECTIONS, wish, actor=actor, now=OPENS)
        except SlotFullError:
            # Every place is committed as taken before anybody may hear this.
            released, taken = seats(sessions, Lane.ORDINARY, windows)[slot_id]
            return "full" if released == taken else "falsely full"
        except AlreadyBookedError:
            return "has one"
        return "booked"

    def attempt(index: int) -> str:
        """One owner tries one window after the other, from a favourite on, until one is had."""
        actor, holder = people[index]
        favourite = index % len(windows)
        for number, slot_id in enumerate(islice(cycle(windows), favourite, favourite + len(windows))):
            answer = book(actor, holder, slot_id, f"try-{index}-{number}")
            if answer != "full":
                return answer
        return "nothing left"

    answers = rush(CLIENTS, OWNERS, attempt)

    assert answers == {"booked": places, "nothing left": OWNERS - places}
    assert set(seats(sessions, Lane.ORDINARY, windows).values()) == {(FIRST, FIRST)}
    assert all(taken == 0 for _, taken in seats(sessions, Lane.WALK_IN, windows).values())
    with reading(sessions) as session:
        live = session.execute(
            select(Booking.holder, func.count()).where(Booking.state.in_(LIVE)).group_by(Booking.holder)
        ).all()
    assert len(live) == places
    assert all(count == 1 for _, count in live)
    require_sound(sessions, OPENS)


def test_one_car_wanted_by_owner_and_agent_at_many_stations_at_once_gets_one_place(sessions: Sessions) -> None:
    [(owner, holder)] = owners(sessions, 1)
    windows = city(sessions, stations=2)
    with unit_of_work(sessions) as session:
        agent = factories.account(session)
        factories.agency(session, factories.owner(session, person_id=id_of(owner)), agent)

    def attempt(index: int) -> str:
        actor = (owner, agent)[index % 2]
        wish = Wish(id_of(actor), holder, windows[index % len(windows)], f"try-{index}")
        try:
            with unit_of_work(sessions) as session:
                bookings.book_seat(session, INSPECTIONS, wish, actor=actor, now=OPENS)
        except AlreadyBookedError:
            return "has one"
        return "booked"

    answers = rush(20, 40, attempt)

    assert answers == {"booked": 1, "has one": 39}
    assert sum(taken for _, taken in seats(sessions, Lane.ORDINARY, windows).values()) == 1
    require_sound(sessions, OPENS)


def test_the_race_is_real_without_the_claim(sessions: Sessions) -> None:
    """Control: read the counter, decide in Python, write it back. It sells the last place of a window twice."""
    people, windows = owners(sessions, 2), city(sessions, stations=1, first=1)
    both_have_looked = Barrier(2)
    lane = (Quota.slot_id == windows[0], Quota.lane == Lane.ORDINARY)

    def check_then_act(index: int) -> str:
        with reading(sessions) as session:
            quota = session.execute(select(Quota.taken, Quota.released).where(*lane)).one()
        both_have_looked.wait()
        if quota.taken >= quota.released:
            return "full"
        actor, holder = people[index]
        with unit_of_work(sessions) as session:
            session.execute(update(Quota).where(*lane).values(taken=quota.taken + 1))
            factories.booking_row(session, actor, windows[0], at=OPENS, held_by=holder)
        return "booked"

    answers = rush(2, 2, check_then_act)

    assert answers["booked"] == 2
    with reading(sessions) as session:
        broken = [one.name for one in invariants.findings(session, now=OPENS) if one.count]
    assert broken != []
