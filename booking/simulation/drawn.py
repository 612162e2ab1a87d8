"""A ranked round or a lottery: the production draw, and freed seats through the production queue."""

from collections.abc import Sequence
from random import Random

from booking.allotment.rules.draw import Json, Place, draw
from booking.allotment.rules.encoding import instant_text
from booking.allotment.rules.events import Line, Seats
from booking.simulation.city import DRAW_DAY, LANE, Learner, Method, moment

MINUTES_A_DAY = 1440


class ProductionError(RuntimeError):
    """The production queue refused what the simulation did; the message is the queue's own."""


class Drawn:
    """One week of places that are drawn. Nothing here decides: `draw`, `Seats` and `Line` do."""

    through_bots = False

    def __init__(self, crowd: Sequence[Learner], places: Sequence[Place], dice: Random, method: Method) -> None:
        self.places = places
        self.people = {one.pid: one for one in crowd}
        self.applicants = {one.pid: one.applicant(method) for one in crowd}
        self.outcome = draw(self.applicants, places, (LANE,), dice.randbytes(32), method=method, sample=0)
        self.line = Line(self.outcome.waiting, self.applicants, places)
        self.reopen()

    def reopen(self) -> None:
        """Go back to the instant after the draw."""
        self.events: list[Json] = []
        self.seats = Seats.after_draw(self.outcome, self.places, {place.id: 0 for place in self.places})
        self.line.begin_again()

    @property
    def holders(self) -> dict[str, str]:
        """Return the slot of everybody who holds a place."""
        return self.seats.holders

    def wanting(self, slot: str) -> list[Learner]:
        """Return who stands in the queue for this slot."""
        waiting = (self.people[pid] for pid in self.outcome.waiting if pid not in self.seats.gone)
        return [one for one in waiting if slot in one.slots]

    def next_for(self, slot: str) -> Learner | None:
        """Return whose turn it is, as the public record shows it to everybody."""
        pid = self.line.next_for(slot, self.seats.gone)
        return None if pid is None else self.people[pid]

    def hand_on(self, leaver: Learner, *, late: bool = False, agreed: bool = False) -> Learner | None:
        """Give the leaver's seat to the queue; return who has it now. That a tout `agreed` changes nothing."""
        slot = self.holders[leaver.pid]
        self._write("cancelled", leaver.pid, slot, "agreed" if agreed else "own")
        while (taker := self.next_for(slot)) is not None:
            self._write("granted", taker.pid, slot, "")
            if taker.takes(late=late):
                return taker
            self._write("cancelled", taker.pid, slot, "too_late")
        return None

    def _write(self, kind: str, pid: str, slot: str, reason: str) -> None:
        number = len(self.events) + 1
        at = instant_text(moment(0, DRAW_DAY + number / MINUTES_A_DAY))
        event = {"n": number, "kind": kind, "pid": pid, "slot": slot, "at": at, "reason": reason}
        if problem := self.seats.apply(event):
            raise ProductionError(problem)
        self.events.append(event)
