"""The rows of the table: what is measured, and what it is measured against. Another row is one function more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import func, select

from booking.accounts.models import SignInKind
from booking.allotment.models.rounds import Leaf
from booking.bookings.models import Booking
from booking.invariants import asking as invariants
from booking.kernel.clock import SystemClock
from booking.kernel.db import reading
from booking.kernel.ids import SlotId
from tests.bench import city, crowd
from tests.bench.installations import Installation
from tests.bench.requests import (
    Speed,
    UnexpectedAnswersError,
    filled_in,
    get,
    load,
    middle,
    post,
    post_json,
    sign_in_cookie,
    speed,
    speed_of,
)

ROUNDS = 3
REFERENCE_SECONDS, WARM_SECONDS = 1.2, 0.4
SEATS, TRIES = 100, 1_000
ROUND_SLOTS, ASKERS = 100, 200
Echo = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ratio` is the median of the rounds' ratios to the empty route; no target is None."""

    what: str
    speed: Speed
    ratio: float
    least_ratio: float | None = None
    most_p99: float | None = None

    @property
    def is_reached(self) -> bool:
        """Whether the figure is as good as its targets."""
        enough = self.least_ratio is None or self.ratio >= self.least_ratio
        return enough and (self.most_p99 is None or self.speed.p99 <= self.most_p99)


@dataclass(frozen=True, slots=True)
class Row:
    """One number of the targets, and the function that measures it."""

    name: str
    title: str
    measure: Callable[[Installation, Echo], Sequence[Figure]]


def references(house: Installation, echo: Echo) -> Sequence[Figure]:
    """Measure the empty route, and the smallest route of the real application."""
    bare, alive = [], []
    for _ in range(ROUNDS):
        bare.append(_empty_route(house))
        alive.append(speed(house.port, get("/healthz"), seconds=REFERENCE_SECONDS))
    echo("the empty route is known")
    return [Figure("empty route", middle(bare), 1.0), Figure("/healthz", middle(alive), _ratio(alive, bare))]


def race(house: Installation, echo: Echo) -> Sequence[Figure]:
    """P1: 1,000 signed-in people try once, 50 at a time, for 100 seats; exactly 100 get one, or it is an error."""
    bare, real = [], []
    for number in range(ROUNDS):
        slot_id, requests = _ready_to_post(house)
        bare.append(_empty_route(house))
        outcome = load(house.port, requests, total=TRIES)
        if outcome.statuses != {"303": SEATS, "409": TRIES - SEATS}:
            raise UnexpectedAnswersError(f"{SEATS} seats and {TRIES} people gave {outcome.statuses}")
        _check_the_books(house, slot_id)
        real.append(speed_of(outcome))
        echo(f"race {number + 1} of {ROUNDS}: {real[-1].per_second:.0f} answers a second, the books are right")
    return [Figure("race for 100 places", middle(real), _ratio(real, bare), least_ratio=0.15, most_p99=250)]


def public_plan(house: Installation, echo: Echo) -> Sequence[Figure]:
    """P3: the public plan of 10 days, 60 sites and 8 sessions a day."""
    now = SystemClock().now()
    city.add_plan(house.sessions, days=10, sites=60, a_day=8, now=now)
    (token,) = city.add_people(house.sessions, 1, now=now)
    echo("the plan is published")
    pages = {
        "one service": (get("/plans?service=subject_2"), 0.6),
        "first page": (get("/plans"), 0.6),
        "one service, signed in": (get("/plans?service=subject_2", sign_in_cookie(house.app, token)), 0.15),
    }
    bare: list[Speed] = []
    real: dict[str, list[Speed]] = {name: [] for name in pages}
    for number in range(ROUNDS):
        bare.append(_empty_route(house))
        for name, (page, _) in pages.items():
            real[name].append(speed(house.port, page, seconds=REFERENCE_SECONDS))
        echo(f"public plan, round {number + 1} of {ROUNDS}")
    return [
        Figure(f"public plan: {name}", middle(real[name]), _ratio(real[name], bare), least_ratio=least)
        for name, (_, least) in pages.items()
    ]


def asking(house: Installation, echo: Echo) -> Sequence[Figure]:
    """P4: 200 people, 50 at a time, ask a ranked round for three slots each; everybody gets a receipt."""
    bare, real = [], []
    for number in range(ROUNDS):
        now = SystemClock().now()
        round_id, slot_ids = crowd.open_round(house.sessions, ROUND_SLOTS, ROUND_SLOTS * 20, now=now)
        tokens = city.add_people(house.sessions, ASKERS, now=now, kind=SignInKind.API)
        asked = {"service": "subject_2", "preferences": slot_ids[:3]}
        requests = [post_json("/api/v1/requests", token, "bench", asked) for token in tokens]
        bare.append(_empty_route(house))
        outcome = load(house.port, requests, total=ASKERS, keep=True)
        receipts = sum('"signature"' in answer for answer in outcome.answers.values())
        if outcome.statuses != {"201": ASKERS} or receipts != ASKERS or _rows_of(house, round_id) != ASKERS:
            raise UnexpectedAnswersError(f"{ASKERS} requests gave {outcome.statuses} and {receipts} receipts")
        real.append(speed_of(outcome))
        echo(f"requests {number + 1} of {ROUNDS}: {real[-1].per_second:.0f} a second, each with its receipt")
    return [Figure("request into a round, with receipt", middle(real), _ratio(real, bare), least_ratio=0.12)]


ROWS = (
    Row("R", "References", references),
    Row("P1", "The race for the last places", race),
    Row("P3", "The public plan", public_plan),
    Row("P4", "Requests into a ranked round", asking),
)


def warm_up(house: Installation) -> None:
    """Let both servers load what they load on first use."""
    _empty_route(house)
    speed(house.port, get("/healthz"), seconds=WARM_SECONDS)


def _empty_route(house: Installation) -> Speed:
    return speed(house.bare_port, get("/"), seconds=REFERENCE_SECONDS)


def _ratio(real: Sequence[Speed], bare: Sequence[Speed]) -> float:
    return median(one.per_second / other.per_second for one, other in zip(real, bare, strict=True))


def _ready_to_post(house: Installation) -> tuple[SlotId, list[str]]:
    """Add a slot and people, and let each of them open the page to book it; return their bookings as requests."""
    now = SystemClock().now()
    slot_id = city.add_slot(house.sessions, SEATS, now=now)
    cookies = [sign_in_cookie(house.app, token) for token in city.add_people(house.sessions, TRIES, now=now)]
    path = f"/exams/slots/{slot_id}"
    seen = load(house.port, [get(path, cookie) for cookie in cookies], total=TRIES, keep=True)
    if seen.statuses != {"200": TRIES}:
        raise UnexpectedAnswersError(f"the page to book answered {seen.statuses}")
    forms = [filled_in(seen.answers[number], cookie) for number, cookie in enumerate(cookies)]
    return slot_id, [post(path, cookie, fields) for cookie, fields in forms]


def _check_the_books(house: Installation, slot_id: SlotId) -> None:
    with reading(house.sessions) as session:
        booked = session.scalar(select(func.count()).where(Booking.slot_id == slot_id))
        broken = [one.name for one in invariants.findings(session, now=SystemClock().now()) if one.count]
    if booked != SEATS or broken:
        raise UnexpectedAnswersError(f"{booked} bookings of {SEATS} seats; broken: {', '.join(broken) or 'nothing'}")


def _rows_of(house: Installation, round_id: int) -> int:
    with reading(house.sessions) as session:
        return session.scalar(select(func.count()).where(Leaf.round_id == round_id)) or 0
