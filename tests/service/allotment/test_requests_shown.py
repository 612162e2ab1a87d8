"""What pages read of requests and rounds: fixed numbers of statements, and counts that are right."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from booking.allotment.queries.crowds import crowds, cut_offs, odds
from booking.allotment.queries.requests import (
    askable_slots,
    described,
    requests_of,
    shown_request,
    slots_of_rounds,
    stands_of,
    wishes_shown,
)
from booking.allotment.service import requests
from booking.allotment.service.wishes import AnyAt
from booking.exams.line import EXAMS
from booking.kernel.calendar import start_of
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId
from booking.slots.models import Lane
from tests.service.allotment.city import DAY, DRAW, OPENED, Town

SINCE = date(2026, 3, 1)
NOBODY = EXAMS.holder(PersonId(0))


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """Collect the SELECTs that the session's engine runs."""
    found: list[str] = []
    engine = session.get_bind()

    def note(*given: object) -> None:
        found.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def town_with(sessions: Sessions, *, days: int, people: int) -> tuple[Town, str, PersonId]:
    """Return a town with a round for each of `days`, in all of which `people` and one more ask for everything."""
    town = Town(sessions)
    for number in range(days):
        town.add_slot(day=DAY + timedelta(days=number), ordinary=2)
    town.open()
    for number in range(people):
        town.ask(town.add_learner(accepted_on=SINCE + timedelta(days=number)), *town.slots, AnyAt(town.site_id))
    mei = town.add_learner(accepted_on=SINCE + timedelta(days=1))
    assert mei.person_id is not None
    return town, town.ask(mei, *town.slots), mei.person_id


READS: dict[str, tuple[int, Callable[[Session, int, PersonId], object]]] = {
    "requests_of": (1, lambda session, request_id, person_id: requests_of(session, person_id)),
    "wishes_shown": (1, lambda session, request_id, person_id: wishes_shown(session, request_id)),
    "stands_of": (1, lambda session, request_id, person_id: stands_of(session, request_id)),
    "askable_slots": (1, lambda session, *_: askable_slots(session, "exams", "subject_2", now=OPENED)),
    "described": (2, lambda session, *_: described(session, [AnyAt(SiteId(1)), AnyAt(SiteId(2))])),
    "slots_of_rounds": (1, lambda session, *_: slots_of_rounds(session, [1, 2, 3])),
    "crowds": (
        3,
        lambda session, request_id, person_id: crowds(session, [1, 2, 3], apart_from=EXAMS.holder(person_id)),
    ),
    "odds": (3, lambda session, *_: odds(session, "exams", "subject_2", [SiteId(1), SiteId(2)])),
    "cut_offs": (1, lambda session, request_id, person_id: cut_offs(session, request_id)),
}


@pytest.mark.parametrize("name", READS)
def test_each_reads_a_fixed_number_of_statements(sessions: Sessions, name: str) -> None:
    most, read = READS[name]
    _, reference, person_id = town_with(sessions, days=3, people=2)

    with reading(sessions) as session:
        request_id = shown_request(session, reference, person_id=person_id).id
        with statements(session) as found:
            read(session, request_id, person_id)

    assert len([one for one in found if one.lstrip().startswith("SELECT")]) == most


def test_a_crowd_counts_who_is_before_level_and_asking_without_the_person(sessions: Sessions) -> None:
    town, _, person_id = town_with(sessions, days=1, people=3)
    mine = start_of(SINCE + timedelta(days=11))  # subject 1 of ten days after the acceptance

    with reading(sessions) as session:
        crowd = crowds(session, [1], apart_from=EXAMS.holder(person_id))[1]
        everybody = crowds(session, [1], apart_from=NOBODY)[1]

    assert (crowd.others, everybody.others) == (3, 4)
    assert (crowd.before(Lane.ORDINARY, mine), crowd.level(Lane.ORDINARY, mine)) == (1, 1)
    assert (crowd.before(Lane.PRIORITY, mine), crowd.before(Lane.MAKE_UP, mine)) == (0, 0)
    # Who asks for the session and for its site as well is one person.
    assert crowd.asking(str(town.slots[0]), str(town.site_id)) == 3


def test_whoever_left_the_round_is_not_counted(sessions: Sessions) -> None:
    town, _, person_id = town_with(sessions, days=1, people=0)
    other = town.add_learner(accepted_on=SINCE)
    reference = town.ask(other, town.slots[0])
    with unit_of_work(sessions) as session:
        requests.withdraw(session, EXAMS, reference, actor=other, now=OPENED)

    with reading(sessions) as session:
        assert crowds(session, [1], apart_from=EXAMS.holder(person_id))[1].others == 0


def test_odds_count_drawn_rounds_only_and_by_site(sessions: Sessions) -> None:
    town, _, _ = town_with(sessions, days=1, people=4)
    elsewhere = SiteId(town.site_id + 1000)

    with reading(sessions) as session:
        before = odds(session, "exams", "subject_2", [town.site_id])[town.site_id]
    town.draw()
    with reading(sessions) as session:
        after = odds(session, "exams", "subject_2", [town.site_id, elsewhere])

    assert (before.rounds, before.asked, before.granted) == (0, 0, 0)
    assert (after[town.site_id].rounds, after[town.site_id].asked, after[town.site_id].granted) == (1, 5, 2)
    assert after[elsewhere].asked == 0


def test_the_cut_off_is_the_last_one_granted_in_the_lanes_in_which_the_person_stood(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(ordinary=1, priority=1)
    town.open()
    # The permit ends in less than half a year: this person stands in the priority lane, with a late ranking time.
    town.ask(town.add_learner(accepted_on=date(2026, 8, 1), valid_until=date(2027, 2, 1)), slot_id)
    town.ask(town.add_learner(accepted_on=SINCE), slot_id)
    mei = town.add_learner(accepted_on=SINCE + timedelta(days=1))
    reference = town.ask(mei, slot_id)
    town.draw()

    with reading(sessions) as session:
        request = shown_request(session, reference, person_id=mei.person_id)
        found = cut_offs(session, request.id)

    assert found[1][str(slot_id)].lane is Lane.ORDINARY
    assert found[1][str(slot_id)].ranking_time == start_of(SINCE + timedelta(days=10))


def test_a_stand_shows_the_latest_row_and_what_the_draw_brought(sessions: Sessions) -> None:
    town, reference, person_id = town_with(sessions, days=1, people=1)
    for days in (1, 2):
        town.ask(town.add_learner(accepted_on=SINCE - timedelta(days=days)), *town.slots)
    with reading(sessions) as session:
        request_id = shown_request(session, reference, person_id=person_id).id
        (before,) = stands_of(session, request_id)
    town.draw()

    with reading(sessions) as session:
        (after,) = stands_of(session, request_id)

    assert (before.seq, before.place, before.places, before.drawn_at) == (2, 0, 2, None)
    assert (after.place, after.queue, after.drawn_at) == (4, 2, DRAW)
    assert len(after.leaf) == 64
