"""Reading the log: one object's history in order, and what is sought page by page."""

from datetime import timedelta

from sqlalchemy import select

from booking.audit import service as audit
from booking.audit.models import AuditEntry
from booking.audit.queries import Sought, entries, history
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.calendar import local_day
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from tests import factories


def test_the_history_of_an_object_is_its_own_in_the_order_of_the_acts(sessions: Sessions, clock: FixedClock) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
        for act, kind, object_id in (("made", "booking", 7), ("made", "slot", 7), ("moved", "booking", 7)):
            audit.record(session, act, kind, object_id, actor=clerk, now=clock.now(), reason=f"{act} {kind}")

    with reading(sessions) as session:
        told = history(session, "booking", 7)

    assert [(entry.act, entry.role, entry.account_id) for entry in told] == [
        ("made", Role.COUNTER, clerk.account_id),
        ("moved", Role.COUNTER, clerk.account_id),
    ]


def test_many_entries_are_the_entries_of_each(sessions: Sessions, clock: FixedClock) -> None:
    objects = [(number, {"amount": number * 2}) for number in range(3)]
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
        audit.record_all(session, "made", "many", objects, actor=clerk, now=clock.now())
        audit.record_all(session, "made", "none", [], actor=clerk, now=clock.now())
        for number, after in objects:
            audit.record(session, "made", "each", number, actor=clerk, now=clock.now(), after=after)

    with reading(sessions) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = {
        kind: [
            (
                row.at,
                row.account_id,
                row.person_id,
                row.role,
                row.act,
                row.object_id,
                row.before,
                row.after,
                row.reason,
            )
            for row in rows
            if row.object_kind == kind
        ]
        for kind in ("many", "none", "each")
    }
    assert told["many"] == told["each"]
    assert (len(told["many"]), told["none"]) == (3, [])


def test_pages_of_the_log_meet_without_gap_or_overlap(sessions: Sessions, clock: FixedClock) -> None:
    with unit_of_work(sessions) as session:
        for number in range(7):
            audit.record(session, "made", "booking", number, actor=SYSTEM, now=clock.now())

    seen: list[str] = []
    before = None
    with reading(sessions) as session:
        while page := entries(session, Sought(), before=before, limit=3):
            seen += [entry.object_id for entry in page]
            before = page[-1].id

    assert seen == [str(number) for number in reversed(range(7))]


def test_the_day_of_an_entry_is_the_day_at_the_office(sessions: Sessions, clock: FixedClock) -> None:
    just_after_midnight = clock.now().replace(hour=16, minute=0)  # in UTC: 00:00 of the next day at the office
    with unit_of_work(sessions) as session:
        audit.record(session, "made", "booking", 1, actor=SYSTEM, now=just_after_midnight - timedelta(seconds=1))
        audit.record(session, "made", "booking", 2, actor=SYSTEM, now=just_after_midnight)

    with reading(sessions) as session:
        found = entries(session, Sought(day=local_day(just_after_midnight)))

    assert [entry.object_id for entry in found] == ["2"]
