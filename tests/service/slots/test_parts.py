"""A long list of slots in parts: each begins after the last slot of the part before."""

from datetime import date, time

from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.models import Lane, Quota
from booking.slots.queries import line_of, next_free, slot_shown, slots_between
from tests import factories
from tests.conftest import NOW

FIRST, LAST = date(2026, 12, 8), date(2026, 12, 9)


def test_parts_one_after_the_other_are_the_whole_list(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        sites = [factories.site(session) for _ in range(2)]
        for day in (LAST, FIRST):
            for site_id in (*sites, *reversed(sites)):
                factories.slot(session, site_id=site_id, day=day, starts=time(9))

    with reading(sessions) as session:
        whole = slots_between(session, FIRST, LAST)
        parts = [slots_between(session, FIRST, LAST, after=slot, limit=1) for slot in (None, *whole)]

    assert [slot for part in parts for slot in part] == list(whole)
    assert len(whole) == 8


def test_places_are_counted_in_the_lanes_that_are_asked_for(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=3)
        session.add(Quota(slot_id=slot_id, lane=Lane.PRIORITY, capacity=2, released=2))

    with reading(sessions) as session:
        (every,) = slots_between(session, FIRST, LAST)
        (ordinary,) = slots_between(session, FIRST, LAST, lanes=[Lane.ORDINARY])
        one = slot_shown(session, slot_id, [Lane.PRIORITY])

    assert (every.remaining, ordinary.remaining) == (5, 3)
    assert one is not None
    assert one.remaining == 2


def test_the_way_on_from_a_full_session_names_no_seat_that_only_some_may_take(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        full = factories.slot(session, released=0)
        for_some = factories.slot(session, released=0, day=LAST)
        session.add(Quota(slot_id=for_some, lane=Lane.PRIORITY, capacity=2, released=2))
        for_all = factories.slot(session, released=1, day=LAST)

    with reading(sessions) as session:
        like = slot_shown(session, full)
        assert like is not None
        found = next_free(session, like, now=NOW)

    assert [slot.id for slot in found] == [for_all]


def test_a_slot_that_is_none_has_no_line(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session)

    with reading(sessions) as session:
        assert line_of(session, slot_id) == "exams"
        assert line_of(session, SlotId(999)) is None
