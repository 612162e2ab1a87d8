"""A long list of slots in parts: each begins after the last slot of the part before."""

from datetime import date, time

from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.queries import line_of, slots_between
from tests import factories

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


def test_a_slot_that_is_none_has_no_line(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session)

    with reading(sessions) as session:
        assert line_of(session, slot_id) == "exams"
        assert line_of(session, SlotId(999)) is None
