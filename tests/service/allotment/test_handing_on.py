"""Seats after the draw: in the queue's order, at the announced hour; what cannot be taken is seen to be passed on."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from booking.allotment.models.requests import Standing
from booking.allotment.service import handing_on
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import BookingId, SlotId
from booking.kernel.secrets import new_token
from booking.rosters.models import CheckIn, How
from booking.slots.models import Quota
from booking.slots.service import SlotClosedError, SlotFullError
from tests import factories
from tests.service.allotment.city import DAY, DRAW, HOUR, MINUTE, NOON, Town, person_of, unsound
from tests.service.allotment.meanwhile import meanwhile

NEXT_NOON = NOON + timedelta(days=1)


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


def drawn(town: Town, people: int, seats: int = 1) -> tuple[list[Actor], SlotId, int]:
    """Draw a round of one slot for which so many people have asked, in order."""
    slot_id = town.add_slot(ordinary=seats)
    actors = town.add_learners(people)
    round_id = town.open()
    for actor in actors:
        town.ask(actor, slot_id, notice_hours=0)
    town.draw()
    return actors, slot_id, round_id


def book(town: Town, actor: Actor, slot_id: SlotId, now: timedelta) -> None:
    """Take a place that is on sale, `now` after the announced hour."""
    at = NOON + now
    with unit_of_work(town.sessions) as session:
        bookings.book_seat(
            session,
            EXAMS,
            Wish(person_of(actor), EXAMS.holder(person_of(actor)), slot_id, new_token()),
            actor=actor,
            now=at,
        )


def ledger(town: Town, slot_id: SlotId) -> tuple[int, int, int]:
    """Return (on sale, taken, freed) over all lanes."""
    with reading(town.sessions) as session:
        quotas = session.scalars(select(Quota).where(Quota.slot_id == slot_id)).all()
        return (
            sum(one.released - one.taken for one in quotas),
            sum(one.taken for one in quotas),
            sum(one.freed for one in quotas),
        )


def test_freed_seats_go_down_the_queue_one_after_another(town: Town) -> None:
    people, _, round_id = drawn(town, 5, 2)

    for winner in people[:2]:
        town.cancel(winner, now=DRAW + HOUR)
    town.hand_on()
    first = set(town.holders())
    town.cancel(people[2], now=NOON + MINUTE)
    town.hand_on(NEXT_NOON)

    assert first == {people[2].person_id, people[3].person_id}
    assert set(town.holders()) == {people[3].person_id, people[4].person_id}
    assert town.events(round_id) == [
        ("cancelled", people[0].person_id, ""),
        ("cancelled", people[1].person_id, ""),
        ("granted", people[2].person_id, ""),
        ("granted", people[3].person_id, ""),
        ("cancelled", people[2].person_id, ""),
        ("granted", people[4].person_id, ""),
    ]
    assert town.told(people[4]) == ["request_received", "request_not_granted", "request_granted"]
    town.require_sound()


def test_a_freed_or_leftover_seat_is_never_on_sale_before_the_announced_hour_and_nobody_can_book_it(
    town: Town,
) -> None:
    people, slot_id, _ = drawn(town, 1, 3)
    stranger = town.add_learner()
    town.cancel(people[0], now=DRAW + HOUR)
    before = [ledger(town, slot_id)]

    town.hand_on(NOON - MINUTE)
    before.append(ledger(town, slot_id))
    with pytest.raises(SlotClosedError):
        book(town, stranger, slot_id, -MINUTE)
    with pytest.raises(SlotFullError):
        book(town, stranger, slot_id, timedelta(0))  # the hour has come, the job has not
    town.hand_on(NOON)

    assert before == [(0, 0, 3), (0, 0, 3)]
    assert ledger(town, slot_id) == (3, 0, 0)
    book(town, stranger, slot_id, MINUTE)
    town.require_sound()


def test_somebody_to_whom_a_seat_comes_too_late_is_passed_over_and_told_of_it_in_the_record(town: Town) -> None:
    slot_id = town.add_slot(ordinary=1)
    first, early, late = town.add_learners(3)
    round_id = town.open()
    town.ask(first, slot_id)
    town.ask(early, slot_id, notice_hours=80)  # NOON is 68 hours and a half before the test
    town.ask(late, slot_id, notice_hours=68)
    town.draw()
    town.cancel(first, now=DRAW + HOUR)

    town.hand_on()

    assert town.holders() == {late.person_id: slot_id}
    assert town.events(round_id)[1:] == [
        ("granted", early.person_id, ""),
        ("cancelled", early.person_id, "too_late"),
        ("granted", late.person_id, ""),
    ]
    assert (town.entry(round_id, early).standing, town.entry(round_id, early).passed_because) == (
        Standing.PASSED,
        "too_late",
    )
    town.require_sound()


def test_whoever_withdrew_holds_another_place_or_may_not_any_more_is_passed_over_in_the_queue(town: Town) -> None:
    people, slot_id, round_id = drawn(town, 5)
    winner, withdrew, booked, expired, last = people
    town.withdraw(withdrew, town.request(withdrew).reference, now=DRAW + MINUTE)
    with unit_of_work(town.sessions) as session:
        other = factories.slot(session, day=DAY + timedelta(days=3))
        factories.booking(session, booked, other, at=DRAW)
        permit = update(Learner).where(Learner.person_id == expired.person_id)
        session.execute(permit.values(permit_valid_until=date(2026, 12, 1)))
    town.cancel(winner, now=DRAW + HOUR)

    town.hand_on()

    assert town.holders()[person_of(last)] == slot_id
    assert town.events(round_id)[1:] == [
        ("granted", withdrew.person_id, ""),
        ("cancelled", withdrew.person_id, "withdrawn"),
        ("granted", booked.person_id, ""),
        ("cancelled", booked.person_id, "holds_another"),
        ("granted", expired.person_id, ""),
        ("cancelled", expired.person_id, "not_eligible"),
        ("granted", last.person_id, ""),
    ]
    assert ledger(town, slot_id) == (0, 1, 0)
    assert unsound(town.sessions, round_id) == []


def test_what_nobody_in_the_queue_wants_is_first_come_after_the_announced_hour(town: Town) -> None:
    wanted, unwanted = town.add_slot(), town.add_slot(starts=time(14))
    first, second = town.add_learners(2)
    town.open()
    for person in (first, second):
        town.ask(person, wanted)
    town.draw()

    town.hand_on()

    assert (ledger(town, wanted), ledger(town, unwanted)) == ((0, 1, 0), (1, 0, 0))
    assert town.entry(1, second).standing is Standing.WAITING
    book(town, second, unwanted, MINUTE)
    town.cancel(first, now=NOON + HOUR)
    town.hand_on(NEXT_NOON)
    assert town.events(1)[-1] == ("cancelled", second.person_id, "holds_another")
    assert ledger(town, wanted) == (1, 0, 0)


def test_a_place_booked_first_come_and_given_back_is_handed_on_too(town: Town) -> None:
    _, slot_id, round_id = drawn(town, 1, 2)
    stranger = town.add_learner()
    town.hand_on()
    book(town, stranger, slot_id, MINUTE)
    town.cancel(stranger, now=NOON + HOUR)
    before = ledger(town, slot_id)

    town.hand_on(NEXT_NOON)

    assert (before, ledger(town, slot_id)) == ((0, 1, 1), (1, 1, 0))
    assert town.events(round_id) == []
    town.require_sound()


@pytest.mark.parametrize("hours", [0, 1])
def test_the_afternoon_is_handed_on_before_the_morning(town: Town, hours: int) -> None:
    """A seat in the afternoon is not yet too late for somebody to whom one in the morning would be."""
    morning, afternoon = town.add_slot(starts=time(8, 30)), town.add_slot(starts=time(15))
    first, second, third = town.add_learners(3)
    town.open()
    town.ask(first, morning)
    town.ask(second, afternoon)
    town.ask(third, morning, afternoon, notice_hours=70 + hours)
    town.draw()
    town.cancel(first, now=DRAW + HOUR)
    town.cancel(second, now=DRAW + HOUR)

    town.hand_on()

    assert town.holders() == {third.person_id: afternoon}
    town.require_sound()


def test_the_record_follows_what_became_of_each_place(town: Town) -> None:
    people, slot_id, round_id = drawn(town, 3, 3)
    absent, cancelled, took_part = people
    came = {"how": How.REFERENCE, "checked_in_at": DRAW, "recorded_at": DRAW, "device_key": "the gate"}
    with unit_of_work(town.sessions) as session:
        found = {row.person_id: row for row in session.scalars(select(Booking))}
        states = ((absent, BookingState.ABSENT), (took_part, BookingState.ATTENDED))
        for person, state in states:
            booking_id = BookingId(found[person_of(person)].id)
            bookings.record_outcome(session, booking_id, state, actor=SYSTEM, now=DRAW + 2 * HOUR)
        session.add(CheckIn(booking_id=found[person_of(took_part)].id, slot_id=slot_id, **came))
    town.cancel(cancelled, now=DRAW + HOUR)

    town.advance(DRAW + 3 * HOUR)
    town.advance(DRAW + 3 * HOUR)

    assert town.events(round_id) == [
        ("cancelled", cancelled.person_id, ""),
        ("absent", absent.person_id, ""),
    ]
    with reading(town.sessions) as session:
        assert handing_on.rounds_to_follow(session, EXAMS.key) == []
    town.require_sound()


def test_a_place_cancelled_by_the_office_is_followed_and_its_seat_goes_to_nobody(town: Town) -> None:
    people, slot_id, round_id = drawn(town, 2)
    town.take_back(slot_id, now=DRAW + HOUR)
    with unit_of_work(town.sessions) as session:
        booking_id = BookingId(session.scalars(select(Booking.id)).one())
        bookings.cancel_by_office(session, EXAMS, booking_id, actor=SYSTEM, now=DRAW + HOUR)

    town.advance(DRAW + 2 * HOUR)
    town.hand_on()

    assert town.events(round_id) == [("cancelled_by_office", people[0].person_id, "")]
    assert town.holders() == {}
    town.require_sound()


def test_an_event_is_never_dated_before_the_one_it_follows_whatever_clock_the_web_had(town: Town) -> None:
    people, _, round_id = drawn(town, 3, 2)
    town.cancel(people[0], now=DRAW + 2 * HOUR)  # a clock an hour ahead
    town.advance(DRAW + HOUR)
    town.cancel(people[1], now=DRAW - HOUR)  # one that is late
    town.advance(DRAW + HOUR)
    town.hand_on()

    times = [entry["event"]["at"] for entry in town.record(round_id)["events"]]
    assert times == sorted(times)
    town.require_sound()


def test_a_seat_given_back_after_the_record_was_followed_is_not_handed_on_before_the_record_says_so(
    town: Town,
) -> None:
    people, slot_id, _ = drawn(town, 4, 2)
    town.cancel(people[0], now=DRAW + HOUR)

    with meanwhile(town.sessions, "SELECT slot.id, slot.line", lambda: town.cancel(people[1], now=NOON)):
        town.hand_on()

    assert set(town.holders()) == {people[2].person_id}
    assert ledger(town, slot_id) == (0, 1, 1)
    town.hand_on(NEXT_NOON)
    assert set(town.holders()) == {people[2].person_id, people[3].person_id}
    town.require_sound()


@pytest.mark.parametrize("statement", ["INSERT INTO record_event", "SELECT slot.id \nFROM"])
def test_a_seat_given_back_after_the_queue_was_asked_is_not_on_sale_before_the_queue_is_asked_again(
    town: Town, statement: str
) -> None:
    """Two slots: of the one a seat is handed on; the other's comes back while the rest is put on sale."""
    freed, other = town.add_slot(), town.add_slot(starts=time(14))
    people = town.add_learners(4)
    town.open()
    for person, slot_id in zip(people, (freed, other, freed, other), strict=True):
        town.ask(person, slot_id, notice_hours=0)
    town.draw()
    town.cancel(people[0], now=DRAW + HOUR)

    with meanwhile(town.sessions, statement, lambda: town.cancel(people[1], now=NOON)):
        town.hand_on()

    assert ledger(town, other) == (0, 0, 1)
    town.hand_on(NEXT_NOON)
    assert town.holders() == {people[2].person_id: freed, people[3].person_id: other}
    town.require_sound()


