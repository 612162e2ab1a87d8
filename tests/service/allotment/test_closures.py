"""Closing sites: preview, two people, everybody asked for again in the lane make_up, with the rank unchanged."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.allotment import jobs
from booking.allotment.models.proposals import Closure
from booking.allotment.models.requests import Request, RequestState
from booking.allotment.service import closures
from booking.allotment.service.closures import Scope
from booking.allotment.service.entering import wishes_of
from booking.allotment.service.wishes import AnyAt
from booking.bookings.models import Booking, BookingState
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import (
    InvalidInputError,
    InvalidStateError,
    NotAllowedError,
    NotFoundError,
    SamePersonError,
)
from booking.kernel.ids import SiteId, SlotId
from booking.slots.models import Lane, Slot, SlotState
from tests import factories
from tests.service.allotment.city import CLOSE, DAY, DRAW, FREEZE, HOUR, MINUTE, NOON, Town, person_of

AT = DRAW + HOUR
LATER = DAY + timedelta(days=7)


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


def scope(town: Town, **changed: Any) -> Scope:
    values = {"line": "exams", "site_id": town.site_id, "service": "", "first_day": DAY, "last_day": DAY, **changed}
    return Scope(**values)


def propose(town: Town, planner: Actor, *, reason: str = "台风", now: datetime = AT, **changed: Any) -> int:
    with unit_of_work(town.sessions) as session:
        return closures.propose(session, scope(town, **changed), reason=reason, actor=planner, now=now)


def approve(town: Town, closure_id: int, approver: Actor, now: datetime = AT) -> int:
    with unit_of_work(town.sessions) as session:
        return closures.approve(session, closure_id, actor=approver, now=now)


def close_site(town: Town) -> int:
    planner, approver = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)
    return approve(town, propose(town, planner), approver)


def drawn(town: Town, people: int, seats: int = 1) -> tuple[list[Actor], SlotId]:
    slot_id = town.add_slot(ordinary=seats)
    actors = town.add_learners(people)
    town.open()
    for actor in actors:
        town.ask(actor, slot_id, notice_hours=0)
    town.draw()
    return actors, slot_id


def left_over(town: Town) -> list[int]:
    with reading(town.sessions) as session:
        return [request.person_id for request in closures.left_over(session, EXAMS.key)]


def cancel_withdrawn(town: Town) -> int:
    return jobs.cancel_in_withdrawn_slots(town.sessions, EXAMS, AT + MINUTE)


def test_the_preview_names_what_is_hit_and_nothing_else(town: Town) -> None:
    _, slot_id = drawn(town, 3, 2)
    with unit_of_work(town.sessions) as session:
        factories.slot(session, day=DAY)  # of another site
        factories.slot(session, site_id=town.site_id, day=LATER)

    with reading(town.sessions) as session:
        hits = closures.preview(session, scope(town), now=AT)
        line = closures.preview(session, scope(town, site_id=None, last_day=LATER), now=AT)
        begun = closures.preview(session, scope(town), now=DRAW + timedelta(days=5))
        other = closures.preview(session, scope(town, service="road"), now=AT)

    assert [(hit.slot.id, hit.bookings, hit.requests) for hit in hits] == [(slot_id, 2, 1)]
    assert (len(line), len(begun), len(other)) == (3, 0, 0)


def test_a_closure_takes_two_people_and_happens_once(town: Town) -> None:
    _, slot_id = drawn(town, 1)
    planner, approver = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)
    with unit_of_work(town.sessions) as session:
        same = factories.account(session, Role.APPROVER, person_id=person_of(planner))
    closure_id = propose(town, planner)

    for account in (planner, same):
        with pytest.raises(SamePersonError):
            approve(town, closure_id, account)
    hit = approve(town, closure_id, approver)
    with pytest.raises(InvalidStateError):
        approve(town, closure_id, approver)

    assert hit == 1
    with reading(town.sessions) as session:
        slot = session.get_one(Slot, slot_id)
        assert (slot.state, slot.withdrawn_reason) == (SlotState.WITHDRAWN, "台风")
        assert session.get_one(Closure, closure_id).slots == 1


def test_what_no_closure_can_be_is_refused(town: Town) -> None:
    drawn(town, 1)
    planner = town.add_staff(Role.PLANNER)
    station = Actor(planner.account_id, planner.person_id, Role.EXAM_SITE, SiteId(town.site_id + 1))

    with pytest.raises(InvalidInputError):
        propose(town, planner, reason=" ")
    with pytest.raises(InvalidInputError):
        propose(town, planner, first_day=LATER)
    with pytest.raises(NotFoundError):
        propose(town, planner, first_day=LATER, last_day=LATER)
    with pytest.raises(NotAllowedError):
        propose(town, station)
    with pytest.raises(NotAllowedError):
        propose(town, SYSTEM)
    with pytest.raises(NotFoundError):
        approve(town, 99, planner)


def test_whoever_loses_a_place_is_asked_for_again_first_in_line_with_the_old_rank(town: Town) -> None:
    (winner, loser), _ = drawn(town, 2)
    rank = town.entry(1, winner).ranking_time
    close_site(town)

    done = [cancel_withdrawn(town) for _ in range(2)]
    town.advance(AT + MINUTE)
    later = town.add_slot(day=LATER, ordinary=1)
    round_id = town.open(AT + MINUTE)
    town.change(loser, town.request(loser).reference, later, now=AT + MINUTE, carry_on=True)

    assert done == [1, 0]
    request = town.request(winner)
    assert (request.state, request.is_make_up, request.carry_on) == (RequestState.LIVE, True, True)
    with reading(town.sessions) as session:
        assert wishes_of(session, request.id) == [AnyAt(town.site_id)]
        ranking = EXAMS.ranking(session, EXAMS.holder(person_of(winner)), "subject_2")
    assert ranking is not None
    assert ranking.time == rank
    assert town.events(1) == [("cancelled_by_office", winner.person_id, "")]
    entry = town.entry(round_id, winner)
    assert (entry.lane, entry.ranking_time) == (Lane.MAKE_UP, rank)
    assert town.told(winner) == ["request_received", "request_granted", "request_asked_again"]
    for hour in (CLOSE, FREEZE, DRAW):
        town.advance(hour + timedelta(days=7))
    assert set(town.holders()) == {winner.person_id}
    town.require_sound(DRAW + timedelta(days=7))


def test_the_other_sites_of_the_service_are_asked_for_after_the_one_that_closed(town: Town) -> None:
    with unit_of_work(town.sessions) as session:
        others = [factories.site(session) for _ in range(2)]
        factories.site(session, services=("road",))
        factories.setting(session, "rounds.most_wishes", "2")
    (winner,), _ = drawn(town, 1)
    close_site(town)

    cancel_withdrawn(town)

    with reading(town.sessions) as session:
        assert wishes_of(session, town.request(winner).id) == [AnyAt(town.site_id), AnyAt(others[0])]
    assert left_over(town) == [winner.person_id]


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        (BookingState.CANCELLED, True),  # given up by the person
        (BookingState.CANCELLED_BY_OFFICE, False),
    ],
)
def test_only_what_the_person_gives_up_moves_the_rank(town: Town, state: BookingState, moves: bool) -> None:
    (winner,), slot_id = drawn(town, 1)
    before = town.entry(1, winner).ranking_time
    if state is BookingState.CANCELLED:
        town.cancel(winner, now=AT)
    else:
        town.take_back(slot_id, now=AT)
        cancel_withdrawn(town)

    with reading(town.sessions) as session:
        assert session.scalars(select(Booking.state)).one() is state
        after = EXAMS.ranking(session, EXAMS.holder(person_of(winner)), "subject_2")

    assert after is not None
    assert (after.time != before) is moves
    assert after.time == (AT.replace(second=0, microsecond=0) if moves else before)


def test_whoever_has_a_live_request_already_is_not_asked_for_twice(town: Town) -> None:
    (winner,), slot_id = drawn(town, 1)
    town.take_back(slot_id, now=AT)
    with unit_of_work(town.sessions) as session:
        live = Request(
            reference="AGAIN00001", line="exams", service="subject_2", person_id=winner.person_id,
            holder=EXAMS.holder(person_of(winner)), channel="internet", asked_by=winner.account_id,
            request_key="own", notice_hours=48, created_at=AT, changed_at=AT,
        )  # fmt: skip
        session.add(live)

    assert cancel_withdrawn(town) == 1

    with reading(town.sessions) as session:
        assert session.scalars(select(Request.reference).where(Request.state == "live")).all() == ["AGAIN00001"]


def test_whoever_won_a_place_that_was_closed_before_the_draw_is_left_to_the_office_and_not_ended(town: Town) -> None:
    slot_id = town.add_slot()
    winner, other = town.add_learners(2)
    town.open()
    for person in (winner, other):
        town.ask(person, slot_id)
    town.advance(CLOSE)
    town.take_back(slot_id, now=CLOSE + HOUR)
    town.advance(FREEZE)
    town.advance(DRAW)

    ended = jobs.end_requests_without_hope(town.sessions, EXAMS, NOON + timedelta(days=5))

    assert town.request(winner).state is RequestState.LIVE
    assert left_over(town) == [winner.person_id]
    assert ended == 1
    assert town.request(other).state is RequestState.ENDED
    town.require_sound()


def test_nobody_is_left_over_who_stands_in_a_round_or_queue(town: Town) -> None:
    (winner,), _ = drawn(town, 1)
    close_site(town)
    cancel_withdrawn(town)
    before = left_over(town)
    town.add_slot(day=LATER)

    town.open(AT + MINUTE)

    assert (before, left_over(town)) == ([winner.person_id], [])
