"""Week after week of one method: people come, places are given, freed and handed on, and the tests are sat."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from random import Random

from booking.allotment.rules.draw import Place
from booking.simulation.account import Account, share_of, wait_of
from booking.simulation.city import EXAM_DAY, Assumptions, Learner, Method, People, dice_of, moment
from booking.simulation.drawn import Drawn
from booking.simulation.rush import Rush

Giving = Rush | Drawn
Echo = Callable[[str], object]
WEEKS_BETWEEN_REPORTS = 26
FREED_DAY = 2  # after the Monday of the week: when a place comes back, on average
# Ten full days have to pass after a failed test, and the next week's requests close before that.
WEEKS_AFTER_FAILING, WEEKS_AFTER_CANCELLING = 2, 1


def open_week(method: Method, crowd: Sequence[Learner], places: Sequence[Place], dice: Random) -> Giving:
    """Give the places of one week out."""
    return Rush(crowd, places, dice) if method == "first_come" else Drawn(crowd, places, dice, method)


def simulate_method(method: Method, assumed: Assumptions, seed: int, echo: Echo) -> Account:
    """Live all weeks under one method. Every method meets the same people, who come in the same weeks."""
    city = City(method, assumed, seed)
    for week in range(assumed.weeks):
        city.live(week)
        if (week + 1) % WEEKS_BETWEEN_REPORTS == 0 or week + 1 == assumed.weeks:
            echo(f"{method}: week {week + 1} of {assumed.weeks}")
    return city.close()


class City:
    """The city under one method: who waits, who comes back when, and the account."""

    def __init__(self, method: Method, assumed: Assumptions, seed: int) -> None:
        self.assumed = assumed
        self.people = People(assumed, dice_of(seed, "people"))
        self.dice = dice_of(seed, method)
        self.account = Account(method)
        self.waiting = [*self.people.backlog(), *self.people.confederates()]
        self._back: defaultdict[int, list[Learner]] = defaultdict(list)

    def live(self, week: int) -> Giving:
        """Live one week, and return how its places were given."""
        crowd = [*self.waiting, *self._back.pop(week, []), *self.people.newcomers(week)]
        giving = open_week(self.account.method, crowd, self.people.places, self.dice)
        given = [one for one in crowd if one.pid in giving.holders and not one.is_accomplice]
        self._count_shares(crowd, given)
        for one in given:
            self._granted(one, week, giving)
        for one in crowd:
            if one.pid not in giving.holders and one.tout is not None:
                one.hired = True
        self._hand_on(crowd, week, giving)
        self._sit(crowd, week, giving)
        returning = {one.pid for people in self._back.values() for one in people}
        served = giving.holders.keys() | returning
        self.waiting = [one for one in crowd if one.pid not in served]
        for one in self.waiting:
            one.losses += 1
        return giving

    def close(self) -> Account:
        """End the run: whoever still waits is counted with the wait so far, a lower bound."""
        unserved = [one for one in self.waiting if not one.is_accomplice]
        self.account.unserved = len(unserved)
        self.account.waits += [wait_of(one, self.assumed.weeks) for one in unserved]
        return self.account

    def _granted(self, one: Learner, week: int, giving: Giving, *, resold: bool = False) -> None:
        self.account.grant(one, week, through_tout=one.hired if giving.through_bots else resold)

    def _count_shares(self, crowd: Iterable[Learner], given: Sequence[Learner]) -> None:
        """Count what groups got, beside their share of those who stood there."""
        learners = [one for one in crowd if not one.is_accomplice]
        self.account.customers.count(len(given), _customers(given), share_of(_customers(learners), len(learners)))
        self.account.slow.count(len(given), _slow(given), share_of(_slow(learners), len(learners)))

    def _hand_on(self, crowd: Sequence[Learner], week: int, giving: Giving) -> None:
        """Free places, early ones first, and hand each on; an accomplice who gets one frees it again."""
        leaving = [(self._is_late(one, giving), one) for one in crowd if self._leaves(one, giving)]
        self.dice.shuffle(leaving)
        queue = deque(sorted(leaving, key=lambda pair: pair[0]))
        while queue:
            late, leaver = queue.popleft()
            waiting = giving.wanting(giving.holders[leaver.pid])
            clients = [one for one in waiting if _buys_from(one, leaver)]
            taker = giving.hand_on(leaver, late=late, agreed=bool(clients))
            reached = taker is not None and _buys_from(taker, leaver)
            if clients:
                self.account.resold += 1
                self.account.resales.count(1, int(reached), len(clients) / len(waiting))
            self._comes_back(leaver, week + WEEKS_AFTER_CANCELLING, moment(week, FREED_DAY))
            if taker is not None and taker.is_accomplice:
                queue.append((True, taker))
            elif taker is not None:
                self._count_shares(waiting, [taker])
                self._granted(taker, week, giving, resold=reached)

    def _leaves(self, one: Learner, giving: Giving) -> bool:
        return one.pid in giving.holders and (one.is_accomplice or self.dice.random() < self.assumed.cancels)

    def _is_late(self, one: Learner, giving: Giving) -> bool:
        """Say when a place comes back: an accomplice's as soon as there is a client for it, else at the end."""
        if one.is_accomplice:
            return not any(_buys_from(client, one) for client in giving.wanting(giving.holders[one.pid]))
        return self.dice.random() < self.assumed.late

    def _sit(self, crowd: Sequence[Learner], week: int, giving: Giving) -> None:
        """Let everybody who holds a place sit the test, pass, fail or stay away (which counts as failing)."""
        sitting = [one for one in crowd if one.pid in giving.holders]
        absent = 0
        for one in sitting:
            stays_away = self.dice.random() < self.assumed.absent
            fails = stays_away or self.dice.random() < self.assumed.fails
            absent += stays_away
            one.attempts += fails
            if fails and one.attempts < self.assumed.attempts:
                self._comes_back(one, week + WEEKS_AFTER_FAILING, moment(week, EXAM_DAY))
        self.account.seats += self.assumed.places
        self.account.sat += len(sitting) - absent
        self.account.absent += absent
        self.account.empty += self.assumed.places - len(sitting)

    def _comes_back(self, one: Learner, entitled: int, ranked_at: datetime) -> None:
        """Stand in the queue again, behind everybody: the ranking time is now that of the test or cancellation."""
        one.entitled, one.ranked_at, one.losses = entitled, ranked_at, 0
        self._back[entitled].append(one)


def _customers(people: Iterable[Learner]) -> int:
    return sum(one.tout is not None for one in people)


def _slow(people: Iterable[Learner]) -> int:
    return sum(one.slow for one in people)


def _buys_from(one: Learner, seller: Learner) -> bool:
    return seller.is_accomplice and one.hired and not one.is_accomplice and one.tout == seller.tout
