"""The last weeks of the demo city, played day by day through the same services that pages and jobs use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking, BookingChannel
from booking.bookings.wishes import Wish
from booking.demo.city import EXAM_SITES
from booking.demo.people import DemoLearner
from booking.exams import service as records
from booking.exams.line import EXAMS
from booking.exams.queries import path_of, record_of
from booking.exams.rules.facts import Outcome, Subject
from booking.exams.rules.outlook import State
from booking.exams.service import Result
from booking.kernel.actors import Actor
from booking.kernel.calendar import at_local, local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import PersonId, SiteId
from booking.kernel.secrets import new_token
from booking.plans.jobs import publish_due_plans
from booking.plans.queries.plans import plan_shown
from booking.plans.rules.pattern import Exceptions, Pattern, PlannedDay, expand
from booking.plans.service import approval, drafting
from booking.policies.queries import working_days
from booking.slots.jobs import release_due_seats, return_freed_seats
from booking.slots.models import Slot
from booking.slots.queries import slots_between

DAYS_BACK, DAYS_AHEAD = 14, 16
DRAFTED_BEFORE = 14  # days before the exam
ASKING_EACH_DAY = 90  # learners who look for a place on one day
AT_THE_COUNTER = 0.2
PASS_RATE = {Subject.SUBJECT_1: 0.8, Subject.SUBJECT_2: 0.6, Subject.ROAD: 0.6, Subject.SAFETY: 0.9}
ABSENCE, CANCELLATION = 0.05, 0.06


@dataclass(frozen=True, slots=True)
class City:
    """Who acts in the demo city, and one source of chance, so that each city is alike."""

    sessions: Sessions
    site_ids: dict[str, SiteId]
    staff: dict[str, Actor]
    learners: Sequence[DemoLearner]
    chance: Random


def draft_and_approve(city: City, first: date, last: date, *, approve: bool = True) -> None:
    """Draft the plans of the working days `first` to `last`, and let the second person approve them."""
    for site in EXAM_SITES:
        for service, lines in site.sessions.items():
            for planned in expand(Pattern(first, last, frozenset(range(1, 8)), lines), Exceptions()):
                _plan(city, city.site_ids[site.code], service, planned, approve=approve)


def _plan(city: City, site_id: SiteId, service: str, planned: PlannedDay, *, approve: bool) -> None:
    drafted = at_local(planned.day - timedelta(DRAFTED_BEFORE), time(9, 30))
    with unit_of_work(city.sessions) as session:
        if not working_days(session, planned.day).is_worked(planned.day):
            return
        (plan_id,) = drafting.draft_plans(
            session, site_id, service, [planned], actor=city.staff["planner"], now=drafted
        )
        approval.submit(session, plan_id, actor=city.staff["planner"], now=drafted)
        if approve:
            seen = plan_shown(session, plan_id).content
            hour = drafted + timedelta(hours=1)
            approval.approve(session, plan_id, content_hash=seen, actor=city.staff["approver"], now=hour)


def play_day(city: City, day: date) -> None:
    """Play one day: publish, release, return freed seats at noon; people book and cancel; exams are taken."""
    publish_due_plans(city.sessions, at_local(day, time(9)))
    noon = at_local(day, time(12))
    return_freed_seats(city.sessions, noon)
    release_due_seats(city.sessions, noon)
    asking = city.chance.sample(city.learners, min(ASKING_EACH_DAY, len(city.learners)))
    for minute, learner in enumerate(asking):
        if learner.plays_from <= day:
            _ask(city, learner, noon + timedelta(minutes=1 + minute))
    _cancel_some(city, at_local(day, time(15)))
    _take_exams(city, day)


def _ask(city: City, learner: DemoLearner, now: datetime) -> None:
    """Let one learner book the first subject that is open, in one of the next free slots."""
    with reading(city.sessions) as session:
        record = record_of(session, learner.person_id)
        outlooks = path_of(session, record, today=local_day(now)) if record else ()
        subject = next((outlook.subject for outlook in outlooks if outlook.state is State.OPEN), None)
        if subject is None:
            return
        today = local_day(now)
        slots = slots_between(session, today, today + timedelta(DAYS_AHEAD), line="exams", service=subject)
        free = [slot for slot in slots if slot.is_open(now) and slot.remaining]
    if not free:
        return
    slot = city.chance.choice(free)
    at_counter = city.chance.random() < AT_THE_COUNTER
    wish = Wish(
        learner.person_id,
        slot.id,
        new_token(),
        BookingChannel.COUNTER if at_counter else BookingChannel.INTERNET,
        "到窗口办理" if at_counter else "",
    )
    actor = city.staff["counter"] if at_counter else learner.actor
    try:
        with unit_of_work(city.sessions) as session:
            bookings.book_seat(session, EXAMS, wish, actor=actor, now=now)
    except BookingError:
        return  # a class that the slot does not serve, or a lane that is full: this learner asks another day


def _cancel_some(city: City, now: datetime) -> None:
    with reading(city.sessions) as session:
        query = (
            select(Booking.reference, Booking.person_id)
            .join(Slot, Slot.id == Booking.slot_id)
            .where(Booking.state.in_(LIVE), Slot.cancel_until > now)
            .order_by(Booking.id)
        )
        live = session.execute(query).all()
    actors = {learner.person_id: learner.actor for learner in city.learners}
    for reference, person_id in live:
        if city.chance.random() < CANCELLATION / 4:
            with unit_of_work(city.sessions) as session:
                bookings.cancel(session, EXAMS, reference, actor=actors[PersonId(person_id)], now=now)


def _take_exams(city: City, day: date) -> None:
    with reading(city.sessions) as session:
        query = (
            select(Booking.person_id, Booking.service, Slot.site_id)
            .join(Slot, Slot.id == Booking.slot_id)
            .where(Booking.state.in_(LIVE), Slot.day == day)
            .order_by(Booking.id)
        )
        taking = session.execute(query).all()
    evening = at_local(day, time(18))
    with unit_of_work(city.sessions) as session:
        for person_id, service, site_id in taking:
            result = _result(city.chance, Subject(service), day, SiteId(site_id))
            records.record_result(session, PersonId(person_id), result, actor=city.staff["counter2"], now=evening)


def _result(chance: Random, subject: Subject, day: date, site_id: SiteId) -> Result:
    if chance.random() < ABSENCE:
        return Result(subject, day, Outcome.ABSENT, None, site_id)
    if chance.random() < PASS_RATE[subject]:
        return Result(subject, day, Outcome.PASSED, chance.randint(90, 100), site_id)
    return Result(subject, day, Outcome.FAILED, chance.randint(40, 79), site_id)
