"""Two people changed the same draft: what each has, session by session, and what comes of choosing between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import eq

from booking.plans.rules.pattern import PlannedLine

FIELDS = ("starts", "ends", "classes", "ordinary", "priority")


class Side(StrEnum):
    """Whose words count."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Pair:
    """One session as I typed it and as it is stored; None where a side has no such session."""

    number: int
    mine: PlannedLine | None
    theirs: PlannedLine | None

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields in which the two differ; "whole" where one side has no such session."""
        if self.mine is None or self.theirs is None:
            return ("whole",)
        return tuple(name for name in FIELDS if getattr(self.mine, name) != getattr(self.theirs, name))

    def merged(self, taken: Mapping[str, Side]) -> PlannedLine | None:
        """Return the session, each differing field from the side that was taken; mine where nothing is said."""
        if self.mine is None or self.theirs is None:
            return self.mine if taken.get("whole", Side.MINE) is Side.MINE else self.theirs
        others = {name: getattr(self.theirs, name) for name in self.differing if taken.get(name) is Side.THEIRS}
        return replace(self.mine, **others)


def pairs(mine: Sequence[PlannedLine], theirs: Sequence[PlannedLine]) -> tuple[Pair, ...]:
    """Lay the sessions side by side, in order of time.

    Equal ones belong together, then those that begin at the same time for the same classes, then those that begin at
    the same time, then those that overlap; what is left over stands alone.
    """
    left, right = sorted(mine), sorted(theirs)
    found: list[tuple[PlannedLine | None, PlannedLine | None]] = []
    for belong_together in (eq, _begin_for_same_classes, _begin_together, _overlap):
        for one in list(left):
            other = next((other for other in right if belong_together(one, other)), None)
            if other is not None:
                left.remove(one)
                right.remove(other)
                found.append((one, other))
    found += [*((one, None) for one in left), *((None, other) for other in right)]
    in_time = sorted(found, key=lambda pair: [line for line in pair if line is not None])
    return tuple(Pair(number, *pair) for number, pair in enumerate(in_time, start=1))


def defaults(found: Sequence[Pair], base: Sequence[PlannedLine]) -> Mapping[int, Mapping[str, Side]]:
    """Propose a side for each difference: theirs where I left what I had read (`base`) as it was, else mine."""
    read_as = {pair.mine: pair.theirs for pair in pairs([one.mine for one in found if one.mine], base) if pair.mine}
    return {
        pair.number: {
            name: _default(pair, name, read_as.get(pair.mine) if pair.mine else None, base) for name in pair.differing
        }
        for pair in found
    }


def _default(pair: Pair, name: str, read: PlannedLine | None, base: Sequence[PlannedLine]) -> Side:
    if pair.mine is None:  # they have it and I do not: I took it out, or they added it
        return Side.MINE if pair.theirs in base else Side.THEIRS
    if name == "whole":
        return Side.THEIRS if pair.mine == read else Side.MINE
    return Side.THEIRS if read is not None and getattr(read, name) == getattr(pair.mine, name) else Side.MINE


def merge(found: Sequence[Pair], taken: Mapping[int, Mapping[str, Side]]) -> tuple[PlannedLine, ...]:
    """Return the sessions that come of the choices `taken` (session number → field → side)."""
    return tuple(sorted(line for line in _merged(found, taken) if line is not None))


def _merged(found: Sequence[Pair], taken: Mapping[int, Mapping[str, Side]]) -> Iterator[PlannedLine | None]:
    for pair in found:
        yield pair.merged(taken.get(pair.number, {}))


def _begin_for_same_classes(one: PlannedLine, other: PlannedLine) -> bool:
    return (one.starts, one.classes) == (other.starts, other.classes)


def _begin_together(one: PlannedLine, other: PlannedLine) -> bool:
    return one.starts == other.starts


def _overlap(one: PlannedLine, other: PlannedLine) -> bool:
    return one.starts < other.ends and other.starts < one.ends
