"""The last weeks of the demo city, played day by day through the same services that pages and jobs use."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from booking.allotment import jobs
from booking.allotment.service import closures
from booking.allotment.service.closures import Scope
from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking
from booking.demo.asking import City, ask, who_waits_or_holds
from booking.demo.city import EXAM_SITES
from booking.demo.people import DemoLearner
from booking.exams import service as records
from booking.exams.line import EXAMS
from booking.exams.rules.facts import Outcome, Subject
from booking.exams.service import Result
from booking.kernel.calendar import at_local
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import PersonId, SiteId
from booking.plans.jobs import publish_due_plans
from booking.plans.queries.plans import plan_shown
from booking.plans.rules.pattern import Exceptions, Pattern, PlannedDay, expand
from booking.plans.service import approval, drafting
from booking.policies.queries import working_days
from booking.slots.jobs import release_due_seats, return_freed_seats
from booking.slots.models import Slot

DAYS_BACK, DAYS_AHEAD = 14, 16
DRAFTED_BEFORE = 14  # days before the exam
ASKING_EACH_DAY = 90  # learners who look for a place on one day
ASKING_AT_ONCE = 6  # in one minute
STORM = "演示：台风影响，考场临时关闭"
STORM_EN = "Demo: because of a typhoon the exam site is closed for the day"
PASS_RATE = {Subject.SUBJECT_1: 0.8, Subject.SUBJECT_2: 0.6, Subject.ROAD: 0.6, Subject.SAFETY: 0.9}
ABSENCE, CANCELLATION = 0.05, 0.06
NOTHING_ELSE: Mapping[tuple[str, str, date], PlannedDay] = {}


def draft_and_approve(
    city: City,
    first: date,
    last: date,
    *,
    approve: bool = True,
    instead: Mapping[tuple[str, str, date], PlannedDay] = NOTHING_ELSE,
) -> None:
    """Draft the plans of the working days `first` to `last`, and let the second person approve them.

    `instead` holds what is planned in place of the usual, by site, service and day, on days of rest too.
    """
    for site in EXAM_SITES:
        for service, lines in site.sessions.items():
            for planned in expand(Pattern(first, last, frozenset(range(1, 8)), lines), Exceptions()):
                other = instead.get((site.code, service, planned.day))
                if other or _is_worked(city, planned.day):
                    _plan(city, city.site_ids[site.code], service, other or planned, approve=approve)


def _is_worked(city: City, day: date) -> bool:
    with reading(city.sessions) as session:
        return working_days(session, day).is_worked(day)


def _plan(city: City, site_id: SiteId, service: str, planned: PlannedDay, *, approve: bool) -> None:
    drafted = at_local(planned.day - timedelta(DRAFTED_BEFORE), time(9, 30))
    with unit_of_work(city.sessions) as session:
        (plan_id,) = drafting.draft_plans(
            session, site_id, service, [planned], actor=city.staff["planner"], now=drafted
        )
        approval.submit(session, plan_id, actor=city.staff["planner"], now=drafted)
        if approve:
            seen = plan_shown(session, plan_id).content
            hour = drafted + timedelta(hours=1)
            approval.approve(session, plan_id, content_hash=seen, actor=city.staff["approver"], now=hour)


def play_day(city: City, day: date, *, asking_too: Sequence[DemoLearner] = ()) -> None:
    """Play one day: plans and rounds open, seats are handed on at noon, people ask and cancel, exams are taken."""
    publish_due_plans(city.sessions, at_local(day, time(9)))
    jobs.open_rounds(city.sessions, EXAMS, city.beacons, at_local(day, time(9, 1)))
    noon = at_local(day, time(12))
    jobs.advance_rounds(city.sessions, EXAMS, city.beacons, noon)
    jobs.hand_on_seats(city.sessions, EXAMS, noon)
    return_freed_seats(city.sessions, noon)
    release_due_seats(city.sessions, noon)
    busy = who_waits_or_holds(city)
    today = city.chance.sample(city.learners, min(ASKING_EACH_DAY, len(city.learners)))
    free = (learner for learner in today if learner.plays_from <= day and learner.person_id not in busy)
    asking = [*asking_too, *free]
    for number, learner in enumerate(asking):
        minute = noon + timedelta(minutes=1 + number // ASKING_AT_ONCE)
        ask(city, learner, minute, only_round=learner in asking_too)
        if number % ASKING_AT_ONCE == ASKING_AT_ONCE - 1:
            jobs.advance_rounds(city.sessions, EXAMS, city.beacons, minute + timedelta(seconds=59))
    _cancel_some(city, at_local(day, time(15)))
    jobs.cancel_in_withdrawn_slots(city.sessions, EXAMS, at_local(day, time(16)))
    jobs.advance_rounds(city.sessions, EXAMS, city.beacons, at_local(day, time(17)))
    _take_exams(city, day)
    jobs.advance_rounds(city.sessions, EXAMS, city.beacons, at_local(day, time(21, 30)))
    jobs.end_requests_without_hope(city.sessions, EXAMS, at_local(day, time(21, 31)))


def close_a_site(city: City, site: str, day: date, now: datetime) -> None:
    """Let the office close a site for a day, with two people; everybody there is asked for again."""
    scope = Scope(EXAMS.key, city.site_ids[site], "", day, day)
    with unit_of_work(city.sessions) as session:
        try:
            closure = closures.propose(
                session, scope, reason=STORM, reason_en=STORM_EN, actor=city.staff["planner"], now=now
            )
        except NotFoundError:
            return  # nothing is planned there on that day
        closures.approve(session, closure, actor=city.staff["approver"], now=now)


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
        if PersonId(person_id) in actors and city.chance.random() < CANCELLATION / 4:
            with unit_of_work(city.sessions) as session:
                bookings.cancel(session, EXAMS, reference, actor=actors[PersonId(person_id)], now=now)


def _take_exams(city: City, day: date) -> None:
    with reading(city.sessions) as session:
        query = (
            select(Booking.person_id, Booking.service, Slot.site_id)
            .join(Slot, Slot.id == Booking.slot_id)
            .where(Booking.state.in_(LIVE), Slot.day == day, Slot.line == EXAMS.key)
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
