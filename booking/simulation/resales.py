"""One trade, over and over: an accomplice gives a place back, and a customer of the same tout hopes to get it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from booking.simulation.account import share_of
from booking.simulation.city import Assumptions, Learner, Method, People, dice_of
from booking.simulation.drawn import Drawn
from booking.simulation.weeks import Echo, open_week

PER_ROUND = 50  # resales that are tried on one round, each from the instant after the draw
CUSTOMERS, RIVALS = 10, 3  # customers of each tout among those who wait; touts beside the one who sells
OTHERS = 8  # other people who give a place back, before the accomplice or after
WEEKS_BACK, MOST_LOSSES = 6, 4
BETWEEN_REPORTS = 2000
SELLER = 0
LEAST_PLACES, LEAST_QUEUE = 2 * (OTHERS + 1), CUSTOMERS * (RIVALS + 1)  # so that these people are there at all


@dataclass(frozen=True, slots=True)
class Resales:
    """What came of the resales of one method. `fair` sums the chances of the tout's customers, were it random.

    `informed`: the accomplice reads the public queue and waits until it is a customer's turn. `served` counts the
    tout's customers who have a place when all is over, by whatever way they got it.
    """

    method: Method
    informed: bool
    count: int
    reached: int
    fair: float
    served: int

    @property
    def share(self) -> float:
        """Return the share of the resold places that reached a customer of the tout."""
        return share_of(self.reached, self.count)

    @property
    def fair_share(self) -> float:
        """Return that share, if each place had gone to a random learner of the queue who wants it."""
        return share_of(self.fair, self.count)

    @property
    def times_fair(self) -> float:
        """Return how many times the fair share was reached."""
        return share_of(self.share, self.fair_share)


def resales(
    count: int, seed: int, method: Method = "ranked", *, informed: bool = False,
    assumed: Assumptions | None = None, echo: Echo = lambda _: None,
) -> Resales:  # fmt: skip
    """Simulate `count` resales. The customers stand in the queue with their own true ranking time, or lots.

    The same seed gives the same rounds, sellers and customers to an informed tout and to one who is not.
    Raises `ValueError` for an informed tout where there is no queue to read.
    """
    if informed and method == "first_come":
        raise ValueError(method)
    total = Resales(method, informed, 0, 0, 0.0, 0)
    dice, people = dice_of(seed, f"resales:{method}"), People(assumed or Assumptions(), dice_of(seed, "queue"))
    market = Market(method, people, dice)
    for number in range(count):
        if number and number % PER_ROUND == 0:
            market = Market(method, people, dice)
        if number and number % BETWEEN_REPORTS == 0:
            echo(f"resales, {method}: {number} of {count}")
        total = market.resale(total)
    return total


class Market:
    """One round just after the draw or the release: who holds a place, and who would like one."""

    def __init__(self, method: Method, people: People, dice: Random) -> None:
        crowd = [people.learner(-dice.randrange(WEEKS_BACK)) for _ in range(_size(people.assumptions))]
        for one in crowd:
            one.tout, one.losses = None, dice.randrange(MOST_LOSSES + 1)
        self.dice = dice
        self.giving = open_week(method, crowd, people.places, dice)
        held = self.giving.holders.keys()
        self.holding = [one for one in crowd if one.pid in held]
        self.waiting = [one for one in crowd if one.pid not in held]

    def resale(self, total: Resales) -> Resales:
        """Try one resale on the round as it stood at first, and add what came of it."""
        self.giving.reopen()
        seller, *leaving = self.dice.sample(self.holding, OTHERS + 1)
        hired = self.dice.sample(self.waiting, CUSTOMERS * (RIVALS + 1))
        seller.is_accomplice, seller.tout = True, SELLER
        for number, one in enumerate(hired):
            one.hired, one.tout = True, number // CUSTOMERS
        turn = self.dice.randrange(OTHERS + 1)
        reached, chance = self._trade(seller, leaving, None if total.informed else turn)
        served = sum(one.pid in self.giving.holders for one in hired[:CUSTOMERS])
        for one in (seller, *hired):
            one.is_accomplice, one.hired, one.tout = False, False, None
        return replace(
            total, count=total.count + 1, reached=total.reached + reached, fair=total.fair + chance,
            served=total.served + served,
        )  # fmt: skip

    def _trade(self, seller: Learner, leaving: Sequence[Learner], turn: int | None) -> tuple[bool, float]:
        """Let everybody give the place back in turn; return whether a customer got the accomplice's, and the chance.

        `turn` counts who goes before the accomplice; None leaves it to him.
        """
        slot, before = self.giving.holders[seller.pid], 0
        while before < len(leaving) and not self._is_moment(slot, before, turn):
            self.giving.hand_on(leaving[before])
            before += 1
        wanting = self.giving.wanting(slot)
        chance = share_of(sum(one.tout == SELLER for one in wanting), len(wanting))
        taker = self.giving.hand_on(seller, agreed=True)
        for leaver in leaving[before:]:
            self.giving.hand_on(leaver)
        return taker is not None and taker.tout == SELLER, chance

    def _is_moment(self, slot: str, before: int, turn: int | None) -> bool:
        if turn is not None or not isinstance(self.giving, Drawn):
            return before == turn
        first = self.giving.next_for(slot)
        return first is not None and first.tout == SELLER


def _size(assumed: Assumptions) -> int:
    return assumed.places + assumed.backlog + OTHERS
