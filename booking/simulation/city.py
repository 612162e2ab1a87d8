"""The invented city: what is assumed of it, its exam places, and the people who want them.

Every number here is an assumption, named in docs/simulation.md; none was measured.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from booking.allotment.rules.draw import Applicant, Place, wish_table
from booking.allotment.rules.encoding import instant_text

Method = Literal["first_come", "lottery", "ranked"]
METHODS: tuple[Method, ...] = ("first_come", "lottery", "ranked")
LANE = "ordinary"
START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday; only the order of instants counts
SLOTS = (("11", "1", 1), ("12", "1", 6), ("21", "2", 1), ("22", "2", 6))  # id, site, hour (UTC)
EXAM_DAY, DRAW_DAY = 5, 1  # days after the Monday of the week
# What people ask for, and how common it is: most take any session of both sites, some only one session.
WISHES = (
    (25, ("*1", "*2")), (25, ("*2", "*1")), (12, ("*1",)), (12, ("*2",)),
    (8, ("11", "21")), (8, ("12", "22")), (3, ("11",)), (2, ("12",)), (3, ("21",)), (2, ("22",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What one run supposes. Shares lie between 0 and 1; `learners` and `places` are per week."""

    weeks: int = 52
    learners: int = 56
    places: int = 100
    backlog: int = 300
    touts: int = 3
    accomplices: int = 5  # of each tout: real identities that are entitled to a place and never sit the test
    customers: float = 0.15  # of the learners: who pays a tout once he has gone empty-handed by himself
    slow: float = 0.3  # of the learners: an old telephone or a weak network
    cancels: float = 0.08  # of the granted places
    late: float = 0.3  # of the cancellations: at short notice
    short_notice: float = 0.5  # of the learners: who can still come at short notice
    absent: float = 0.05
    fails: float = 0.4
    attempts: int = 5  # Order 162: whoever fails the fifth time starts anew, and leaves this queue


@dataclass(slots=True, eq=False)  # two people are never the same one
class Learner:
    """Somebody who waits for a place. `entitled` is the first week whose places this person may have."""

    pid: str
    entitled: int
    ranked_at: datetime
    wishes: tuple[str, ...]
    slots: tuple[str, ...]
    slow: bool
    speed: float  # how much longer than the middle person this one needs, on any day
    short_notice: bool
    tout: int | None
    is_accomplice: bool = False
    hired: bool = False  # the tout works for this customer now
    losses: int = 0
    attempts: int = 0

    def applicant(self, method: Method) -> Applicant:
        """Return this person's row as the draw sees it."""
        ranking_time = instant_text(self.ranked_at) if method == "ranked" else ""
        return Applicant(self.pid, LANE, ranking_time, self.losses, self.wishes)

    def takes(self, *, late: bool) -> bool:
        """Say whether the person would come: whoever paid for a place keeps the day free."""
        return not late or self.hired or (self.short_notice and not self.is_accomplice)


@dataclass(slots=True)
class People:
    """Makes people; the same seed makes the same people, whatever the method does with them."""

    assumptions: Assumptions
    dice: Random
    places: list[Place] = field(init=False)
    _slots: dict[tuple[str, ...], tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.places = places_of_week(self.assumptions.places)
        table = wish_table(self.places)
        self._slots = {wishes: tuple(slot for wish in wishes for slot in table[wish]) for _, wishes in WISHES}

    def newcomers(self, week: int) -> Iterator[Learner]:
        """Yield whoever was accepted in the days before the week closes; about `learners` of them."""
        mean = self.assumptions.learners
        for _ in range(max(0, round(self.dice.gauss(mean, math.sqrt(mean))))):
            yield self.learner(week)

    def backlog(self) -> Iterator[Learner]:
        """Yield those who wait already when the first week begins: accepted in the weeks before it."""
        before = max(1, round(self.assumptions.backlog / max(1, self.assumptions.learners)))
        for number in range(self.assumptions.backlog):
            yield self.learner(-(number % before))

    def confederates(self) -> Iterator[Learner]:
        """Yield the accomplices of every tout; they were accepted in the last weeks, as real learners are."""
        for tout in range(self.assumptions.touts):
            for _ in range(self.assumptions.accomplices):
                one = self.learner(-self.dice.randrange(6))
                one.tout, one.is_accomplice = tout, True
                yield one

    def learner(self, week: int) -> Learner:
        """Return one learner who is entitled from `week` on."""
        dice, assumed = self.dice, self.assumptions
        wishes = dice.choices([wish for _, wish in WISHES], [weight for weight, _ in WISHES])[0]
        pays = dice.random() < assumed.customers
        return Learner(
            pid=dice.randbytes(16).hex(),
            entitled=week,
            ranked_at=moment(week - 1, dice.uniform(0, 7)),
            wishes=wishes,
            slots=self._slots[wishes],
            slow=dice.random() < assumed.slow,
            speed=math.exp(dice.gauss(0, 0.4)),
            short_notice=dice.random() < assumed.short_notice,
            tout=dice.randrange(assumed.touts) if pays and assumed.touts else None,
        )


def places_of_week(seats: int) -> list[Place]:
    """Return the four slots of a week with `seats` places among them."""
    exam = moment(0, EXAM_DAY)
    return [
        Place(slot, site, instant_text(exam + timedelta(hours=hour)), {LANE: seats // 4 + (number < seats % 4)})
        for number, (slot, site, hour) in enumerate(SLOTS)
    ]


def moment(week: int, day: float) -> datetime:
    """Return the instant `day` days after the week begins, in whole seconds."""
    return START + timedelta(weeks=week, seconds=int(day * 86_400))


def dice_of(seed: int, purpose: str) -> Random:
    """Return the dice of one purpose: another use of chance elsewhere does not change what falls here."""
    return Random(f"{seed}:{purpose}")  # noqa: S311 - invented people; the draw's seed is thrown with them
