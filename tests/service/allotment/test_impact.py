"""Before anything that hurts: exactly who was looked at is hit, and the database decides; many run at it at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier, Event
from time import sleep

import pytest
from sqlalchemy import select

from booking.allotment.models.proposals import Closure
from booking.allotment.queries.impact import ServiceHit, impact_of, told
from booking.allotment.service import closures
from booking.allotment.service.closures import Scope
from booking.allotment.service.impact import (
    ImpactChangedError,
    approve_withdrawal,
    bookings_hit,
    propose_withdrawal,
    require_seen,
)
from booking.bookings.models import Booking, BookingState
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import Language
from booking.kernel.ids import SiteId, SlotId
from booking.plans.queries.board import proposed_withdrawals
from booking.slots.models import Lane, Slot, SlotState
from booking.slots.service import take_seat
from tests import factories
from tests.conftest import NOW

DAY = date(2026, 12, 8)


@pytest.fixture
def site_id(sessions: Sessions) -> SiteId:
    with unit_of_work(sessions) as session:
        return factories.site(session, services=("subject_2", "road"))


def booked(sessions: Sessions, site_id: SiteId, people: int, *, service: str = "subject_2") -> SlotId:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, site_id=site_id, service=service, day=DAY, released=20)
        for _ in range(people):
            factories.booking(session, factories.account(session), slot_id, at=NOW)
        return slot_id


def staff(sessions: Sessions) -> tuple[Actor, Actor]:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.PLANNER), factories.account(session, Role.APPROVER)


def book_one_more(sessions: Sessions, slot_id: SlotId) -> None:
    with unit_of_work(sessions) as session:
        factories.booking(session, factories.account(session), slot_id, at=NOW)


def proposed(sessions: Sessions, slot_id: SlotId, planner: Actor, seen: int) -> int:
    with unit_of_work(sessions) as session:
        return propose_withdrawal(session, slot_id, reason="停电", seen=seen, actor=planner, now=NOW)


def state_of(sessions: Sessions, slot_id: SlotId) -> SlotState:
    with reading(sessions) as session:
        return session.get_one(Slot, slot_id).state


def test_the_impact_counts_by_state_and_service_and_names_first_and_last(sessions: Sessions, site_id: SiteId) -> None:
    slot_ids = [booked(sessions, site_id, 3), booked(sessions, site_id, 2, service="road")]
    with unit_of_work(sessions) as session:
        one, other = session.scalars(select(Booking).where(Booking.slot_id == slot_ids[0]).limit(2)).all()
        one.state, other.state, other.ended_at = BookingState.ATTENDED, BookingState.CANCELLED, NOW

    with reading(sessions) as session:
        impact = impact_of(session, slot_ids)
        starts = session.get_one(Slot, slot_ids[0]).starts_at

    assert (impact.bookings, impact.sessions, dict(impact.states)) == (4, 2, {"attended": 1, "confirmed": 3})
    assert impact.services == [ServiceHit("road", 1, 2), ServiceHit("subject_2", 1, 2)]
    assert (impact.first, impact.last) == (starts, starts + timedelta(hours=1))


@pytest.mark.parametrize(("language", "words"), [("zh", "场次取消通知"), ("en", "Session withdrawn")])
def test_what_people_are_told_is_shown_word_for_word(
    sessions: Sessions, site_id: SiteId, language: Language, words: str
) -> None:
    slot_id = booked(sessions, site_id, 1)

    with reading(sessions) as session:
        shown = told(session, EXAMS, slot_id, reason="停电", language=language)

    assert words in shown[0].title
    assert "停电" in shown[0].text
    assert len(shown) == 2


def test_a_withdrawal_is_refused_with_the_new_number_when_somebody_booked_meanwhile(
    sessions: Sessions, site_id: SiteId
) -> None:
    slot_id, (planner, approver) = booked(sessions, site_id, 2), staff(sessions)
    number = proposed(sessions, slot_id, planner, 2)
    book_one_more(sessions, slot_id)

    with pytest.raises(ImpactChangedError) as refused, unit_of_work(sessions) as session:
        approve_withdrawal(session, number, seen=2, actor=approver, now=NOW)
    assert (refused.value.hit, state_of(sessions, slot_id)) == (3, SlotState.PUBLISHED)

    with reading(sessions) as session:
        assert [one.bookings_seen for one in proposed_withdrawals(session)] == [2]
    with unit_of_work(sessions) as session:
        approve_withdrawal(session, number, seen=3, actor=approver, now=NOW)
    assert state_of(sessions, slot_id) is SlotState.WITHDRAWN


def test_a_closure_is_refused_with_the_new_number_when_somebody_booked_meanwhile(
    sessions: Sessions, site_id: SiteId
) -> None:
    slot_id, (planner, approver) = booked(sessions, site_id, 2), staff(sessions)
    scope = Scope("exams", site_id, "", DAY, DAY)

    with pytest.raises(ImpactChangedError), unit_of_work(sessions) as session:
        closures.propose(session, scope, reason="台风", seen=1, actor=planner, now=NOW)
    with unit_of_work(sessions) as session:
        number = closures.propose(session, scope, reason="台风", seen=2, actor=planner, now=NOW)
    book_one_more(sessions, slot_id)
    with pytest.raises(ImpactChangedError) as refused, unit_of_work(sessions) as session:
        closures.approve(session, number, seen=2, actor=approver, now=NOW)

    assert (refused.value.hit, state_of(sessions, slot_id)) == (3, SlotState.PUBLISHED)
    with reading(sessions) as session:
        closure = session.get_one(Closure, number)
        assert (closure.approved_at, closure.bookings_seen) == (None, 2)


def booking_under_way(sessions: Sessions, slot_id: SlotId, claimed: Event, at: datetime = NOW) -> None:
    """Claim a seat, say so, and commit the booking a moment later."""
    with unit_of_work(sessions) as session:
        person = factories.account(session)
        lane = take_seat(session, slot_id, [Lane.ORDINARY], now=at)
        factories.booking_row(session, person, slot_id, at=at)
        assert lane is Lane.ORDINARY
        claimed.set()
        sleep(0.4)


def counted_beside(sessions: Sessions, slot_id: SlotId, count: str) -> str:
    """Let somebody be about to book; confirm beside it what was looked at before, in the way asked for."""
    claimed, start = Event(), Barrier(2)

    def books() -> None:
        start.wait()
        booking_under_way(sessions, slot_id, claimed)

    def confirms() -> str:
        start.wait()
        claimed.wait()
        with unit_of_work(sessions) as session:
            try:
                if count == "locked":
                    require_seen(session, [slot_id], 2)
                elif bookings_hit(session, [slot_id]) != 2:
                    raise ImpactChangedError(0)
            except ImpactChangedError:
                return "refused"
            return "confirmed"

    with ThreadPoolExecutor(2) as pool:
        pool.submit(books)
        return pool.submit(confirms).result()


def test_a_booking_that_is_being_made_is_waited_for_and_counted(sessions: Sessions, site_id: SiteId) -> None:
    assert counted_beside(sessions, booked(sessions, site_id, 2), "locked") == "refused"


def test_without_holding_the_ledger_still_it_would_be_overlooked(
    postgresql_url: str, open_sessions: Callable[[str], Sessions]
) -> None:
    sessions = open_sessions(postgresql_url)
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)

    assert counted_beside(sessions, booked(sessions, site_id, 2), "unlocked") == "confirmed"