# Who may stand where: each person's wishes among two slots, in order; who of the winners gives the place up.
WISHES = st.sampled_from([(0,), (1,), (0, 1), (1, 0)])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    wishes=st.lists(WISHES, min_size=2, max_size=5),
    seats=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    givers=st.sets(st.integers(0, 4)),
)
def test_giving_a_place_up_helps_nobody_but_the_next_in_line_and_never_oneself(
    emptied: Callable[[], Sessions], wishes: list[tuple[int, ...]], seats: tuple[int, int], givers: set[int]
) -> None:
    town = Town(emptied())
    places = [town.add_slot(ordinary=seats[0]), town.add_slot(starts=time(14), ordinary=seats[1])]
    people = town.add_learners(len(wishes))
    town.open()
    round_id = town.round_of(places[0])
    for person, wished in zip(people, wishes, strict=True):
        town.ask(person, *(places[wish] for wish in wished), notice_hours=0)
    town.draw()
    mine = {person.person_id for person in people}
    before = {person: slot for person, slot in town.holders().items() if person in mine}
    gave = [people[number] for number in givers if number < len(people) and people[number].person_id in before]
    for giver in gave:
        town.cancel(giver, now=DRAW + HOUR)

    town.hand_on()

    after = {person: slot for person, slot in town.holders().items() if person in mine}
    assert not {giver.person_id for giver in gave} & after.keys()  # not again in this round, by no means
    expected = {person: slot for person, slot in before.items() if person not in {one.person_id for one in gave}}
    freed = [before[person_of(giver)] for giver in gave]
    queue = [
        (person, wished) for person, wished in zip(people, wishes, strict=True) if person.person_id not in before
    ]
    for place in reversed(places):  # the afternoon first
        for person, wished in [one for one in queue if places.index(place) in one[1]][: freed.count(place)]:
            expected[person_of(person)] = place
            queue.remove((person, wished))
    assert after == expected
    assert unsound(town.sessions, round_id) == []
