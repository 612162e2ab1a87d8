"""A round of station windows, from requests through the draw to the check of its public record."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from booking.allotment import jobs
from booking.allotment.models.requests import Entry, Standing
from booking.allotment.models.rounds import Round
from booking.allotment.queries import records
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.allotment.service.wishes import AnyAt, WishFor
from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking
from booking.inspections.line import INSPECTIONS
from booking.invariants import asking as invariants
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import Holder, PersonId, SiteId, SlotId
from booking.kernel.secrets import new_token
from booking.notices.models import Notice
from booking.slots.models import Lane, Method, Quota
from tests import factories
from tests.service.allotment.city import CLOSE, DAY, DEMO, DRAW, FREEZE, NOON, OPENED, unsound

METHODS = pytest.mark.parametrize("method", [Method.RANKED, Method.LOTTERY])


class Yard:
    """A station whose windows a round decides, and owners with cars."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        with unit_of_work(sessions) as session:
            self.site_id: SiteId = factories.station(session)

    def window(self, places: int, method: Method = Method.RANKED) -> SlotId:
        with unit_of_work(self.sessions) as session:
            return factories.slot(
                session, line="inspections", site_id=self.site_id, service="inspection_small", day=DAY,
                lanes={Lane.ORDINARY: places, Lane.WALK_IN: 1}, method=method,
            )  # fmt: skip

    def owner(self) -> Actor:
        with unit_of_work(self.sessions) as session:
            return factories.account(session)

    def car(self, owner: Actor, valid_until: date) -> Holder:
        with unit_of_work(self.sessions) as session:
            return INSPECTIONS.holder(factories.vehicle(session, person_id=id_of(owner), valid_until=valid_until))

    def open(self) -> int:
        jobs.open_rounds(self.sessions, INSPECTIONS, DEMO, OPENED)
        with reading(self.sessions) as session:
            return session.scalars(select(Round.id)).one()

    def ask(self, owner: Actor, holder: Holder, *wishes: WishFor) -> str:
        asked = Asked(id_of(owner), holder, "inspection_small", wishes, new_token())
        with unit_of_work(self.sessions) as session:
            return requests.ask(session, INSPECTIONS, asked, actor=owner, now=OPENED)

    def advance(self, *hours: datetime) -> None:
        for hour in hours:
            jobs.advance_rounds(self.sessions, INSPECTIONS, DEMO, hour)

    def live(self) -> Sequence[tuple[str, int]]:
        with reading(self.sessions) as session:
            query = select(Booking.holder, Booking.slot_id).where(Booking.state.in_(LIVE)).order_by(Booking.holder)
            return [(row.holder, row.slot_id) for row in session.execute(query)]

    def standings(self, round_id: int) -> dict[str, Standing]:
        with reading(self.sessions) as session:
            return {
                one.holder: one.standing for one in session.scalars(select(Entry).where(Entry.round_id == round_id))
            }

    def require_sound(self, round_id: int, now: datetime = DRAW) -> None:
        assert unsound(self.sessions, round_id) == []
        with reading(self.sessions) as session:
            assert [one.name for one in invariants.findings(session, now=now) if one.count] == []


def id_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


@pytest.fixture
def yard(sessions: Sessions) -> Yard:
    return Yard(sessions)


@METHODS
def test_two_cars_of_one_owner_go_through_a_round_that_anybody_can_recompute(yard: Yard, method: Method) -> None:
    slot_id = yard.window(2, method)
    round_id = yard.open()
    owner = yard.owner()
    cars = [yard.car(owner, date(2026, 12, 31)), yard.car(owner, date(2027, 1, 31))]
    for car in cars:
        yard.ask(owner, car, slot_id)

    yard.advance(CLOSE, FREEZE, DRAW)

    assert yard.live() == [(car, slot_id) for car in sorted(cars)]
    yard.require_sound(round_id)


def test_the_car_that_is_due_first_goes_first_whoever_asked_first(yard: Yard) -> None:
    slot_id = yard.window(1)
    round_id = yard.open()
    early, late = yard.owner(), yard.owner()
    due_late, due_early = yard.car(early, date(2027, 1, 31)), yard.car(late, date(2026, 12, 12))
    yard.ask(early, due_late, slot_id)
    yard.ask(late, due_early, AnyAt(yard.site_id))

    yard.advance(CLOSE, FREEZE, DRAW)

    assert yard.standings(round_id) == {due_early: Standing.GRANTED, due_late: Standing.WAITING}
    yard.require_sound(round_id)


def test_a_place_given_up_goes_to_the_next_car_in_line(yard: Yard) -> None:
    slot_id = yard.window(1)
    round_id = yard.open()
    first, second = yard.owner(), yard.owner()
    car, next_car = yard.car(first, date(2026, 12, 31)), yard.car(second, date(2027, 1, 31))
    yard.ask(first, car, slot_id)
    yard.ask(second, next_car, slot_id)
    yard.advance(CLOSE, FREEZE, DRAW)
    with reading(yard.sessions) as session:
        reference = session.scalars(select(Booking.reference)).one()

    with unit_of_work(yard.sessions) as session:
        bookings.cancel(session, INSPECTIONS, reference, actor=first, now=DRAW + timedelta(hours=1))
    jobs.hand_on_seats(yard.sessions, INSPECTIONS, NOON)

    assert yard.live() == [(next_car, slot_id)]
    yard.require_sound(round_id, NOON)


def test_the_record_names_no_plate_and_the_walk_in_share_is_not_drawn(yard: Yard) -> None:
    slot_id = yard.window(1)
    round_id = yard.open()
    owner = yard.owner()
    with unit_of_work(yard.sessions) as session:
        car = INSPECTIONS.holder(factories.vehicle(session, person_id=id_of(owner), plate="粤G98765"))
    yard.ask(owner, car, slot_id)

    yard.advance(CLOSE, FREEZE, DRAW)

    with reading(yard.sessions) as session:
        assert "98765" not in str(records.record_of(session, round_id))
        assert session.get_one(Quota, (slot_id, Lane.WALK_IN)).taken == 0


def test_owners_are_told_of_request_and_place_by_the_lines_own_messages(yard: Yard) -> None:
    slot_id = yard.window(1)
    yard.open()
    owner = yard.owner()
    yard.ask(owner, yard.car(owner, date(2026, 12, 31)), slot_id)

    yard.advance(CLOSE, FREEZE, DRAW)

    with reading(yard.sessions) as session:
        told = set(session.scalars(select(Notice.template).where(Notice.person_id == owner.person_id)))
    assert told == {"inspection_request_received", "inspection_request_granted"}
