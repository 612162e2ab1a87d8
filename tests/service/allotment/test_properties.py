"""Any order of arrival, any course of events: the same outcome, a record that holds, and no invariant broken."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.allotment import jobs
from booking.allotment.models.requests import RequestState
from booking.allotment.models.rounds import Stage
from booking.allotment.service import closures, corrections
from booking.allotment.service.closures import Scope
from booking.allotment.service.wishes import AnyAt, WishFor
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import SlotId
from booking.slots.models import Lane
from tests.service.allotment.city import CLOSE, DAY, DRAW, FREEZE, HOUR, MINUTE, NOON, OPENED, Town, person_of

SHUFFLES = 30  # through the whole of the services; a thousand of the draw alone are among the tests of the rules
ACTS = ("ask", "ask", "ask", "change", "withdraw", "cancel", "correct", "close", "clock_on", "clock_on", "clock_on")
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 5))
# Where the clock may stand: each hour of the first round's life, the next round's, and the days between.
HOURS = (
    OPENED, OPENED + HOUR, CLOSE - MINUTE, CLOSE, CLOSE + HOUR, FREEZE, FREEZE + HOUR, DRAW, DRAW + HOUR, NOON,
    NOON + timedelta(days=1), NOON + timedelta(days=2), CLOSE + timedelta(days=7), DRAW + timedelta(days=7),
    NOON + timedelta(days=7), NOON + timedelta(days=9),
)  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_a_request_comes_in_counts_for_nothing(sessions: Sessions) -> None:
    """People of the same ranks and wishes ask in another order, at other minutes, and some change their mind."""
    town, chance = Town(sessions), Random(4408)
    wished = [(0, 1), (1, 0), (0,), (1,), (0, 1), (1, 0)]
    outcomes = set()
    for _ in range(SHUFFLES):
        people = town.add_learners(len(wished))
        slots = [town.add_slot(ordinary=2), town.add_slot(ordinary=1)]
        town.open()
        arrivals = list(zip(people, wished, strict=True))
        chance.shuffle(arrivals)
        for person, wishes in arrivals:
            wanted = [slots[wish] for wish in wishes]
            at = OPENED + chance.randint(0, 600) * MINUTE
            reference = town.ask(person, *wanted, now=at)
            if chance.random() < 0.3:
                town.change(person, reference, slots[0], now=at)
                town.change(person, reference, *wanted, version=2, now=at)
        town.draw()
        granted = [town.entry(town.round_of(slots[0]), person).slot_id for person in people]
        outcomes.add(tuple(None if slot_id is None else slots.index(SlotId(slot_id)) for slot_id in granted))

    assert outcomes == {(0, 1, 0, None, None, None)}


class Course:
    """A town in which things happen, most of them at the wrong moment."""

    def __init__(self, sessions: Sessions) -> None:
        self.town = Town(sessions)
        self.slots = [
            self.town.add_slot(ordinary=1, priority=1), self.town.add_slot(ordinary=1),
            self.town.add_slot(day=DAY + timedelta(days=7), ordinary=1, make_up=1),
        ]  # fmt: skip
        self.people = [*self.town.add_learners(5), self.town.add_learner(valid_until=DAY + timedelta(days=60))]
        self.staff = [self.town.add_staff(role) for role in (Role.COUNTER, Role.APPROVER)]
        self.at = 0
        self.town.open()

    @property
    def now(self) -> datetime:
        return HOURS[self.at]

    def wishes(self, number: int) -> tuple[WishFor, ...]:
        choices: tuple[tuple[WishFor, ...], ...] = (
            (self.slots[0],), (self.slots[1], self.slots[0]), (AnyAt(self.town.site_id),), (self.slots[2],),
            (self.slots[0], self.slots[2]), (self.slots[1], AnyAt(self.town.site_id)),
        )  # fmt: skip
        return choices[number]

    def take(self, act: str, who: int, what: int) -> None:
        try:
            getattr(self, act)(self.people[who], what)
        except BookingError:
            return  # refused, and that is all

    def ask(self, person: Actor, what: int) -> None:
        self.town.ask(person, *self.wishes(what), now=self.now, notice_hours=0, carry_on=what % 2 == 0)

    def change(self, person: Actor, what: int) -> None:
        request = self.town.request(person)
        self.town.change(person, request.reference, *self.wishes(what), version=request.version, now=self.now)

    def withdraw(self, person: Actor, _: int) -> None:
        self.town.withdraw(person, self.town.request(person).reference, now=self.now)

    def cancel(self, person: Actor, _: int) -> None:
        if person.person_id in self.town.holders():
            self.town.cancel(person, now=self.now)

    def correct(self, person: Actor, what: int) -> None:
        with unit_of_work(self.town.sessions) as session:
            lane, time = (Lane.ORDINARY, Lane.PRIORITY, Lane.MAKE_UP)[what % 3], OPENED - timedelta(days=what)
            row = ((1 + what // 3, EXAMS.holder(person_of(person))), lane, time)
            number = corrections.propose(session, EXAMS, *row, reason="x", actor=self.staff[0], now=self.now)
            corrections.approve(session, EXAMS, number, actor=self.staff[1], now=self.now)

    def close(self, _: Actor, what: int) -> None:
        if what > 1:
            return  # closures are rare
        with unit_of_work(self.town.sessions) as session:
            day = DAY + timedelta(days=7 * what)
            scope = Scope("exams", self.town.site_id, "", day, day)
            number = closures.propose(session, scope, reason="台风", actor=self.staff[0], now=self.now)
            closures.approve(session, number, actor=self.staff[1], now=self.now)

    def clock_on(self, _: Actor, hours: int) -> None:
        """Let the clock jump, now and then over several steps of a round."""
        self.at = min(self.at + 1 + hours // 4, len(HOURS) - 1)
        self.ring()

    def ring(self) -> None:
        self.town.open(self.now)
        jobs.cancel_in_withdrawn_slots(self.town.sessions, EXAMS, self.now)
        self.town.advance(self.now)
        self.town.hand_on(self.now)
        jobs.end_requests_without_hope(self.town.sessions, EXAMS, self.now)


# On SQLite, where a course costs a second; what the databases do differently is tested by name.
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=10, max_size=40))
def test_whatever_happens_every_record_holds_and_no_invariant_is_broken(
    emptied: Callable[[], Sessions], steps: list[tuple[str, int, int]]
) -> None:
    course = Course(emptied())
    for person in course.people:
        course.take("ask", course.people.index(person), course.people.index(person))

    for act, who, what in steps:
        course.take(act, who, what)
        assert course.town.breaches(course.now) == [], act
    while course.at < len(HOURS) - 1:
        course.clock_on(course.people[0], 0)
        course.town.require_sound(course.now)

    assert {course.town.stage(round_id) for round_id in (1, 2)} == {Stage.DRAWN}
    states = {course.town.request(person).state for person in course.people}
    assert states <= set(RequestState)
