"""Where and when the needed places could be given: sessions spread over days and sites, the earliest days first.

Each place goes to a session that is not full, of the first round of sessions before one of the second, the earliest
day before a later one. One more who waits therefore never changes where the others' places lie, beyond one place.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from booking.demand.rules.facts import SiteRoom
from booking.demand.rules.flow import Row, rarest_first
from booking.exams.rules.facts import Subject
from booking.kernel.ids import SiteId
from booking.plans.rules.pattern import PlannedDay, PlannedLine

SESSION_PLACES = 20
HOURS = ((8, 9), (9, 10), (10, 11), (14, 15), (15, 16), (16, 17))  # each begins and ends at half past
# Where room is short, whoever is nearest to the licence comes first.
NEAREST_FIRST = tuple(reversed(Subject))
Cell = tuple[date, SiteId]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Places for one subject at one site on one day."""

    site_id: SiteId
    subject: Subject
    day: date
    places: int

    @property
    def planned(self) -> PlannedDay:
        """The day as a draft: sessions of about twenty, at most six, with the places shared out evenly.

        More than six times twenty places make the six larger.
        """
        return PlannedDay(self.day, tuple(_sessions(self.places)))


def place(rows: Sequence[Row], sites: Sequence[SiteRoom]) -> tuple[Proposal, ...]:
    """Return the proposals for what the rows need, as far as the sites have room; by day, site and subject."""
    left: Counter[Cell] = Counter({(day, site.site_id): room for site in sites for day, room in site.room.items()})
    found: list[Proposal] = []
    for subject in NEAREST_FIRST:
        need = {row.licence_class: row.need for row in rows if row.subject is subject}
        laid: Counter[Cell] = Counter()
        for code in rarest_first(need, subject, sites):
            _lay(need[code], _cells(subject, code, sites), left, laid)
        found += [Proposal(site_id, subject, day, places) for (day, site_id), places in laid.items() if places]
    return tuple(sorted(found, key=lambda one: (one.day, one.site_id, list(Subject).index(one.subject))))


def _cells(subject: Subject, code: str, sites: Sequence[SiteRoom]) -> Iterator[Cell]:
    for site in sites:
        if site.takes(subject, code):
            yield from ((day, site.site_id) for day in site.room if (subject, day) not in site.planned)


def _lay(need: int, cells: Iterator[Cell], left: Counter[Cell], laid: Counter[Cell]) -> None:
    """Lay so many places into the cells; `left` is the room of all subjects, `laid` what this subject has."""
    waiting = [(laid[cell] // SESSION_PLACES, cell) for cell in cells if left[cell] > 0]
    heapq.heapify(waiting)
    while need and waiting:
        _round, cell = heapq.heappop(waiting)
        amount = min(need, left[cell], SESSION_PLACES - laid[cell] % SESSION_PLACES)
        need -= amount
        left[cell] -= amount
        laid[cell] += amount
        if left[cell]:
            heapq.heappush(waiting, (laid[cell] // SESSION_PLACES, cell))


def _sessions(places: int) -> Iterator[PlannedLine]:
    count = min(-(-places // SESSION_PLACES), len(HOURS))
    for number, (begins, ends) in enumerate(HOURS[:count]):
        share = places // count + (number < places % count)
        yield PlannedLine(time(begins, 30), time(ends, 30), "", ordinary=share)


def places_by_subject(proposals: Sequence[Proposal]) -> Mapping[Subject, int]:
    """Return how many places are proposed for each subject."""
    found: Counter[Subject] = Counter()
    for one in proposals:
        found[one.subject] += one.places
    return found
