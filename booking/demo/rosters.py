"""Today at the exam site of the demo operator: one session under way whatever hour it is, and one to come."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from booking.bookings.service import book_seat
from booking.bookings.wishes import Wish
from booking.demo.asking import City, who_waits_or_holds
from booking.demo.city import EXAM_SITES
from booking.exams.line import EXAMS
from booking.exams.queries import Record, path_of, records_of
from booking.exams.rules.outlook import State
from booking.kernel.calendar import LOCAL, ONE_DAY, at_local, local_day
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.secrets import new_token
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.policies.queries import working_days
from booking.rosters.jobs import keep_rosters
from booking.rosters.models import AttemptOutcome
from booking.rosters.queries.rosters import Roster, roster, rosters_of
from booking.rosters.queries.rows import RosterRow
from booking.rosters.service.attempts import AttemptResult, record_attempt
from booking.rosters.service.check_ins import Presented, check_in
from booking.sites.queries import openings
from booking.sites.service.days import set_day
from booking.slots.queries import slots_between

SITE, SERVICE = EXAM_SITES[1].code, "subject_2"
PLACES_NOW, PLACES_LATER = 12, 6
BEGUN_AGO, LENGTH, PAUSE = timedelta(minutes=45), timedelta(minutes=90), timedelta(minutes=60)
MINUTE = timedelta(minutes=1)
EARLIEST, LATEST = time(0, 5), time(23, 55)
OPEN_TODAY = "演示：当天开放"
PASSED, FAILED = AttemptOutcome.PASSED, AttemptOutcome.FAILED
# What those who came first have done by now: (attempt, outcome, points, minutes after the start).
TRIED = (
    ((1, PASSED, 95, 6),),
    ((1, FAILED, 70, 9), (2, PASSED, 91, 24)),
    ((1, PASSED, 92, 13),),
    ((1, FAILED, 65, 18), (2, FAILED, 75, 33)),
    ((1, FAILED, 60, 37),),  # the retest is open
    ((1, PASSED, 90, 40),),  # can still be taken back
)
STAYS_AWAY = 5  # every fifth has not come yet


def sessions_of_today(now: datetime) -> Mapping[tuple[str, str, date], PlannedDay]:
    """Return the plan of today that stands in for the usual one, by site, service and day."""
    today, begun = local_day(now), (now - BEGUN_AGO).astimezone(LOCAL).replace(second=0, microsecond=0)
    begun -= begun.minute % 5 * MINUTE
    starts = begun.time() if begun.date() == today and begun.time() > EARLIEST else EARLIEST
    at = datetime.combine(today, starts)
    hours = [(at, at + LENGTH, PLACES_NOW), (at + LENGTH + PAUSE, at + 2 * LENGTH + PAUSE, PLACES_LATER)]
    lines = [
        PlannedLine(first.time(), min(last, datetime.combine(today, LATEST)).time(), "", places, 0)
        for first, last, places in hours
        if first < datetime.combine(today, LATEST) - PAUSE / 2
    ]
    return {(SITE, SERVICE, today): PlannedDay(today, tuple(lines))}


def open_site(city: City, day: date, now: datetime) -> None:
    """Let the planner open the site on a day of rest."""
    with unit_of_work(city.sessions) as session:
        site_id = city.site_ids[SITE]
        if not openings(session, site_id, day, day, working_days(session, day))[day]:
            set_day(session, site_id, day, True, reason=OPEN_TODAY, actor=city.staff["planner"], now=now, seen=None)


def book_what_is_left(city: City, now: datetime) -> None:
    """Let learners who may take the test book what the rounds of today left over, two days before."""
    today, then = local_day(now), at_local(local_day(now) - 2 * ONE_DAY, time(13))
    busy = who_waits_or_holds(city)
    free = [learner for learner in city.learners if learner.plays_from <= today and learner.person_id not in busy]
    with reading(city.sessions) as session:
        found = slots_between(session, today, today, site_id=city.site_ids[SITE], service=SERVICE)
        records = records_of(session, [learner.person_id for learner in free])
        ready = [learner for learner in free if _may_book(session, records.get(learner.person_id), local_day(then))]
    places = [slot.id for slot in found if slot.is_open(then) for _ in range(slot.remaining)]
    for learner, slot_id in zip(ready, places, strict=False):
        wish = Wish(learner.person_id, EXAMS.holder(learner.person_id), slot_id, new_token())
        with suppress(BookingError), unit_of_work(city.sessions) as session:  # a lane may not be for this one
            book_seat(session, EXAMS, wish, actor=learner.actor, now=then)


def _may_book(session: Session, record: Record | None, day: date) -> bool:
    if record is None:
        return False
    return any(one.subject == SERVICE and one.state is State.OPEN for one in path_of(session, record, today=day))


def play_roster(city: City, now: datetime) -> None:
    """Let people come and be tested until now, on every roster of today at the site that has begun."""
    with reading(city.sessions) as session:
        heads = rosters_of(session, city.site_ids[SITE], local_day(now))
        begun = [roster(session, head.slot_id, now=now) for head in heads if head.starts_at < now < head.ends_at]
    for one in begun:
        coming = [row for number, row in enumerate(one.rows, start=1) if number % STAYS_AWAY]
        for number, row in enumerate(coming):
            _come(city, one, row, number, now)
    keep_rosters(city.sessions, now)


def _come(city: City, one: Roster, row: RosterRow, number: int, now: datetime) -> None:
    came = max(one.check_in_from, one.head.starts_at - 30 * MINUTE + 3 * number * MINUTE)
    if came >= now:
        return
    operator, site_id = city.staff["examsite"], one.head.site_id
    with unit_of_work(city.sessions) as session:
        check_in(session, site_id, Presented(row.reference, row.tail, came), actor=operator, now=came)
    for attempt, outcome, score, minutes in TRIED[number] if number < len(TRIED) else ():
        at = max(one.head.starts_at + minutes * MINUTE, came + MINUTE)
        if at < now:
            with unit_of_work(city.sessions) as session:
                result = AttemptResult(attempt, outcome, score)
                record_attempt(session, row.booking_id, result, actor=operator, now=at)
