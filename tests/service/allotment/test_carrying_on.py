"""Requests that go on into later rounds, losses in lotteries, and requests of which nothing can be had any more."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from booking.allotment import jobs
from booking.allotment.models.requests import RequestState, Standing
from booking.allotment.models.rounds import Round
from booking.allotment.service import entering, handing_on
from booking.allotment.service.wishes import AnyAt
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.slots.models import Method
from tests import factories
from tests.service.allotment.city import CLOSE, DAY, DRAW, NOON, OPENED, Town, person_of
from tests.service.allotment.meanwhile import meanwhile

LATER = DAY + timedelta(days=7)
NEXT_WEEK = timedelta(days=7)


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


def ended(town: Town, now: datetime) -> int:
    return jobs.end_requests_without_hope(town.sessions, EXAMS, now)


def test_a_request_that_goes_on_enters_each_later_round_by_its_sites_once(town: Town) -> None:
    first = town.add_slot()
    ahead, goes_on, ends = town.add_learners(3)
    town.open()
    town.ask(ahead, first)
    town.ask(goes_on, first, AnyAt(town.site_id), carry_on=True)
    town.ask(ends, first)
    town.draw()

    second = town.add_slot(day=LATER)
    round_id = town.open(DRAW)
    town.open(DRAW)

    assert round_id == town.round_of(second)
    assert town.kinds(round_id) == ["apply"]
    assert town.rows(round_id)[0]["wishes"] == [f"*{town.site_id}"]
    assert town.entry(round_id, goes_on).standing is Standing.IN


def test_carrying_on_that_was_cut_short_is_finished_by_the_next_ring_and_nobody_enters_twice(town: Town) -> None:
    town.add_slot()
    people = town.add_learners(3)
    town.open()
    for person in people:
        town.ask(person, AnyAt(town.site_id), carry_on=True)
    town.draw()
    town.add_slot(day=LATER)
    jobs.open_rounds(town.sessions, EXAMS, town.beacons, DRAW)
    round_id = town.open(DRAW)
    with unit_of_work(town.sessions) as session:  # as if the scheduler had died before it was done
        session.execute(update(Round).where(Round.id == round_id).values(carried_at=None))

    town.open(DRAW)

    assert town.kinds(round_id) == ["apply", "apply"]
    with reading(town.sessions) as session:
        assert session.get_one(Round, round_id).carried_at == DRAW


def test_somebody_refused_in_one_round_goes_on_into_the_next(town: Town) -> None:
    town.add_slot()
    learner = town.add_learner()
    town.open()
    town.ask(learner, AnyAt(town.site_id), carry_on=True)
    town.take_back(town.slots[0], now=OPENED)
    with unit_of_work(town.sessions) as session:
        valid = update(Learner).where(Learner.person_id == learner.person_id)
        session.execute(valid.values(permit_valid_until=LATER - timedelta(days=1)))
    town.add_slot(day=LATER)
    refusing = town.open(OPENED)
    with unit_of_work(town.sessions) as session:
        valid = update(Learner).where(Learner.person_id == learner.person_id)
        session.execute(valid.values(permit_valid_until=LATER + NEXT_WEEK))
    town.add_slot(day=LATER + timedelta(days=1))
    allowing = town.open(OPENED)

    assert town.kinds(refusing) == []
    assert town.kinds(allowing) == ["apply"]
    assert town.request(learner).state is RequestState.LIVE


def test_a_request_that_is_withdrawn_while_it_is_carried_on_stands_in_no_round(town: Town) -> None:
    town.add_slot()
    learner = town.add_learner()
    town.open()
    reference = town.ask(learner, AnyAt(town.site_id), carry_on=True)
    town.add_slot(day=LATER)

    with meanwhile(town.sessions, "UPDATE round SET leaves", lambda: town.withdraw(learner, reference)):
        later = town.open()

    assert town.request(learner).state is RequestState.WITHDRAWN
    assert town.kinds(later) in ([], ["apply", "withdraw"])


def test_a_request_that_is_withdrawn_while_it_is_ranked_anew_stays_withdrawn(town: Town) -> None:
    slot_id = town.add_slot()
    learner = town.add_learner()
    round_id = town.open()
    reference = town.ask(learner, slot_id)

    with (
        meanwhile(town.sessions, "UPDATE round SET leaves", lambda: town.withdraw(learner, reference)),
        unit_of_work(town.sessions) as session,
    ):
        factories.passed(session, learner, "safety", day=date(2026, 11, 20))
        entering.rank_again(session, EXAMS, EXAMS.holder(person_of(learner)), now=OPENED)

    assert town.kinds(round_id) in (["apply", "withdraw"], ["apply", "replace", "withdraw"])
    town.draw()
    town.require_sound()


def test_in_a_lottery_every_lost_draw_counts_towards_the_next_until_a_place_is_had(sessions: Sessions) -> None:
    town = Town(sessions, method=Method.LOTTERY)
    town.add_slot()
    people = town.add_learners(3)
    first = town.open()
    for person in people:
        town.ask(person, AnyAt(town.site_id), carry_on=True)
    town.draw()
    winner = next(person for person in people if person.person_id in town.holders())
    losers = [person for person in people if person is not winner]
    town.add_slot(day=LATER, ordinary=2)
    second = town.open(DRAW)

    assert {row["losses"] for row in town.rows(first)} == {0}
    assert {row["ranking_time"] for row in town.rows(first)} == {""}
    assert [row["losses"] for row in town.rows(second)] == [1, 1]
    assert town.request(winner).losses == 0

    for hour in (CLOSE, CLOSE + timedelta(days=1), DRAW):
        town.advance(hour + NEXT_WEEK)

    assert {person.person_id for person in losers} <= town.holders().keys()
    town.require_sound()


def test_losses_go_on_into_a_new_request_after_a_withdrawal_and_not_after_a_place(sessions: Sessions) -> None:
    town = Town(sessions, method=Method.LOTTERY)
    slot_id = town.add_slot()
    people = town.add_learners(2)
    town.open()
    references = [town.ask(person, slot_id) for person in people]
    town.draw()
    (winner,) = (person for person in people if person.person_id in town.holders())
    (loser,) = (person for person in people if person is not winner)
    town.withdraw(loser, references[people.index(loser)], now=DRAW)
    town.cancel(winner, now=DRAW)
    later = town.add_slot(day=LATER)
    town.open(DRAW)

    for person in people:
        town.ask(person, later, now=DRAW)

    assert (town.request(winner).losses, town.request(loser).losses) == (0, 1)


def test_a_request_ends_when_its_queue_and_its_rounds_are_over_and_the_person_is_told_once(town: Town) -> None:
    slot_id = town.add_slot()
    first, second, third = town.add_learners(3)
    town.open()
    for person in (first, second):
        town.ask(person, slot_id)
    town.ask(third, slot_id, AnyAt(town.site_id), carry_on=True)
    begins = DRAW + timedelta(days=4)

    before = [ended(town, OPENED)]
    town.draw()
    before += [ended(town, DRAW), ended(town, NOON)]
    after = (ended(town, begins), ended(town, begins))

    assert before == [0, 0, 0]
    assert after == (1, 0)
    assert town.request(second).state is RequestState.ENDED
    assert town.request(third).state is RequestState.LIVE  # it goes on
    assert town.told(second) == ["request_received", "request_not_granted", "request_ended"]


def test_a_request_that_was_given_new_hope_this_moment_is_not_ended(town: Town) -> None:
    slot_id = town.add_slot()
    first, second = town.add_learners(2)
    town.open()
    for person in (first, second):
        town.ask(person, slot_id)
    town.draw()
    later = town.add_slot(day=LATER)
    town.open(DRAW)
    begins = DRAW + timedelta(days=4)
    with reading(town.sessions) as session:
        (without_hope,) = handing_on.requests_without_hope(session, EXAMS.key, now=begins)

    town.change(second, town.request(second).reference, later, now=begins)
    with unit_of_work(town.sessions) as session:
        is_ended = handing_on.end_without_hope(session, EXAMS, without_hope, actor=SYSTEM, now=begins)

    assert not is_ended
    assert town.request(second).state is RequestState.LIVE
    assert town.kinds(town.round_of(later)) == ["apply"]


def test_a_site_wish_becomes_the_slots_that_the_rules_allow(town: Town) -> None:
    """The permit ends between the two days: one round gets the row, the other does not."""
    early, late = town.add_slot(), town.add_slot(day=LATER)
    learner = town.add_learner(valid_until=DAY + timedelta(days=1))
    town.open()

    town.ask(learner, AnyAt(town.site_id))

    assert [row["wishes"] for row in town.rows(town.round_of(early))] == [[f"*{town.site_id}"]]
    assert town.rows(town.round_of(late)) == []
    with reading(town.sessions) as session:
        assert sorted(session.scalars(select(Round.id))) == [1, 2]
