"""The owners of the demo city, their vehicles, and what each vehicle is there for: the named ones, and the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy.orm import Session
from stdnum.cn import uscc

from booking.accounts.models import Account
from booking.accounts.service import people, registration, signing_in
from booking.demo.documents import invented_document, invented_phone
from booking.demo.stations import PILOT
from booking.demo.vehicles import BUS_FROM_ELSEWHERE, CAR, COACH, CRANE, ON_SMALL_LANES, TRUCK, Model, models, vehicle
from booking.inspections.holders import holder_of
from booking.inspections.rules.facts import VehicleKind
from booking.inspections.rules.periods import Step
from booking.inspections.service.agents import grant_agency
from booking.inspections.service.binding import Company, bind_vehicle
from booking.inspections.service.owners import owner_of_person, set_district
from booking.inspections.service.particulars import VehicleData
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.ids import Holder, PersonId, VehicleId

SURNAMES = "吴郑周庞钟莫符洪蔡冯罗陈林黄李梁杨许"
AGES = (28, 35, 48, 52, 61)
FIRST_PHONE = 50_000_000  # owners follow on learners, however many of those there are
DECLARED = "演示：受公司委托办理检验业务，委托书已出示"
TEST, MARK = Step.LINE_TEST, Step.MARK_ONLY
HISTORY = 12  # days


class Fate(StrEnum):
    """What a vehicle is there for."""

    AT_HOME = "at_home"  # bound, and nothing booked
    WAS_TESTED = "was_tested"
    TODAY = "today"
    BOOKED = "booked"
    IN_A_ROUND = "in_a_round"


class Manner(StrEnum):
    """How a vehicle comes to its station."""

    ON_TIME = "on_time"
    LATE = "late"
    ABSENT = "absent"
    WALK_IN = "walk_in"


@dataclass(frozen=True, slots=True)
class DemoOwner:
    """An owner or agent with an account. Of a named one, `story` says what there is to see."""

    person_id: PersonId
    actor: Actor
    phone: str
    story: str = ""


@dataclass(slots=True)
class DemoCar:
    """A vehicle with what becomes of it. `day` is when it comes to a station."""

    vehicle_id: VehicleId
    owner: DemoOwner
    kind: VehicleKind
    fate: Fate = Fate.AT_HOME
    day: date | None = None
    manner: Manner = Manner.ON_TIME
    fails: bool = False
    station: str = ""  # a code; "" = any that takes it

    @property
    def holder(self) -> Holder:
        return holder_of(self.vehicle_id)


@dataclass(frozen=True, slots=True)
class Story:
    """A named owner: what there is to see, and the cars as (model, days until due, step)."""

    text: str
    cars: tuple[tuple[Model, int, Step], ...]
    age: int = 41
    is_agent: bool = False


STORIES = (
    Story("one car due in 25 days, with a place held by the reminder", ((CAR, 25, TEST),), 36),
    Story("aged 70, the car is overdue", ((CAR, -20, TEST),), 70),
    Story("the car needs the mark only, on line", ((CAR, 40, MARK),), 35),
    Story("agent of a company with six vehicles", (
        (TRUCK, 10, TEST), (TRUCK, 50, TEST), (COACH, -5, TEST), (CAR, 80, TEST), (CRANE, 25, TEST),
        (TRUCK, 200, TEST)), 52, is_agent=True),
    Story("the car failed yesterday; a place for the re-inspection is held", ((CAR, 15, TEST),), 48),
    Story("has asked in a ranked round of a station", ((CAR, 35, TEST),), 28),
)  # fmt: skip
# The place of the first is held by the reminder of this morning: that one comes last, see `build.py`.
HELD, OVERDUE, MARK_ONLY, AGENT, FAILED, ASKING = range(len(STORIES))
NAMED_CARS = sum(len(story.cars) for story in STORIES)
DISTRICTS = ("赤坎区", "霞山区", "麻章区", "坡头区", "廉江市", "雷州市", "吴川市", "遂溪县")
# What is due when for those that nothing happens to: (days until due, step).
AT_HOME = (
    (20, TEST), (-30, TEST), (5, TEST), (60, TEST), (30, MARK), (200, TEST), (-200, TEST), (3, TEST), (85, TEST),
    (300, MARK), (29, TEST), (-10, MARK), (120, TEST),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """How the demo's vehicles come about: on which day, out of which source of chance, with which password."""

    today: date
    start: datetime
    password_hash: str
    chance: Random

    def owner(self, session: Session, number: int, age: int, story: str = "") -> DemoOwner:
        """Add a person with an account and, as the place to look for stations from, a district."""
        born = date(self.today.year - age, 9, 1)
        document = invented_document(number, born_on=born)
        phone = invented_phone(FIRST_PHONE + number + 1)
        name = f"{SURNAMES[number % len(SURNAMES)]}示例{number + 1:03}"
        person_id = people.add_person(
            session, name=name, document=document, phone=phone, born_on=document.born_on or born, actor=SYSTEM,
            now=self.start, phone_proved_at=self.start,
        )  # fmt: skip
        account_id = registration.open_account(session, person_id, self.password_hash, self.start)
        actor = signing_in.actor_of(session.get_one(Account, account_id))
        owner_id = owner_of_person(session, person_id, actor=actor, now=self.start)
        district = DISTRICTS[number % len(DISTRICTS)]
        set_district(session, owner_id, district, actor=actor, now=self.start)
        return DemoOwner(person_id, actor, phone, story)

    def car(self, session: Session, owner: DemoOwner, data: VehicleData, at: datetime, company: int = 0) -> DemoCar:
        """Bind a vehicle to its owner, or to a company by its agent."""
        name = f"示例运输{company:02}有限公司（演示）"
        of_company = Company(company_code(company), name, DECLARED) if company else None
        bound = bind_vehicle(session, owner.person_id, data, company=of_company, actor=owner.actor, now=at)
        if bound.vehicle_id is None:
            raise ValueError("the plate of an invented vehicle is taken")
        return DemoCar(bound.vehicle_id, owner, VehicleKind(data.vehicle_kind))

    def made(self, number: int, model: Model, due_on: date, step: Step = TEST) -> VehicleData:
        return vehicle(number, model, due_on, today=self.today, chance=self.chance, step=step)


