"""Facts of requests and tests: what was asked for and granted, how long people waited, how tests ended."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from booking.allotment.models.requests import Entry, Request, RequestWish, Standing
from booking.allotment.models.rounds import Round, RoundSlot
from booking.bookings.models import Booking
from booking.exams.line import EXAMS
from booking.exams.models import ExamResult, Learner
from booking.exams.rules.facts import Kind, Outcome, Subject
from booking.exams.rules.orders import DAYS_AFTER_FAILURE, rules_on
from booking.rosters.models import Attempt
from booking.slots.models import Lane, Quota, Slot, SlotState
from booking.stats.queries.days import DaysFrom, GreatestOf, LeastOf
from booking.stats.queries.facts import NOWHERE, Column, Facts, Within, class_of, fact, of_bookings, text

TESTED = (Outcome.PASSED, Outcome.FAILED)
TO_THE_DAY, TEN, A_YEAR = 100, 10, 365  # days: how exactly waits are kept
NEVER = 99_999  # days: what has not happened holds nobody up


def _of_results(bucket: Column, within: Within) -> Facts:
    return (
        select(
            ExamResult.day.label("day"),
            literal(EXAMS.key).label("line"),
            ExamResult.subject.label("service"),
            func.coalesce(ExamResult.site_id, NOWHERE).label("site_id"),
            Learner.licence_class.label("licence_class"),
            bucket.label("bucket"),
            literal(1).label("amount"),
            ExamResult.id.label("key"),
            Booking.reference.label("reference"),
            ExamResult.outcome.label("state"),
        )
        .join(Learner, Learner.id == ExamResult.learner_id)
        .join(Booking, Booking.id == ExamResult.booking_id)
        .where(within(ExamResult.day), ExamResult.outcome.in_(TESTED))
    )


@cache  # the same words each time, for every page that counts waits
def _since_permit() -> ColumnElement[int]:
    """Return the days since the permit let its holder take a test, by the waits of the present order."""
    waits = [
        (and_(ExamResult.subject == subject, Learner.licence_class == code, Learner.kind == kind), int(days))
        for code, row in rules_on(date.max).classes.items()
        for subject, kind, days in (
            (Subject.SUBJECT_2, Kind.FIRST, row.subject_2_wait),
            (Subject.SUBJECT_2, Kind.UPGRADE, row.subject_2_wait),
            (Subject.ROAD, Kind.FIRST, row.road_wait_first),
            (Subject.ROAD, Kind.UPGRADE, row.road_wait_upgrade),
        )
        if isinstance(days, int)
    ]
    needs_permit = ExamResult.subject.in_((Subject.SUBJECT_2, Subject.ROAD))
    since = DaysFrom(Learner.permit_issued_on, ExamResult.day) - case(*waits, else_=0)
    return case((and_(needs_permit, Learner.permit_issued_on.is_not(None)), since), else_=NEVER)


def wait(within: Within) -> Sequence[Facts]:
    """Tests by the days that their learner could have taken them and waited."""
    before, of_subject = aliased(ExamResult), aliased(ExamResult)
    earlier = func.max(before.day)
    passed = select(DaysFrom(earlier, ExamResult.day)).where(
        before.learner_id == ExamResult.learner_id, before.day < ExamResult.day, before.outcome == Outcome.PASSED
    )
    failed = select(DaysFrom(func.max(of_subject.day), ExamResult.day) - DAYS_AFTER_FAILURE).where(
        of_subject.learner_id == ExamResult.learner_id,
        of_subject.subject == ExamResult.subject,
        of_subject.day < ExamResult.day,
    )
    waited = LeastOf(
        DaysFrom(Learner.accepted_on, ExamResult.day),
        func.coalesce(passed.scalar_subquery(), NEVER),
        func.coalesce(failed.scalar_subquery(), NEVER),
        _since_permit(),
    )
    days = GreatestOf(waited, literal(0))
    # Nobody compares 217 days with 218, and a year of days in every cell is what would make years slow.
    steps = case((days > A_YEAR, A_YEAR), (days > TO_THE_DAY, days // TEN * TEN), else_=days)
    return (_of_results(cast(steps, String), within),)


def tests(within: Within) -> Sequence[Facts]:
    """Tests by whether they were the first of their subject, and how they ended."""
    earlier = aliased(ExamResult)
    tested_before = (
        select(earlier.id)
        .where(
            earlier.learner_id == ExamResult.learner_id,
            earlier.subject == ExamResult.subject,
            earlier.day < ExamResult.day,
            earlier.outcome.in_(TESTED),
        )
        .exists()
    )
    return (_of_results(case((tested_before, "again_"), else_="first_") + ExamResult.outcome, within),)


def tries(within: Within) -> Sequence[Facts]:
    """Tries on one booking: the test and the retest."""
    number = case((Attempt.number == 1, "first_"), else_="retest_")
    tries = of_bookings(number + text(Attempt.outcome), within)
    return (tries.join(Attempt, Attempt.booking_id == Booking.id).where(Attempt.undone_at.is_(None)),)


def asked(within: Within) -> Sequence[Facts]:
    """Those who asked in the rounds of a day, and the places there were."""
    requests = (
        fact(
            Round,
            text(Entry.standing),
            key=Entry.request_id,
            site=literal(NOWHERE),
            licence_class=class_of(Entry.person_id, Round.line, Round.day),
            reference=Request.reference,
            state=text(Entry.standing),
        )
        .join(Entry, Entry.round_id == Round.id)
        .join(Request, Request.id == Entry.request_id)
        .where(within(Round.day), Entry.standing != Standing.OUT)
    )
    places = func.sum(Quota.capacity - Quota.blocked)
    seats = (
        fact(Slot, literal("seats"), key=Slot.id, site=literal(NOWHERE), amount=places, state=text(Slot.state))
        .join(RoundSlot, RoundSlot.slot_id == Slot.id)
        .join(Quota, and_(Quota.slot_id == Slot.id, Quota.lane != Lane.WALK_IN))
        .where(within(Slot.day), Slot.state == SlotState.PUBLISHED)
        .group_by(Slot.id)
    )
    return requests, seats


def wish(within: Within) -> Sequence[Facts]:
    """Places that rounds gave, by which wish of the request they were."""
    place = (
        select(func.min(RequestWish.place))
        .where(
            RequestWish.request_id == Entry.request_id,
            or_(RequestWish.slot_id == Slot.id, RequestWish.site_id == Slot.site_id),
        )
        .scalar_subquery()
    )
    granted = fact(
        Slot,
        func.coalesce(cast(place, String), "other"),
        key=Entry.request_id,
        licence_class=class_of(Entry.person_id, Slot.line, Slot.day),
        reference=Request.reference,
        state=text(Entry.standing),
    )
    return (
        granted.join(Entry, Entry.slot_id == Slot.id)
        .join(Request, Request.id == Entry.request_id)
        .where(within(Slot.day), Entry.booking_id.is_not(None)),
    )
