"""Building the demo city in an empty database."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from random import Random

from sqlalchemy import select

from booking.accounts.models import Person
from booking.accounts.service import passwords
from booking.allotment import jobs
from booking.allotment.beacons import build_beacons
from booking.demo import city as places
from booking.demo.asking import City
from booking.demo.city import PASSWORD
from booking.demo.days import DAYS_AHEAD, DAYS_BACK, close_a_site, draft_and_approve, play_day
from booking.demo.driving import Fleet, live_day, live_until
from booking.demo.haste import not_waiting_for_the_disk
from booking.demo.lifting import lift_rules
from booking.demo.morning import announce_repair, book_morning, play_morning
from booking.demo.owners import HELD, NAMED_CARS, STORIES, Cast, named_cars, other_cars
from booking.demo.people import STAGES, DemoLearner, add_learners
from booking.demo.rosters import book_what_is_left, open_site, play_roster, sessions_of_today
from booking.demo.signins import Login, open_sign_ins
from booking.demo.stations import add_stations, plan_stations
from booking.demo.voices import let_everybody_speak
from booking.demo.watching import watch
from booking.exams.line import EXAMS
from booking.kernel.calendar import at_local, local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ConflictError, Wording
from booking.plans.jobs import publish_due_plans
from booking.slots.jobs import release_due_seats
from booking.stats.jobs import roll_up_figures

CHUNK = 100
# The first of each stage stay as the sign-ins say; beyond 300, learners are for load tests and do not live the weeks.
MOST_PLAYING = 300
# Two of the named stages have asked: when the round is open, and long enough ago that it is decided.
ASKED_AGO = {11: 1, 12: 9}
BOUND_AGO = 16  # days: in time for every booking of the lived weeks
CLOSED_SITE, CLOSED_AGO = "4408-K3-01", 2
Echo = Callable[[str], object]


class NotEmptyError(ConflictError):
    """There are people in the database already."""

    wording = Wording(
        "数据库里已有数据，演示城市只能建在空库中。", "The demo city is only built in an empty database."
    )


def is_empty(sessions: Sessions) -> bool:
    """Say whether nobody is in the database yet."""
    with reading(sessions) as session:
        return session.scalar(select(Person.id).limit(1)) is None


def build_demo(sessions: Sessions, now: datetime, *, learners: int, vehicles: int = 0, echo: Echo) -> list[Login]:
    """Build the city and return every sign-in; raise `NotEmptyError` where somebody lives already.

    Two weeks have been lived: plans published, places taken, exams and inspections passed and failed, all by the
    services that pages and jobs use, so that every invariant holds. Nothing is planned for a line without people.
    """
    if not is_empty(sessions):
        raise NotEmptyError
    with not_waiting_for_the_disk(sessions.engine):
        return _build(sessions, now, learners, vehicles, echo)


def _build(sessions: Sessions, now: datetime, learners: int, vehicles: int, echo: Echo) -> list[Login]:
    today = local_day(now)
    start = at_local(today - timedelta(DAYS_BACK + DAYS_AHEAD), time(8))
    with unit_of_work(sessions) as session:
        site_ids = places.add_sites(session) | add_stations(session, today, now=now, opened_at=start)
        staff = places.add_staff(session, site_ids, now=start)
        places.let_in_by_password(session, now=start)
    echo("Sites and staff are there.")
    people = list(_learners(sessions, learners, start, now, echo))
    beacons = build_beacons(is_demo=True, mirrors=())
    playing = people[len(STAGES) : MOST_PLAYING]
    city = City(sessions, site_ids, staff, playing, beacons, Random(4408))
    if learners:
        open_site(city, today, start)
        days = today - timedelta(DAYS_BACK), today + timedelta(DAYS_AHEAD - 3)
        draft_and_approve(city, *days, instead=sessions_of_today(now))
        draft_and_approve(city, today + timedelta(DAYS_AHEAD - 2), today + timedelta(DAYS_AHEAD), approve=False)
    if vehicles:
        plan_stations(city, today, now=now, approved_to=today + timedelta(12), last=today + timedelta(13))
    fleet = _live(city, people, vehicles, now, echo)
    _reach(city, fleet, now)
    let_everybody_speak(city, now)
    watch(city, now)
    owners = list({car.owner.phone: car.owner for car in fleet.cars}.values()) if fleet else []
    return open_sign_ins(sessions, staff, people, owners, now)


def _live(city: City, people: list[DemoLearner], vehicles: int, now: datetime, echo: Echo) -> Fleet | None:
    """Live the weeks until yesterday night; the vehicles come when their line begins."""
    today, fleet = local_day(now), None
    asking_on = {today - timedelta(ago): people[number : number + 1] for number, ago in ASKED_AGO.items()}
    for number in range(DAYS_BACK + DAYS_AHEAD):
        day = today - timedelta(DAYS_BACK + DAYS_AHEAD - number)
        if vehicles and day == today - timedelta(BOUND_AGO):
            fleet = _fleet(city, vehicles, at_local(day, time(8)), now, echo)
        play_day(city, day, asking_too=asking_on.get(day, ()))
        if day == today - timedelta(CLOSED_AGO):
            close_a_site(city, CLOSED_SITE, today + timedelta(1), at_local(day, time(22)))
        if fleet:
            live_day(fleet, day, today)
        echo(f"Day {number + 1} of {DAYS_BACK + DAYS_AHEAD} has been lived.")
    return fleet


def _fleet(city: City, vehicles: int, start: datetime, now: datetime, echo: Echo) -> Fleet:
    """Give the city its owners and their vehicles; the named ones are there however few are asked for."""
    chance = Random(4409)
    cast = Cast(local_day(now), start, passwords.hashed(PASSWORD, least=8), chance)
    with unit_of_work(city.sessions) as session:
        cars = named_cars(cast, session, [number for number in range(len(STORIES)) if number != HELD])
    for first in range(NAMED_CARS, vehicles, CHUNK):
        with unit_of_work(city.sessions) as session:
            cars += other_cars(cast, session, range(first, min(first + CHUNK, vehicles)))
    echo(f"{len(cars)} vehicles are there.")
    return Fleet(city, cars, chance)


def _come_last(fleet: Fleet, now: datetime) -> None:
    """Let bind a car yesterday evening whose first reminder comes this morning, with a place."""
    evening = at_local(local_day(now) - timedelta(1), time(19, 30))
    cast = Cast(local_day(now), evening, passwords.hashed(PASSWORD, least=8), fleet.chance)
    with unit_of_work(fleet.city.sessions) as session:
        fleet.cars += named_cars(cast, session, [HELD])


def _reach(city: City, fleet: Fleet | None, now: datetime) -> None:
    """Bring the city to this minute: what is due this morning, and the cars that are on their way today."""
    sessions, beacons = city.sessions, city.beacons
    arriving = []
    if fleet:
        _come_last(fleet, now)
        arriving = book_morning(fleet, now)
        announce_repair(fleet, at_local(local_day(now) - timedelta(1), time(20, 30)))
    publish_due_plans(sessions, now)
    release_due_seats(sessions, now)
    jobs.open_rounds(sessions, EXAMS, beacons, now)
    jobs.cancel_in_withdrawn_slots(sessions, EXAMS, now)
    jobs.advance_rounds(sessions, EXAMS, beacons, now)
    book_what_is_left(city, now)
    play_roster(city, now)
    if fleet:
        play_morning(fleet, arriving, now)
        live_until(fleet, now)
        lift_rules(city, now)
    roll_up_figures(sessions, now)


def _learners(sessions: Sessions, count: int, start: datetime, now: datetime, echo: Echo) -> Iterator[DemoLearner]:
    password_hash = passwords.hashed(PASSWORD, least=8)
    for first in range(0, count, CHUNK):
        with unit_of_work(sessions) as session:
            numbers = range(first, min(first + CHUNK, count))
            yield from add_learners(session, numbers, password_hash=password_hash, start=start, now=now)
        echo(f"{min(first + CHUNK, count)} of {count} learners are there.")
