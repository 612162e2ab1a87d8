"""The log is sealed piece after piece: nothing is left out, nothing sealed can change unseen, two seal it once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from booking.audit import service as audit
from booking.kernel.actors import SYSTEM
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, conflicts_as, constraint_name, reading, unit_of_work
from booking.supervision import jobs
from booking.supervision.models import LogSeal
from booking.supervision.queries.seals import broken_seals, seal_over, standing
from booking.supervision.service import sealing

MINUTE = timedelta(minutes=1)


def recorded(sessions: Sessions, clock: FixedClock, *numbers: int) -> None:
    with unit_of_work(sessions) as session:
        for number in numbers:
            audit.record(session, "slot published", "slot", number, actor=SYSTEM, now=clock.now())


def broken(sessions: Sessions) -> list[int]:
    with reading(sessions) as session:
        return list(broken_seals(session))


def changed_past_the_guards(sessions: Sessions, statement: str) -> None:
    """Do what only the owner of the database can: take the guard off, change the log."""
    with unit_of_work(sessions) as session:
        is_postgresql = session.get_bind().dialect.name == "postgresql"
        for event in ("update", "delete"):
            trigger = f"append_only_audit_entry_{event}"
            session.execute(text(f"DROP TRIGGER {trigger}{' ON audit_entry' if is_postgresql else ''}"))
        session.execute(text(statement))


def test_what_is_a_minute_old_is_sealed_and_the_rest_waits(sessions: Sessions, clock: FixedClock) -> None:
    recorded(sessions, clock, 1, 2)
    clock.instant += MINUTE
    recorded(sessions, clock, 3)

    sealed = jobs.seal_log(sessions, clock.now())

    with reading(sessions) as session:
        how = standing(session)
        over = seal_over(session, 2)
        assert seal_over(session, 3) is None
    assert sealed == 2
    assert how.waiting == 1
    assert how.head is not None
    assert (how.head.entries, how.head.is_whole) == (2, True)
    assert over is not None
    assert (over[0].number, over[1]) == (1, 2)


def test_a_long_log_is_sealed_in_pieces_that_follow_one_another(
    sessions: Sessions, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_ENTRIES", 2)
    recorded(sessions, clock, 1, 2, 3, 4, 5)

    assert jobs.seal_log(sessions, clock.now() + MINUTE) == 5
    assert jobs.seal_log(sessions, clock.now() + MINUTE) == 0
    with reading(sessions) as session:
        seals = [seal_over(session, number) for number in range(1, 6)]
    assert [found and (found[0].number, found[1]) for found in seals] == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]
    assert broken(sessions) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'forged' WHERE id = 1",
        "UPDATE audit_entry SET at = '2026-11-24 03:00:00+00:00' WHERE id = 1",
        "DELETE FROM audit_entry WHERE id = 1",
    ],
)
def test_a_log_changed_past_its_guards_no_longer_fits_its_seal(
    sessions: Sessions, clock: FixedClock, statement: str
) -> None:
    recorded(sessions, clock, 1, 2)
    jobs.seal_log(sessions, clock.now() + MINUTE)
    changed_past_the_guards(sessions, statement)

    assert broken(sessions) == [1]
    tuesday = clock.now()  # seal 1 is recomputed each Tuesday
    with pytest.raises(jobs.LogBrokenError):
        jobs.check_log(sessions, tuesday)


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE log_seal SET hash = 'forged'", "fixed_log_seal"),
        ("DELETE FROM log_seal", "kept_log_seal"),
    ],
)
def test_a_seal_is_neither_changed_nor_taken_off(
    sessions: Sessions, clock: FixedClock, statement: str, guard: str
) -> None:
    recorded(sessions, clock, 1)
    jobs.seal_log(sessions, clock.now() + MINUTE)

    with pytest.raises(IntegrityError) as failure, unit_of_work(sessions) as session:
        session.execute(text(statement))

    assert constraint_name(failure.value) == guard


def test_nothing_is_sealed_while_somebody_who_came_before_may_still_be_writing(
    sessions: Sessions, clock: FixedClock
) -> None:
    recorded(sessions, clock, 1)
    if sessions.engine.dialect.name == "sqlite":
        assert jobs.seal_log(sessions, clock.now() + MINUTE) == 1  # one writes at a time
        return
    with unit_of_work(sessions) as slow:
        audit.record(slow, "slot published", "slot", 2, actor=SYSTEM, now=clock.now())
        recorded(sessions, clock, 3)  # bears a later number and is committed first

        assert jobs.seal_log(sessions, clock.now() + MINUTE) == 0
    # A server numbers the writers of all its databases in one row: another test's may hold this up for a moment.
    assert any(jobs.seal_log(sessions, clock.now() + MINUTE) == 3 for _ in range(20))
    assert broken(sessions) == []


def test_the_check_is_real_without_the_wait_for_writers(
    postgresql_url: str, open_sessions: Callable[[str], Sessions], clock: FixedClock
) -> None:
    """The control, where two write at a time: sealed past a slow writer, its entry lies under no seal's count."""
    sessions = open_sessions(postgresql_url)
    with unit_of_work(sessions) as slow:
        audit.record(slow, "slot published", "slot", 1, actor=SYSTEM, now=clock.now())
        recorded(sessions, clock, 2)
        with unit_of_work(sessions) as session:
            sealing.seal_next(session, 2, now=clock.now())

    assert broken(sessions) == [1]


def test_who_comes_second_with_the_same_head_is_told_so(sessions: Sessions, clock: FixedClock) -> None:
    recorded(sessions, clock, 1)
    seal = {"number": 1, "after_id": 0, "last_id": 1, "entries": 1, "hash": "f" * 64, "sealed_at": clock.now()}
    with unit_of_work(sessions) as session:
        session.execute(insert(LogSeal).values(**seal))

    with (
        pytest.raises(sealing.SealedAlreadyError),
        unit_of_work(sessions) as session,
        conflicts_as(sealing.CONFLICTS),
    ):
        session.execute(insert(LogSeal).values(**seal))
