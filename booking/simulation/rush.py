"""First come, first served, with every freed seat back on sale at once: a race of reaction times."""

import math
from collections.abc import Iterator, Sequence
from random import Random

from booking.allotment.rules.draw import Place
from booking.simulation.city import Learner

# Seconds. A bot answers as fast as the network; of a person the page has to load, and be read.
NETWORK = (0.03, 0.15)
POLL = 0.5  # how often a bot asks whether a place has been freed
PERSON, SLOW_DEVICE, DAY_TO_DAY = 3.0, 3.0, 0.5  # middle, times as long, spread (of the logarithm)
RELOAD = 600.0  # how often somebody who hopes for a freed place looks, on average


class Rush:
    """One week of places that go to whoever is first. Whoever waits tries in the second of the release."""

    through_bots = True

    def __init__(self, crowd: Sequence[Learner], places: Sequence[Place], dice: Random) -> None:
        self.crowd, self.dice = crowd, dice
        self._released = self._release({place.id: sum(place.quota.values()) for place in places})
        without = [one for one in crowd if one.pid not in self._released]
        self._hoping = {place.id: [one for one in without if place.id in one.slots] for place in places}
        self.reopen()

    def reopen(self) -> None:
        """Go back to the minute after the release."""
        self.holders = dict(self._released)
        self._gone: set[str] = set()  # who gave a place back this week does not look for another one

    def _release(self, left: dict[str, int]) -> dict[str, str]:
        holders: dict[str, str] = {}
        for _, number in sorted((self._reaction(one), number) for number, one in enumerate(self.crowd)):
            one = self.crowd[number]
            slot = next((slot for slot in one.slots if left[slot]), None)
            if slot is not None:
                left[slot] -= 1
                holders[one.pid] = slot
        return holders

    def wanting(self, slot: str) -> list[Learner]:
        """Return who would still like a place of this slot."""
        done = self.holders.keys() | self._gone
        return [one for one in self._hoping[slot] if one.pid not in done]

    def hand_on(self, leaver: Learner, *, late: bool = False, agreed: bool = False) -> Learner | None:
        """Put the leaver's seat on sale; return who has it now. If `agreed`, the leaver's tout knows the second."""
        slot = self.holders.pop(leaver.pid)
        self._gone.add(leaver.pid)
        wanting = [one for one in self.wanting(slot) if one.takes(late=late) and not one.is_accomplice]
        clients = _first_clients(wanting)
        bots = ((self._bot(knows=agreed and tout == leaver.tout), client) for tout, client in sorted(clients.items()))
        best = min(bots, key=lambda bid: bid[0], default=None)
        taker = self._faster(best, [one for one in wanting if not one.hired])
        if taker is not None:
            self.holders[taker.pid] = slot
        return taker

    def _bot(self, *, knows: bool) -> float:
        return self.dice.uniform(*NETWORK) + (0 if knows else self.dice.uniform(0, POLL))

    def _reaction(self, one: Learner) -> float:
        if one.is_accomplice or one.hired:
            return self.dice.uniform(*NETWORK)
        return PERSON * one.speed * (SLOW_DEVICE if one.slow else 1) * math.exp(self.dice.gauss(0, DAY_TO_DAY))

    def _faster(self, best: tuple[float, Learner] | None, people: list[Learner]) -> Learner | None:
        """Return who is first, the best bot or one of the people who look now and then."""
        second, taker = best or (math.inf, None)
        for looks_at, one in self._looks(people):
            if looks_at >= second:
                break
            clicks_at = looks_at + self._reaction(one)
            if clicks_at < second:
                second, taker = clicks_at, one
        return taker

    def _looks(self, people: list[Learner]) -> Iterator[tuple[float, Learner]]:
        """Yield who looks next and when: independent exponential times, in their order."""
        left, clock = list(people), 0.0
        while left:
            clock += self.dice.expovariate(len(left) / RELOAD)
            number = self.dice.randrange(len(left))
            left[number], left[-1] = left[-1], left[number]
            yield clock, left.pop()


def _first_clients(wanting: Sequence[Learner]) -> dict[int, Learner]:
    """Return by tout the client who has waited longest: a bot tries for one at a time."""
    clients: dict[int, Learner] = {}
    for one in wanting:
        if one.hired and one.tout is not None:
            first = clients.setdefault(one.tout, one)
            if one.entitled < first.entitled:
                clients[one.tout] = one
    return clients
