"""The facts of demand: counted by the database, and the same as asking the rules about each learner one by one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random

from sqlalchemy import event, select

from booking.demand.queries.facts import demand_facts, first_open_monday
from booking.demand.rules.facts import Booked, Outcomes
from booking.demand.rules.suggestion import suggest
from booking.exams.models import ExamResult, Learner
from booking.exams.queries import path_of, record_of
from booking.exams.rules.facts import Subject
from booking.exams.rules.outlook import State
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.plans.service.drafting import draft_plans
from booking.slots.models import Method
from tests import factories
from tests.service.plans.desk import DAY, MORNING, NOW, Desk, open_desk

TODAY = date(2026, 11, 24)
FIRST = date(2026, 12, 7)
LAST = FIRST + timedelta(13)
CLASSES = ("C1", "C1", "C2", "A2", "D", "C6")
ORDER = [subject.value for subject in Subject]


def add_learner(sessions: Sessions, dice: Random) -> None:
    """Add somebody anywhere on the way to a licence."""
    with unit_of_work(sessions) as session:
        code = dice.choice(CLASSES)
        kind = "upgrade" if code in ("A2", "C6") else "first"
        accepted = TODAY - timedelta(dice.randrange(1, 120))
        permit = accepted + timedelta(dice.randrange(1, 20)) if dice.random() < 0.8 else None
        permit = permit if permit and permit <= TODAY else None
        holder = factories.account(session)
        number = factories.learner(
            session, PersonId(holder.person_id or 0), licence_class=code, kind=kind, accepted_on=accepted,
            permit_issued_on=permit,
        )  # fmt: skip
        if dice.random() < 0.1 and permit:
            session.get_one(Learner, number).permit_valid_until = LAST - timedelta(dice.randrange(-40, 20))
        for subject in ORDER[: dice.randrange(len(ORDER) + 1)] if permit else []:
            days = sorted(dice.sample(range(1, 60), dice.choice([1, 1, 1, 2, 3, 5])), reverse=True)
            for ago in days:
                is_last = ago == days[-1]
                outcome = dice.choice(["passed", "passed", "failed", "absent"]) if is_last else "failed"
                session.add(
                    ExamResult(
                        learner_id=number,
                        subject=subject,
                        day=TODAY - timedelta(ago),
                        outcome=outcome,
                        recorded_at=NOW,
                    )
                )
        session.flush()
        if dice.random() < 0.15:
            slot_id = factories.slot(session, service=dice.choice(ORDER), day=DAY, released=1)
            factories.booking(session, holder, slot_id, at=NOW)


def one_by_one(sessions: Sessions) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Count who waits and who soon may by asking the rules about each learner."""
    now: Counter[tuple[str, str]] = Counter()
    later: Counter[tuple[str, str]] = Counter()
    with reading(sessions) as session:
        for person_id in session.scalars(select(Learner.person_id)):
            record = record_of(session, PersonId(person_id))
            assert record is not None
            for found in path_of(session, record, today=TODAY):
                key = (found.subject.value, record.facts.licence_class.value)
                now[key] += found.state is State.OPEN
                soon = found.state is State.NOT_YET and found.earliest is not None and found.earliest <= LAST
                later[key] += soon
    return +now, +later


@contextmanager
def counting(sessions: Sessions) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*given: object) -> None:
        sent.append(str(given[2]))

    event.listen(sessions.engine, "before_cursor_execute", note)
    yield sent
    event.remove(sessions.engine, "before_cursor_execute", note)


def test_who_waits_is_the_same_as_asking_about_each_learner_in_a_fixed_number_of_statements(
    sessions: Sessions,
) -> None:
    dice, counts = Random(4408), []
    for people in (10, 110):
        for _ in range(people):
            add_learner(sessions, dice)
        with counting(sessions) as sent, reading(sessions) as session:
            facts = demand_facts(session, FIRST, now=NOW)
        counts.append(len([one for one in sent if not one.startswith("PRAGMA")]))

    now, later = one_by_one(sessions)
    assert {(p.subject.value, p.licence_class): p.waiting for p in facts.pools if p.waiting} == now
    assert {(p.subject.value, p.licence_class): p.becoming for p in facts.pools if p.becoming} == later
    assert sum(now.values()) > 30
    assert sum(later.values()) > 5
    assert counts[0] == counts[1] <= 18


