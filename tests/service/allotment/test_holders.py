"""The core asks about holders: of two vehicles of one owner each has a row, a place and a pseudonym of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from booking.allotment import jobs
from booking.allotment.errors import AlreadyAskedError
from booking.allotment.models.requests import Entry, Request, Standing
from booking.allotment.models.rounds import Leaf, Round
from booking.allotment.queries.requests import live_requests, requests_of
from booking.allotment.service import corrections, keys, requests
from booking.allotment.service.requests import Asked
from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking, BookingChannel
from booking.bookings.queries import bookings_of, live_booking_of
from booking.bookings.service import AlreadyBookedError
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS, person_of
from booking.invariants import asking as invariants
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ConflictError, NotAllowedError, NotFoundError
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.kernel.secrets import new_token
from booking.lines import LINES
from booking.notices.models import Notice
from booking.slots.models import Lane, Method
from tests import factories
from tests.service.allotment.city import CLOSE, DEMO, DRAW, FREEZE, HOUR, NOON, OPENED, unsound
from tests.service.allotment.garage import Garage

SERVICE = "inspection_small"


@dataclass
class Yard:
    """One station, an owner with two vehicles, and a round."""

    sessions: Sessions
    garage: Garage = field(default_factory=Garage)
    owner: Actor = field(init=False)
    vehicles: tuple[Holder, Holder] = field(init=False)

    def __post_init__(self) -> None:
        self.owner = self.somebody()
        self.vehicles = (self.garage.vehicle(id_of(self.owner)), self.garage.vehicle(id_of(self.owner)))

    def somebody(self, role: Role = Role.APPLICANT, person_id: PersonId | None = None) -> Actor:
        with unit_of_work(self.sessions) as session:
            return factories.account(session, role, person_id=person_id)

    def slot(self, places: int, method: Method = Method.RANKED) -> SlotId:
        with unit_of_work(self.sessions) as session:
            lanes = {Lane.ORDINARY: places} if method is Method.RANKED else None
            return factories.slot(
                session, line=self.garage.key, site_id=factories.station(session), service=SERVICE,
                lanes=lanes, released=places, method=method,
            )  # fmt: skip

    def round_of(self, places: int) -> tuple[int, SlotId]:
        slot_id = self.slot(places)
        jobs.open_rounds(self.sessions, self.garage, DEMO, OPENED)
        with reading(self.sessions) as session:
            return session.scalars(select(Round.id)).one(), slot_id

    def ask(
        self, holder: Holder, slot_id: SlotId, actor: Actor | None = None, *, told: Actor | None = None, key: str = ""
    ) -> str:
        """Let the owner, or an actor, ask for the slot; `told` is who is told, if not the one who asks."""
        actor = actor or self.owner
        at_counter = actor.role is Role.COUNTER
        asked = Asked(
            id_of(told or actor),
            holder,
            SERVICE,
            (slot_id,),
            key or new_token(),
            channel=BookingChannel.COUNTER if at_counter else BookingChannel.INTERNET,
            reason="到窗口办理" if at_counter else "",
        )
        with unit_of_work(self.sessions) as session:
            return requests.ask(session, self.garage, asked, actor=actor, now=OPENED)

    def book(self, holder: Holder, slot_id: SlotId, key: str = "") -> str:
        wish = Wish(id_of(self.owner), holder, slot_id, key or new_token())
        with unit_of_work(self.sessions) as session:
            return bookings.book_seat(session, self.garage, wish, actor=self.owner, now=OPENED)

    def draw(self) -> None:
        for hour in (CLOSE, FREEZE, DRAW):
            jobs.advance_rounds(self.sessions, self.garage, DEMO, hour)

    def entries(self, round_id: int) -> Sequence[Entry]:
        with reading(self.sessions) as session:
            return session.scalars(select(Entry).where(Entry.round_id == round_id).order_by(Entry.holder)).all()

    def live(self) -> list[tuple[str, int]]:
        """Return holder and slot of the live bookings."""
        with reading(self.sessions) as session:
            query = select(Booking.holder, Booking.slot_id).where(Booking.state.in_(LIVE)).order_by(Booking.holder)
            return [(row.holder, row.slot_id) for row in session.execute(query)]

    def require_sound(self, round_id: int) -> None:
        with reading(self.sessions) as session:
            assert [one.name for one in invariants.findings(session, now=DRAW) if one.count] == []
        assert unsound(self.sessions, round_id) == []


def id_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


@pytest.fixture
def yard(sessions: Sessions) -> Yard:
    return Yard(sessions)


def test_two_vehicles_of_one_owner_get_two_places_of_one_round(yard: Yard) -> None:
    round_id, slot_id = yard.round_of(2)
    references = [yard.ask(vehicle, slot_id) for vehicle in yard.vehicles]

    yard.draw()

    assert yard.live() == [(vehicle, slot_id) for vehicle in yard.vehicles]
    entries = yard.entries(round_id)
    assert [(one.holder, one.person_id, one.standing) for one in entries] == [
        (vehicle, yard.owner.person_id, Standing.GRANTED) for vehicle in yard.vehicles
    ]
    with reading(yard.sessions) as session:
        assert {one.reference for one in requests_of(session, id_of(yard.owner))} == set(references)
        assert {one.holder for one in bookings_of(session, id_of(yard.owner))} == set(yard.vehicles)
        granted = select(func.count(Notice.event.distinct())).where(Notice.template == "request_granted")
        assert session.scalar(granted) == 2
    yard.require_sound(round_id)


def test_the_place_that_one_vehicle_gives_up_goes_to_the_other_of_the_same_owner(yard: Yard) -> None:
    round_id, slot_id = yard.round_of(1)
    for vehicle in yard.vehicles:
        yard.ask(vehicle, slot_id)
    yard.draw()
    ((first, _),) = yard.live()

    with unit_of_work(yard.sessions) as session:
        booking = live_booking_of(session, Holder(first), SERVICE)
        assert booking is not None
        bookings.cancel(session, yard.garage, booking.reference, actor=yard.owner, now=DRAW + HOUR)
    jobs.hand_on_seats(yard.sessions, yard.garage, NOON)

    ((second, _),) = yard.live()
    assert {first, second} == set(yard.vehicles)
    yard.require_sound(round_id)


def test_a_pseudonym_is_made_of_the_plate_and_not_of_the_owner(yard: Yard) -> None:
    round_id, slot_id = yard.round_of(2)
    for vehicle in yard.vehicles:
        yard.ask(vehicle, slot_id)

    with reading(yard.sessions) as session:
        secret = keys.secret_of(session, session.get_one(Round, round_id))
        pids = set(session.scalars(select(Leaf.pid).where(Leaf.round_id == round_id)))

    assert pids == {keys.pseudonym(secret, f"pid:plate:02:粤G1234{number}:{SERVICE}") for number in (1, 2)}


def test_a_vehicle_has_one_live_request_and_its_sister_another(yard: Yard) -> None:
    _, slot_id = yard.round_of(2)
    first, second = yard.vehicles
    reference = yard.ask(first, slot_id)

    with pytest.raises(AlreadyAskedError):
        yard.ask(first, slot_id)
    other = yard.ask(second, slot_id)

    with reading(yard.sessions) as session:
        assert live_requests(session, first) == {SERVICE: reference}
        assert live_requests(session, second) == {SERVICE: other}


def test_a_vehicle_has_one_live_booking_and_its_sister_another(yard: Yard) -> None:
    slot_id = yard.slot(3, Method.FIRST_COME)
    first, second = yard.vehicles
    yard.book(first, slot_id)

    with pytest.raises(AlreadyBookedError):
        yard.book(first, slot_id)
    yard.book(second, slot_id)

    assert yard.live() == [(first, slot_id), (second, slot_id)]


def test_one_form_sent_for_two_vehicles_is_no_booking_of_the_second(yard: Yard) -> None:
    slot_id = yard.slot(3, Method.FIRST_COME)
    first, second = yard.vehicles
    reference = yard.book(first, slot_id, "form")

    with pytest.raises(ConflictError):
        yard.book(second, slot_id, "form")

    assert yard.book(first, slot_id, "form") == reference
    assert yard.live() == [(first, slot_id)]


def test_one_form_sent_for_two_vehicles_is_no_request_of_the_second(yard: Yard) -> None:
    round_id, slot_id = yard.round_of(2)
    first, second = yard.vehicles
    reference = yard.ask(first, slot_id, key="form")

    with pytest.raises(ConflictError):
        yard.ask(second, slot_id, key="form")

    assert yard.ask(first, slot_id, key="form") == reference
    assert [one.holder for one in yard.entries(round_id)] == [first]


def test_nobody_asks_for_a_vehicle_of_somebody_else_or_in_the_name_of_a_stranger(yard: Yard) -> None:
    _, slot_id = yard.round_of(2)
    stranger, clerk = yard.somebody(), yard.somebody(Role.COUNTER)
    owner_at_work = yard.somebody(Role.COUNTER, person_id=yard.owner.person_id)
    first, _ = yard.vehicles

    with pytest.raises(NotFoundError):
        yard.ask(first, slot_id, stranger)
    with pytest.raises(NotFoundError):
        yard.ask(first, slot_id, told=stranger)
    with pytest.raises(NotFoundError):
        yard.ask(first, slot_id, clerk, told=stranger)
    with pytest.raises(NotAllowedError):
        yard.ask(first, slot_id, owner_at_work)
    yard.ask(first, slot_id, clerk, told=yard.owner)

    with reading(yard.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Request)) == 1


def test_one_row_of_an_owner_is_put_right_and_not_the_other(yard: Yard) -> None:
    round_id, slot_id = yard.round_of(2)
    for vehicle in yard.vehicles:
        yard.ask(vehicle, slot_id)
    jobs.advance_rounds(yard.sessions, yard.garage, DEMO, CLOSE)
    clerk, approver = yard.somebody(Role.COUNTER), yard.somebody(Role.APPROVER)
    owner_at_work = yard.somebody(Role.APPROVER, person_id=yard.owner.person_id)
    row, at = (round_id, yard.vehicles[1]), CLOSE + HOUR

    with unit_of_work(yard.sessions) as session:
        number = corrections.propose(
            session, yard.garage, row, Lane.PRIORITY, OPENED, reason="x", actor=clerk, now=at
        )
    with pytest.raises(NotAllowedError), unit_of_work(yard.sessions) as session:
        corrections.approve(session, yard.garage, number, actor=owner_at_work, now=at)
    with unit_of_work(yard.sessions) as session:
        corrections.approve(session, yard.garage, number, actor=approver, now=at)

    assert [one.lane for one in yard.entries(round_id)] == [Lane.ORDINARY, Lane.PRIORITY]
    for hour in (FREEZE, DRAW):
        jobs.advance_rounds(yard.sessions, yard.garage, DEMO, hour)
    yard.require_sound(round_id)


def test_a_line_acts_on_its_own_bookings_only(yard: Yard) -> None:
    reference = yard.book(yard.vehicles[0], yard.slot(1, Method.FIRST_COME))
    clerk = yard.somebody(Role.COUNTER)

    with pytest.raises(NotFoundError), unit_of_work(yard.sessions) as session:
        bookings.cancel(session, EXAMS, reference, actor=clerk, now=OPENED)

    assert len(yard.live()) == 1


def test_a_person_is_read_back_from_the_holder_that_exams_made(yard: Yard) -> None:
    holder = EXAMS.holder(PersonId(17))

    assert (holder, person_of(holder)) == ("person:17", 17)
    with reading(yard.sessions) as session:
        assert [EXAMS.is_for(session, holder, PersonId(number)) for number in (17, 1)] == [True, False]
        assert not any(EXAMS.is_for(session, vehicle, id_of(yard.owner)) for vehicle in yard.vehicles)


def test_every_line_answers_to_nobody_for_a_holder_of_another_line(yard: Yard) -> None:
    with reading(yard.sessions) as session:
        for line in LINES.values():
            assert not line.is_for(session, Holder("nothing:1"), id_of(yard.owner))
