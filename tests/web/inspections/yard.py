"""A station with cars before its gate: booked, late, unknown; and what its operator sees and presses."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.attendance.models import Visit
from booking.bookings.models import Booking, BookingState
from booking.inspections.holders import holder_of
from booking.kernel.calendar import at_local
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId, SlotId, VehicleId
from booking.sites import queries as sites
from booking.slots.models import Lane, Quota
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor

TODAY = date(2026, 11, 24)
LATER = date(2026, 11, 26)
PUBLISHED = datetime(2026, 11, 12, tzinfo=UTC)
BOARD = "/station"


@dataclass
class Yard:
    """The station of one operator; every step is a request of the browser's."""

    sessions: Sessions
    clock: FixedClock
    sign_in: Callable[..., Visitor]
    operator: Visitor
    slots: dict[tuple[SiteId, date, str], SlotId] = field(default_factory=dict)

    @property
    def site_id(self) -> SiteId:
        site_id = self.operator.actor.site_id
        assert site_id is not None
        return site_id

    def lane(self, number: int = 0) -> int:
        """Return the number of a test lane."""
        with reading(self.sessions) as session:
            return sites.station(session, self.site_id, now=NOW).lanes[number].id

    def window(self, starts: str, day: date = TODAY, *, site_id: SiteId | None = None, free: int = 5) -> SlotId:
        """Return the window of an hour that begins then, published at the first asking."""
        key = (site_id or self.site_id, day, starts)
        if key not in self.slots:
            begins = time.fromisoformat(starts)
            with unit_of_work(self.sessions) as session:
                self.slots[key] = factories.slot(
                    session, line="inspections", service="inspection_small", site_id=key[0], day=day, starts=begins,
                    released=free, closes_at=at_local(day, begins) - timedelta(minutes=30), published_at=PUBLISHED,
                )  # fmt: skip
        return self.slots[key]

    def car(self, plate: str = "", kind: str = "small_passenger", *, is_bound: bool = True) -> VehicleId:
        """Add a car that is known to the office."""
        with unit_of_work(self.sessions) as session:
            owner = factories.account(session).person_id if is_bound else None
            return factories.vehicle(session, person_id=PersonId(owner) if owner else None, plate=plate, kind=kind)

    def booked(self, vehicle_id: VehicleId, starts: str, day: date = TODAY, *, site_id: SiteId | None = None) -> str:
        """Let a car have a booking; return its reference."""
        slot_id = self.window(starts, day, site_id=site_id)
        with unit_of_work(self.sessions) as session:
            session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken += 1
            person = factories.account(session)
            return factories.booking_row(session, person, slot_id, at=NOW, held_by=holder_of(vehicle_id))

    def other_station(self) -> SiteId:
        with unit_of_work(self.sessions) as session:
            return factories.station(session)

    def at(self, clock: str) -> None:
        """Let the station's clock show a time of today; whoever sat idle signs in again."""
        self.clock.instant = at_local(TODAY, time.fromisoformat(clock))
        self.operator = self.sign_in(actor=self.operator.actor)

    def press(self, url: str, data: dict[str, str] | None = None) -> TestResponse:
        """Press a button of the board."""
        return self.operator.submit(url, data, on=BOARD)

    def arrive(self, text: str) -> TestResponse:
        return self.press("/station/arrivals", {"text": text})

    def number(self, text: str) -> int:
        """Let a car in and return its number."""
        answer = self.arrive(text)
        assert answer.status_code == 303, answer.text
        return self.visit(-1).number

    def call(self, lane: int = 0) -> str:
        """Call the next car to a lane, and return what the board says."""
        assert self.press(f"/station/lanes/{self.lane(lane)}/call").status_code == 303
        return self.board()

    def step(self, number: int, act: str, data: dict[str, str] | None = None) -> str:
        """Take the car with this number a step further, and return the board that follows."""
        visit = next(visit for visit in self.visits() if visit.number == number)
        answer = self.press(f"/station/visits/{visit.id}/{act}", data)
        assert (answer.status_code, answer.headers["Location"]) == (303, BOARD)
        return self.board()

    def tested(self, number: int, result: str) -> str:
        """Call, start and finish the car that is next."""
        self.call()
        self.step(number, "start")
        return self.step(number, result)

    def board(self) -> str:
        return self.operator.get(BOARD).text

    def visits(self) -> list[Visit]:
        with reading(self.sessions) as session:
            return list(session.scalars(select(Visit).order_by(Visit.id)))

    def visit(self, index: int) -> Visit:
        return self.visits()[index]

    def booking(self, reference: str) -> BookingState:
        with reading(self.sessions) as session:
            return session.scalars(select(Booking.state).where(Booking.reference == reference)).one()

    def taken(self, slot_id: SlotId) -> int:
        with reading(self.sessions) as session:
            return session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken


def words(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