def learner(sessions: Sessions, *passed: tuple[str, int], accepted: int = 100, permit: int = 90) -> PersonId:
    with unit_of_work(sessions) as session:
        holder = factories.account(session)
        person_id = PersonId(holder.person_id or 0)
        factories.learner(
            session, person_id, accepted_on=TODAY - timedelta(accepted), permit_issued_on=TODAY - timedelta(permit)
        )
        for subject, ago in passed:
            factories.passed(session, holder, subject, day=TODAY - timedelta(ago))
        return person_id


def result(sessions: Sessions, outcome: str, ago: int, subject: str = "subject_2") -> None:
    person_id = learner(sessions, ("subject_1", 200))
    with unit_of_work(sessions) as session:
        number = session.scalars(select(Learner.id).where(Learner.person_id == person_id)).one()
        day = TODAY - timedelta(ago)
        session.add(ExamResult(learner_id=number, subject=subject, day=day, outcome=outcome, recorded_at=NOW))


def test_rates_and_inflows_are_of_the_last_weeks_only(sessions: Sessions) -> None:
    for outcome, ago in (
        ("passed", 3),
        ("failed", 27),
        ("absent", 28),
        ("failed", 83),
        ("passed", 84),
        ("failed", 85),
    ):
        result(sessions, outcome, ago)
    learner(sessions, accepted=3, permit=2)
    learner(sessions, ("subject_1", 5))

    with reading(sessions) as session:
        facts = demand_facts(session, FIRST, now=NOW)

    assert facts.outcomes[Subject.SUBJECT_2] == Outcomes(passed=1, failed=2, absent=1, tested=2)
    came = {inflow.subject: (inflow.came, inflow.days) for inflow in facts.inflows}
    assert came[Subject.SUBJECT_1] == (1, 26)
    assert came[Subject.SUBJECT_2] == (1, 16)  # ten days of waiting less
    assert came[Subject.ROAD] == (1, 0)  # thirty days: nobody who passes now may book in time


def test_a_place_counts_as_a_retakers_only_if_there_is_time_to_come_back(sessions: Sessions) -> None:
    for day in (LAST - timedelta(10), LAST - timedelta(9)):
        with unit_of_work(sessions) as session:
            person_id = factories.person(session)
            holder = factories.account(session, person_id=person_id)
            factories.learner(session, person_id)
            factories.booking(session, holder, factories.slot(session, day=day, released=1), at=NOW)

    with reading(sessions) as session:
        facts = demand_facts(session, FIRST, now=NOW)

    assert facts.booked == (Booked(Subject.SUBJECT_2, "C1", 1),)


def planned(desk: Desk, service: str, day: date, places: int, classes: str = "") -> None:
    line = PlannedLine(MORNING.starts, MORNING.ends, classes, places)
    with unit_of_work(desk.sessions) as session:
        draft_plans(session, desk.site_id, service, [PlannedDay(day, (line,))], actor=desk.planner, now=NOW)


def test_the_room_of_a_site_is_what_law_calendar_and_plans_leave(sessions: Sessions) -> None:
    desk = open_desk(sessions, daily_maximum=100, method=Method.RANKED)
    planned(desk, "subject_2", DAY, 60)
    planned(desk, "road", DAY, 15)
    with unit_of_work(sessions) as session:
        factories.day_off(session, FIRST)
        factories.slot(
            session, site_id=desk.site_id, day=TODAY + timedelta(2), released=8, published_at=NOW - timedelta(days=14)
        )

    with reading(sessions) as session:
        facts = demand_facts(session, FIRST, now=NOW)
        own = demand_facts(session, FIRST, now=NOW, site_id=SiteId(desk.site_id + 1))

    site = facts.sites[0]
    assert site.room[DAY] == 25
    assert site.room[DAY + timedelta(1)] == 100
    assert FIRST not in site.room
    assert site.planned == {(Subject.SUBJECT_2, DAY), (Subject.ROAD, DAY)}
    free = Counter[Subject]()
    for one in facts.free:
        free[one.subject] += one.places
    assert free == {Subject.SUBJECT_2: 68, Subject.ROAD: 15}
    assert own.sites == ()


def test_the_fortnight_begins_with_the_first_monday_that_can_still_be_published(sessions: Sessions) -> None:
    open_desk(sessions)

    with reading(sessions) as session:
        mondays = [first_open_monday(session, now=NOW + timedelta(days=n)) for n in (0, 2, 3, 4)]

    assert mondays == [FIRST, FIRST, FIRST + timedelta(7), FIRST + timedelta(7)]


def test_nobody_who_waits_is_proposed_nothing(sessions: Sessions) -> None:
    open_desk(sessions)

    with reading(sessions) as session:
        made = suggest(demand_facts(session, FIRST, now=NOW))

    assert (made.rows, made.proposals) == ((), ())
