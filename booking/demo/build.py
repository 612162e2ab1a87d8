"""Building the demo city in an empty database."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from booking.accounts.models import Person, SignInKind
from booking.accounts.service import passwords, signing_in
from booking.allotment import jobs
from booking.allotment.beacons import build_beacons
from booking.demo import city as places
from booking.demo.asking import City
from booking.demo.city import PASSWORD, STAFF
from booking.demo.days import DAYS_AHEAD, DAYS_BACK, close_a_site, draft_and_approve, play_day
from booking.demo.people import STAGES, DemoLearner, add_learners
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local, local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ConflictError, Wording
from booking.plans.jobs import publish_due_plans
from booking.slots.jobs import release_due_seats

CHUNK = 100
# The first of each stage stay as the sign-ins say; beyond 300, learners are for load tests and do not live the weeks.
MOST_PLAYING = 300
# Two of the named stages have asked: when the round is open, and long enough ago that it is decided.
ASKED_AGO = {11: 1, 12: 9}
CLOSED_SITE, CLOSED_AGO = "4408-K3-01", 2
Echo = Callable[[str], object]
Login = tuple[str, str, str, str]  # login, password, role, token


class NotEmptyError(ConflictError):
    """There are people in the database already."""

    wording = Wording(
        "数据库里已有数据，演示城市只能建在空库中。", "The demo city is only built in an empty database."
    )


def is_empty(sessions: Sessions) -> bool:
    """Say whether nobody is in the database yet."""
    with reading(sessions) as session:
        return session.scalar(select(Person.id).limit(1)) is None


def build_demo(sessions: Sessions, now: datetime, *, learners: int, echo: Echo) -> list[Login]:
    """Build the city and return every sign-in; raise `NotEmptyError` where somebody lives already.

    Two weeks have been lived: plans published, places taken, exams passed and failed, all by the services
    that pages and jobs use, so that every invariant holds.
    """
    if not is_empty(sessions):
        raise NotEmptyError
    today = local_day(now)
    start = at_local(today - timedelta(DAYS_BACK + DAYS_AHEAD), time(8))
    with unit_of_work(sessions) as session:
        site_ids = places.add_sites(session)
        staff = places.add_staff(session, site_ids, now=start)
    echo("Sites and staff are there.")
    people = list(_learners(sessions, learners, start, now, echo))
    beacons = build_beacons(is_demo=True, mirrors=())
    playing = people[len(STAGES) : MOST_PLAYING]
    city = City(sessions, site_ids, staff, playing, beacons, Random(4408))  # noqa: S311 - invented people
    asking_on = {today - timedelta(ago): people[number : number + 1] for number, ago in ASKED_AGO.items()}
    draft_and_approve(city, today - timedelta(DAYS_BACK), today + timedelta(DAYS_AHEAD - 3))
    draft_and_approve(city, today + timedelta(DAYS_AHEAD - 2), today + timedelta(DAYS_AHEAD), approve=False)
    for number in range(DAYS_BACK + DAYS_AHEAD):
        day = today - timedelta(DAYS_BACK + DAYS_AHEAD - number)
        play_day(city, day, asking_too=asking_on.get(day, ()))
        if day == today - timedelta(CLOSED_AGO):
            close_a_site(city, CLOSED_SITE, today + timedelta(1), at_local(day, time(22)))
        echo(f"Day {number + 1} of {DAYS_BACK + DAYS_AHEAD} has been lived.")
    publish_due_plans(sessions, now)
    release_due_seats(sessions, now)
    jobs.open_rounds(sessions, EXAMS, beacons, now)
    jobs.cancel_in_withdrawn_slots(sessions, EXAMS, now)
    jobs.advance_rounds(sessions, EXAMS, beacons, now)
    return _logins(sessions, staff, people, now)


def _learners(sessions: Sessions, count: int, start: datetime, now: datetime, echo: Echo) -> Iterator[DemoLearner]:
    password_hash = passwords.hashed(PASSWORD, least=8)
    for first in range(0, count, CHUNK):
        with unit_of_work(sessions) as session:
            numbers = range(first, min(first + CHUNK, count))
            yield from add_learners(session, numbers, password_hash=password_hash, start=start, now=now)
        echo(f"{min(first + CHUNK, count)} of {count} learners are there.")


def _logins(sessions: Sessions, staff: dict[str, Actor], people: list[DemoLearner], now: datetime) -> list[Login]:
    """Return a sign-in with a bearer token for everybody."""
    everybody = [(login, staff[login]) for login, _, _ in STAFF]
    everybody += [(learner.phone, learner.actor) for learner in people]
    rows = []
    with unit_of_work(sessions) as session:
        for login, actor in everybody:
            account_id = signing_in.account_of(actor)
            token = signing_in.open_sign_in(session, account_id, SignInKind.API, now=now)
            rows.append((login, PASSWORD, actor.role.value, token))
    return rows


def sign_ins_in_words(today: date) -> str:
    """Return the demo sign-ins for the terminal: staff by login, one learner of each stage by phone."""
    names = {role: login for login, role, _ in reversed(STAFF)}
    lines = [f"  {login:12} {role.value}" for role, login in names.items() if role is not Role.APPLICANT]
    lines += [f"  199{number + 1:08}  learner: {stage.name}" for number, stage in enumerate(STAGES)]
    return f"Sign-ins of the demo city on {today} (password of everybody: {PASSWORD})\n" + "\n".join(lines)
