"""Spot checks: drawn once a week so that anybody can draw them again; looked at once, by nobody who is concerned."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from booking.audit import service as audit
from booking.audit.queries import Sought, entries
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, constraint_name, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError
from booking.stats.rules.spans import Days
from booking.supervision import jobs
from booking.supervision.models import LogSeal, Outcome, SpotCheck, SpotDraw
from booking.supervision.rules.chain import drawn
from booking.supervision.service import checks
from booking.supervision.service.checks import Looked, LookedAtAlreadyError
from tests import factories

DAYS = Days(date(2026, 10, 26), date(2026, 11, 24))
FINE = Looked(Outcome.EXPLAINED, "a queue of old people after the release")
WEEK = date(2026, 11, 16)  # the Monday of the week before


def supervisor(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.SUPERVISOR)


def booked_last_week(sessions: Sessions, clock: FixedClock, amount: int) -> list[str]:
    """Add bookings of the week before, one of this week, and something to seal."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=amount + 1)
        people = [factories.account(session) for _ in range(amount + 1)]
        at = clock.now() - timedelta(days=7)
        made = [factories.booking(session, person, slot_id, at=at) for person in people[1:]]
        factories.booking(session, people[0], slot_id, at=clock.now())
        audit.record(session, "slot published", "slot", slot_id, actor=SYSTEM, now=clock.now() - timedelta(minutes=2))
    return made


def test_the_week_that_is_over_is_drawn_once_from_the_first_seal_after_it(
    sessions: Sessions, clock: FixedClock
) -> None:
    made = booked_last_week(sessions, clock, 12)
    assert jobs.draw_spot_checks(sessions, clock.now()) == 0  # nothing is sealed since: there is no seed yet
    jobs.seal_log(sessions, clock.now())

    assert jobs.draw_spot_checks(sessions, clock.now()) == 10
    assert jobs.draw_spot_checks(sessions, clock.now()) == 0

    with reading(sessions) as session:
        draw = session.get_one(SpotDraw, WEEK)
        seal = session.get_one(LogSeal, draw.seal)
        subjects = set(session.scalars(select(SpotCheck.subject).where(SpotCheck.outcome == Outcome.OPEN)))
        of_week = {row.reference: f"booking:{row.id}" for row in session.execute(checks.bookings_of_week(WEEK))}
    assert set(of_week) == set(made)
    assert (draw.bookings, draw.drawn, draw.seed) == (12, 10, seal.hash)
    assert subjects == {of_week[reference] for reference in drawn(seal.hash, made, 10)}


def test_a_finding_is_looked_at_once_for_its_days_and_the_log_tells_of_it(
    sessions: Sessions, clock: FixedClock
) -> None:
    actor = supervisor(sessions)
    with unit_of_work(sessions) as session:
        checks.look_at(session, "phone", "phone:3f9a", DAYS, 4, looked=FINE, actor=actor, now=clock.now())

    with pytest.raises(LookedAtAlreadyError), unit_of_work(sessions) as session:
        checks.look_at(session, "phone", "phone:3f9a", DAYS, 4, looked=FINE, actor=actor, now=clock.now())

    with reading(sessions) as session:
        told = entries(session, Sought(act="finding looked at"))
    assert [(entry.account_id, entry.reason) for entry in told] == [(actor.account_id, FINE.note)]


@pytest.mark.parametrize(
    ("looked", "field"),
    [(Looked(Outcome.CLEAN, "  "), "note"), (Looked(Outcome.OPEN, "seen"), "outcome")],
)
def test_a_look_without_words_or_outcome_is_none(
    sessions: Sessions, clock: FixedClock, looked: Looked, field: str
) -> None:
    actor = supervisor(sessions)

    with pytest.raises(InvalidInputError, match=field), unit_of_work(sessions) as session:
        checks.look_at(session, "phone", "phone:3f9a", DAYS, 4, looked=looked, actor=actor, now=clock.now())


def test_nobody_judges_their_own_acts_in_whichever_account(sessions: Sessions, clock: FixedClock) -> None:
    actor = supervisor(sessions)
    with unit_of_work(sessions) as session:
        private = factories.account(session, person_id=actor.person_id)
        of_others = factories.account(session, Role.COUNTER)

    for subject in (f"account:{private.account_id}", f"person:{actor.person_id}", f"person:{actor.person_id}/road"):
        with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
            checks.look_at(session, "burst", subject, DAYS, 40, looked=FINE, actor=actor, now=clock.now())
    with unit_of_work(sessions) as session:
        subject = f"account:{of_others.account_id}"
        assert checks.look_at(session, "burst", subject, DAYS, 40, looked=FINE, actor=actor, now=clock.now())


def test_a_drawn_booking_is_closed_once_and_stays_as_it_was_written(sessions: Sessions, clock: FixedClock) -> None:
    booked_last_week(sessions, clock, 1)
    jobs.seal_log(sessions, clock.now())
    jobs.draw_spot_checks(sessions, clock.now())
    actor = supervisor(sessions)
    with unit_of_work(sessions) as session:
        check_id = session.scalars(select(SpotCheck.id)).one()
        checks.close(session, check_id, looked=FINE, actor=actor, now=clock.now())

    with pytest.raises(LookedAtAlreadyError), unit_of_work(sessions) as session:
        checks.close(session, check_id, looked=FINE, actor=actor, now=clock.now())
    for statement, guard in (
        ("UPDATE spot_check SET note = 'nothing'", "fixed_spot_check"),
        ("DELETE FROM spot_check", "kept_spot_check"),
        ("UPDATE spot_draw SET seed = 'chosen'", "fixed_spot_draw"),
    ):
        with pytest.raises(IntegrityError) as failure, unit_of_work(sessions) as session:
            session.execute(text(statement))
        assert constraint_name(failure.value) == guard
