"""Jobs of rounds. Every step is a transaction of its own, claimed once; one that was slept through is made good."""

from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from booking.allotment.beacons import Beacons, DoubtfulValueError
from booking.allotment.models.rounds import Stage
from booking.allotment.service import beacons as values
from booking.allotment.service import closures, drawing, entering, handing_on, opening, stages
from booking.bookings.line import Line
from booking.bookings.queries import live_in_withdrawn_slots
from booking.kernel.actors import SYSTEM
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, each_alone, reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.policies import queries as policies

log = structlog.get_logger()


def open_rounds(sessions: Sessions, line: Line, beacons: Beacons, now: datetime) -> int:
    """Open the rounds of newly published slots and enter the requests that go on; return how many were opened."""
    with reading(sessions) as session:
        groups = opening.groups_without_round(session, line.key)
    opened = each_alone(
        sessions,
        groups,
        lambda session, group: opening.open_round(session, line, group, demo=beacons.is_demo, actor=SYSTEM, now=now),
    )
    with reading(sessions) as session:
        fresh = entering.rounds_to_carry(session, line.key)
    for round_id in fresh:
        _carry_requests_on(sessions, line, round_id, now)
    return opened


def _carry_requests_on(sessions: Sessions, line: Line, round_id: int, now: datetime) -> None:
    with reading(sessions) as session:
        waiting = entering.carried_on(session, round_id)
    each_alone(
        sessions,
        waiting,
        lambda session, request_id: entering.carry_on(session, line, request_id, round_id, now=now),
    )
    with unit_of_work(sessions) as session:
        entering.all_carried(session, round_id, now=now)


def advance_rounds(sessions: Sessions, line: Line, beacons: Beacons, now: datetime) -> int:
    """Take every step that is due, in the order of a round's life; return how many steps were taken here."""
    done = 0
    with reading(sessions) as session:
        grown = stages.rounds_to_checkpoint(session, line.key, now=now)
        closing = stages.due(session, line.key, Stage.COLLECTING, now=now)
    done += each_alone(sessions, grown, partial(_checkpoint, now=now))
    done += each_alone(sessions, closing, partial(_close, now=now))
    with reading(sessions) as session:
        freezing = stages.due(session, line.key, Stage.CLOSED, now=now)
    done += each_alone(sessions, freezing, partial(_freeze, now=now))
    done += fetch_values(sessions, line, beacons, now)
    done += draw_rounds(sessions, line, now)
    with reading(sessions) as session:
        ended = handing_on.rounds_to_follow(session, line.key)
    return done + each_alone(sessions, ended, handing_on.follow)


def fetch_values(sessions: Sessions, line: Line, beacons: Beacons, now: datetime) -> int:
    """Fetch the random values that are due and missing; one in doubt is not kept, and the supervisors are told."""
    with reading(sessions) as session:
        due = [
            (round_.id, round_.announcement_hash, round_.beacon_not_before, source)
            for round_ in values.waiting_for_values(session, line.key, now=now)
            for source in values.missing_sources(session, round_)
        ]
    kept = 0
    for round_id, announcement_hash, not_before, source in due:
        problem, value = "", None
        if source in beacons.fetchers:
            try:
                value = beacons.fetchers[source](announcement_hash, not_before)
            except DoubtfulValueError as doubt:
                log.warning("random value in doubt", round=round_id, source=source, cause=str(doubt))
                problem = "wrong"
        with unit_of_work(sessions) as session:
            if value is not None:
                kept += values.keep_value(session, round_id, source, value, actor=SYSTEM, now=now)
            else:
                values.alarm_once(session, round_id, problem, actor=SYSTEM, now=now)
    return kept


def draw_rounds(sessions: Sessions, line: Line, now: datetime) -> int:
    """Draw the rounds whose random values are beyond doubt, and hand on at once what the draw passes over."""
    with reading(sessions) as session:
        due = stages.due(session, line.key, Stage.FROZEN, now=now)
    done, failures = 0, []
    for round_id in due:  # computed before anything is locked; one failure holds up no other round
        try:
            done += _draw(sessions, line, round_id, now)
        except (BookingError, SQLAlchemyError) as failure:
            log.error("round not drawn", round=round_id, kind=type(failure).__name__)
            failures.append(failure)
    if failures:
        raise failures[0]
    return done


def _draw(sessions: Sessions, line: Line, round_id: int, now: datetime) -> bool:
    with reading(sessions) as session:
        drawn = drawing.compute(session, round_id)
    if drawn is None:
        return False
    with unit_of_work(sessions) as session:
        settled = drawing.settle(session, line, round_id, drawn, actor=SYSTEM, now=now)
        if settled:
            handing_on.hand_on(session, line, round_id, actor=SYSTEM, now=now)
    return settled


def hand_on_seats(sessions: Sessions, line: Line, now: datetime) -> int:
    """At the announced hour, hand freed and leftover seats to the queues, the rest on sale; return how many."""
    with reading(sessions) as session:
        rounds = handing_on.rounds_to_hand_on(session, line.key, now=now)
    given = each_alone(
        sessions,
        rounds,
        lambda session, round_id: handing_on.hand_on(session, line, round_id, actor=SYSTEM, now=now),
    )
    with unit_of_work(sessions) as session:
        handing_on.return_undecided(session, line.key, actor=SYSTEM, now=now)
    return given


def end_requests_without_hope(sessions: Sessions, line: Line, now: datetime) -> int:
    """End the live requests of which nothing can be had any more, each alone; return how many."""
    with reading(sessions) as session:
        over = handing_on.requests_without_hope(session, line.key, now=now)
    return each_alone(
        sessions,
        over,
        lambda session, request_id: handing_on.end_without_hope(session, line, request_id, actor=SYSTEM, now=now),
    )


def cancel_in_withdrawn_slots(sessions: Sessions, line: Line, now: datetime) -> int:
    """Cancel every live booking in a withdrawn slot and ask again for its holder, each alone; return how many."""
    with reading(sessions) as session:
        hit = live_in_withdrawn_slots(session, line.key)
    return each_alone(
        sessions,
        hit,
        lambda session, booking_id: closures.cancel_and_ask_again(session, line, booking_id, actor=SYSTEM, now=now),
    )


def destroy_old_keys(sessions: Sessions, line: Line, now: datetime) -> int:
    """Destroy the keys of pseudonyms whose time is over; return how many."""
    today = local_day(now)
    with unit_of_work(sessions) as session:
        kept = timedelta(policies.all_values(session, today).number("rounds.key_days"))
        return stages.destroy_keys(session, line.key, today - kept, actor=SYSTEM, now=now)


def _checkpoint(session: Session, round_id: int, *, now: datetime) -> bool:
    return stages.checkpoint(session, round_id, now=now)


def _close(session: Session, round_id: int, *, now: datetime) -> bool:
    return stages.close(session, round_id, actor=SYSTEM, now=now)


def _freeze(session: Session, round_id: int, *, now: datetime) -> bool:
    return stages.freeze(session, round_id, actor=SYSTEM, now=now)