def company_code(number: int) -> str:
    """Return the credit code of an invented company, with its right check digit."""
    body = f"91440800DEMX{number:05}"
    return body + uscc.calc_check_digit(body)


def named_cars(cast: Cast, session: Session, numbers: Sequence[int]) -> list[DemoCar]:
    """Add these of the named owners and their vehicles, each as its story begins."""
    cars = []
    for number in numbers:
        story = STORIES[number]
        owner = cast.owner(session, number, story.age, story.text)
        first = sum(len(before.cars) for before in STORIES[:number])
        for place, (model, days, step) in enumerate(story.cars):
            data = cast.made(first + place, model, cast.today + timedelta(days), step)
            car = cast.car(session, owner, data, cast.start, company=1 if story.is_agent else 0)
            if number == FAILED:
                car.fate, car.fails, car.station = Fate.WAS_TESTED, True, PILOT.place.code
                car.day = cast.today - timedelta(1)
            if number == ASKING:
                car.fate = Fate.IN_A_ROUND
            cars.append(car)
    return cars


def other_cars(cast: Cast, session: Session, numbers: Sequence[int]) -> Iterator[DemoCar]:
    """Add the owners and vehicles of these numbers; the named come first, and these follow on them."""
    for number in numbers:
        order = number - NAMED_CARS
        owner = cast.owner(session, len(STORIES) + order, AGES[order % len(AGES)])
        fate, day, (days, step) = _fate(cast, order)
        model = BUS_FROM_ELSEWHERE if order == 0 else MODELS[order % len(MODELS)]
        if fate in (Fate.TODAY, Fate.IN_A_ROUND):
            model = ON_SMALL_LANES[order % len(ON_SMALL_LANES)]
        due_on = (day or cast.today) + timedelta(days)
        company = 2 + order // 30 if order % 10 == 5 else 0
        car = cast.car(session, owner, cast.made(number, model, due_on, step), cast.start, company)
        car.fate, car.day = fate, day
        car.manner, car.fails = _manner(order), order % 9 == 4
        if order % 12 == 7 and not company:
            _appoint(session, car, cast, order)
        yield car


MODELS = [model for _, model in zip(range(220), models(), strict=False)]
FATES = (
    Fate.AT_HOME, Fate.WAS_TESTED, Fate.TODAY, Fate.WAS_TESTED, Fate.AT_HOME, Fate.TODAY, Fate.WAS_TESTED,
    Fate.IN_A_ROUND, Fate.WAS_TESTED, Fate.TODAY, Fate.WAS_TESTED, Fate.BOOKED, Fate.WAS_TESTED, Fate.TODAY,
    Fate.AT_HOME, Fate.WAS_TESTED, Fate.TODAY, Fate.WAS_TESTED, Fate.AT_HOME, Fate.WAS_TESTED,
)  # fmt: skip
FIRST_TODAY = range(1, 13)  # so that a small city has a queue as well
MOST_TODAY = 32  # more would only make the queue longer


def _fate(cast: Cast, order: int) -> tuple[Fate, date | None, tuple[int, Step]]:
    """Return what a vehicle is there for, the day on which it comes, and its due day counted from that."""
    fate = Fate.TODAY if order in FIRST_TODAY else FATES[order % len(FATES)]
    if fate is Fate.TODAY and order > MOST_TODAY * len(FATES) // FATES.count(Fate.TODAY):
        fate = Fate.WAS_TESTED
    days = cast.chance.randint(-10, 60)
    if fate is Fate.AT_HOME:
        return fate, None, AT_HOME[order // 5 % len(AT_HOME)]
    if fate is Fate.WAS_TESTED:
        return fate, cast.today - timedelta(1 + order * 5 % HISTORY), (days, TEST)
    if fate is Fate.BOOKED:
        return fate, cast.today + timedelta(1 + order % 5), (days, TEST)
    return fate, cast.today if fate is Fate.TODAY else None, (days, TEST)


def _manner(order: int) -> Manner:
    if order % 17 == 15:
        return Manner.ABSENT
    if order % 11 == 8:
        return Manner.LATE
    return Manner.WALK_IN if order % 4 == 1 else Manner.ON_TIME


def _appoint(session: Session, car: DemoCar, cast: Cast, order: int) -> None:
    """Let a relative act for the owner, with the owner's consent."""
    agent = cast.owner(session, 5_000 + order, AGES[1])
    owner_id = owner_of_person(session, car.owner.person_id, actor=car.owner.actor, now=cast.start)
    grant_agency(session, owner_id, agent.person_id, actor=car.owner.actor, now=cast.start)
