"""Many clients and few seats: nobody oversells, and nobody is told "full" while a seat is free."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from booking.bookings import service as bookings
from booking.bookings.models import Booking
from booking.bookings.service import AlreadyBookedError
from booking.bookings.wishes import Wish, look_first
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotEligibleError
from booking.kernel.ids import PersonId, SlotId
from booking.slots.models import Quota
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.race
CLIENTS, TRIES, SEATS = 32, 2000, 50


def counted(sessions: Sessions, slot_id: SlotId) -> tuple[int, int]:
    """Return (booking rows, seats taken) of a slot."""
    with reading(sessions) as session:
        rows = session.scalar(select(func.count()).where(Booking.slot_id == slot_id))
    return rows or 0, taken(sessions, slot_id)


def taken(sessions: Sessions, slot_id: SlotId) -> int:
    with reading(sessions) as session:
        return session.scalar(select(Quota.taken).where(Quota.slot_id == slot_id)) or 0


def learners(sessions: Sessions, number: int) -> list[Actor]:
    """Add people who may take subject 2, each with an account."""
    with unit_of_work(sessions) as session:
        actors = [factories.account(session) for _ in range(number)]
        for actor in actors:
            factories.learner(session, PersonId(actor.person_id or 0))
            factories.passed(session, actor, "subject_1")
        return actors


def rush(clients: int, tries: int, attempt: Callable[[int], str]) -> Counter[str]:
    """Let `clients` threads make `tries` attempts between them, all starting together; count the answers."""
    start = Barrier(clients)

    def client(number: int) -> Counter[str]:
        start.wait()
        return Counter(attempt(index) for index in range(number, tries, clients))

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(client, range(clients)), Counter())


def test_fifty_seats_are_sold_exactly_and_nobody_is_refused_before_they_are(sessions: Sessions) -> None:
    people = learners(sessions, TRIES // 10)
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=SEATS)

    def attempt(index: int) -> str:
        actor = people[index % len(people)]
        wish = Wish(
            PersonId(actor.person_id or 0),
            EXAMS.holder(PersonId(actor.person_id or 0)),
            slot_id,
            request_key=f"try-{index}",
        )
        try:
            if index % 2:  # half of them look first, as pages do, and half go straight for the seat
                with reading(sessions) as session:
                    look_first(session, EXAMS, wish, now=NOW)
            with unit_of_work(sessions) as session:
                bookings.book_seat(session, EXAMS, wish, actor=actor, now=NOW)
        except SlotFullError:
            # Every seat is committed as taken before anybody may hear this.
            return "full" if taken(sessions, slot_id) == SEATS else "falsely full"
        except (AlreadyBookedError, NotEligibleError):
            return "has one"
        return "booked"

    answers = rush(CLIENTS, TRIES, attempt)

    assert answers["booked"] == SEATS
    assert answers["falsely full"] == 0
    assert counted(sessions, slot_id) == (SEATS, SEATS)


def test_the_race_is_real_without_the_claim(sessions: Sessions) -> None:
    """Control: read the counter, decide in Python, write it back. It sells the one seat twice."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=1)
        actors = [factories.account(session) for _ in range(2)]
    both_have_looked = Barrier(2)

    def check_then_act(index: int) -> str:
        with reading(sessions) as session:
            quota = session.execute(select(Quota.taken, Quota.released).where(Quota.slot_id == slot_id)).one()
        both_have_looked.wait()
        if quota.taken >= quota.released:
            return "full"
        with unit_of_work(sessions) as session:
            session.execute(update(Quota).where(Quota.slot_id == slot_id).values(taken=quota.taken + 1))
            factories.booking_row(session, actors[index], slot_id, at=NOW)
        return "booked"

    answers = rush(2, 2, check_then_act)

    assert answers["booked"] == 2
    assert counted(sessions, slot_id)[0] == 2


def test_one_person_asking_fifty_times_at_once_gets_one_place(sessions: Sessions) -> None:
    (actor,) = learners(sessions, 1)
    with unit_of_work(sessions) as session:
        slot_ids = [factories.slot(session, released=50) for _ in range(2)]

    def attempt(index: int) -> str:
        wish = Wish(
            PersonId(actor.person_id or 0),
            EXAMS.holder(PersonId(actor.person_id or 0)),
            slot_ids[index % 2],
            request_key=f"key-{index}",
        )
        try:
            with unit_of_work(sessions) as session:
                bookings.book_seat(session, EXAMS, wish, actor=actor, now=NOW)
        except (AlreadyBookedError, NotEligibleError):
            return "has one"
        return "booked"

    answers = rush(25, 50, attempt)

    assert answers == {"booked": 1, "has one": 49}
    assert sum(counted(sessions, slot_id)[1] for slot_id in slot_ids) == 1


def test_one_form_sent_many_times_at_once_is_one_booking(sessions: Sessions) -> None:
    (actor,) = learners(sessions, 1)
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=50)
    wish = Wish(
        PersonId(actor.person_id or 0),
        EXAMS.holder(PersonId(actor.person_id or 0)),
        slot_id,
        request_key="the one form",
    )

    def attempt(index: int) -> str:
        try:
            with unit_of_work(sessions) as session:
                return bookings.book_seat(session, EXAMS, wish, actor=actor, now=NOW)
        except (bookings.DuplicateRequestError, AlreadyBookedError):
            with unit_of_work(sessions) as session:  # what the page does: look who was first
                return bookings.book_seat(session, EXAMS, wish, actor=actor, now=NOW)

    answers = rush(16, 16, attempt)

    assert len(answers) == 1
    assert counted(sessions, slot_id) == (1, 1)
