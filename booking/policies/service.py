"""Changing the office's settings, by two people, and its calendar.

A proposal that is declined is taken out of the table; the log keeps it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

import chinese_calendar
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SamePersonError,
    StaleError,
    Wording,
)
from booking.kernel.ids import PersonId
from booking.policies.models import CalendarDay, Policy
from booking.policies.rules.catalogue import SETTINGS
from booking.policies.rules.holidays import USUAL, DayState, PublicDay

CONFLICTS: dict[str, type[Exception]] = {"ck_policy_two_persons": SamePersonError, "pk_calendar_day": StaleError}
LONGEST_REASON = 500
LONGEST_NAME = 60
FARTHEST = timedelta(days=3 * 366)
PUBLISHED = "chinesecalendar"  # the library that carries the State Council's notices
BY_OFFICE = "office"
# Entries bear the notice's Chinese names; pages in English look the word up here.
ENGLISH_NAMES: Mapping[str, str] = {holiday.chinese: holiday.value for holiday in chinese_calendar.Holiday}


class DayPassedError(ConflictError):
    """The day from which a proposed value was to hold is over; nothing takes effect in the past."""

    wording: ClassVar[Wording] = Wording(
        "这项建议的生效日期已经过去，请重新提出，并选择今天或以后的日期。",
        "The day from which this was to hold is over. Propose it again, from today or a later day.",
    )


@dataclass(frozen=True, slots=True)
class Seeded:
    """What loading the published holidays did: days added, days changed, years that nobody has published yet."""

    added: int
    changed: int
    unknown: tuple[int, ...]


def propose(
    session: Session, name: str, value: str, *, effective_from: date, reason: str, actor: Actor, now: datetime
) -> int:
    """Propose a value from a local day on; it holds once a second person has approved it. Return its id.

    Raise `NotFoundError` for an unknown setting and `InvalidInputError` for a value out of its bounds, a day in the
    past or more than three years ahead, or a missing reason.
    """
    if name not in SETTINGS:
        raise NotFoundError
    today = local_day(now)
    if not today <= effective_from <= today + FARTHEST:
        raise InvalidInputError("effective_from")
    values = {
        "name": name,
        "value": SETTINGS[name].write(SETTINGS[name].read(value)),
        "effective_from": effective_from,
        "reason": _text(reason, "reason", LONGEST_REASON),
    }
    proposer = _person(actor)
    added = insert(Policy).values(**values, proposed_by_person=proposer, proposed_at=now).returning(Policy.id)
    policy_id = session.execute(added).scalar_one()
    after = {"name": name, "value": values["value"], "effective_from": effective_from.isoformat()}
    audit.record(
        session,
        "setting proposed",
        "policy",
        policy_id,
        actor=actor,
        now=now,
        after=after,
        reason=str(values["reason"]),
    )
    return policy_id


def approve(session: Session, policy_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a proposed value in force from its day on.

    Raise `SamePersonError` for the person who proposed it, under whatever account, `DayPassedError` if its day is
    over, and `StaleError` if somebody else was first.
    """
    policy = _waiting(session, policy_id)
    if policy.proposed_by_person == _person(actor):
        raise SamePersonError
    if policy.effective_from < local_day(now):
        raise DayPassedError
    before = session.scalar(
        select(Policy.value)
        .where(Policy.name == policy.name, Policy.approved_at.is_not(None))
        .where(Policy.effective_from <= policy.effective_from)
        .order_by(Policy.effective_from.desc(), Policy.approved_at.desc(), Policy.id.desc())
        .limit(1)
    )
    approval = (
        update(Policy)
        .where(Policy.id == policy_id, Policy.approved_at.is_(None))
        .values(approved_by_person=_person(actor), approved_at=now)
    )
    with conflicts_as(CONFLICTS):
        if rows_changed(session, approval) != 1:
            raise StaleError
    audit.record(
        session,
        "setting approved",
        "policy",
        policy_id,
        actor=actor,
        now=now,
        before={"value": before},
        after={"name": policy.name, "value": policy.value, "effective_from": policy.effective_from.isoformat()},
        reason=policy.reason,
    )


def decline(session: Session, policy_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a proposal off the table, with a reason; raise `StaleError` if somebody else was first."""
    why = _text(reason, "reason", LONGEST_REASON)
    policy = _waiting(session, policy_id)
    before = {"name": policy.name, "value": policy.value, "effective_from": policy.effective_from.isoformat()}
    removal = delete(Policy).where(Policy.id == policy_id, Policy.approved_at.is_(None))
    if rows_changed(session, removal) != 1:
        raise StaleError
    audit.record(session, "setting declined", "policy", policy_id, actor=actor, now=now, before=before, reason=why)


def seed_calendar(session: Session, years: Iterable[int], *, actor: Actor, now: datetime) -> Seeded:
    """Bring the published holidays of `years` into the calendar; doing it again adds nothing.

    Every public holiday gets an entry, on a weekend as well, because a site that opens on Saturdays is closed on
    that one; and every weekend day worked in its place. Days that the office has set itself are left alone.
    """
    unknown, added, changed = [], 0, 0
    for year in sorted(set(years)):
        try:
            published = list(_published(year))
        except NotImplementedError:
            unknown.append(year)
            continue
        stored = {row.day: row for row in _stored(session, year)}
        new = _add(session, [day for day in published if day.day not in stored])
        mended = sum(_correct(stored[day.day], day) for day in published if day.day in stored)
        if new or mended:
            after = {"added": new, "changed": mended}
            audit.record(session, "holidays loaded", "calendar", year, actor=actor, now=now, after=after)
        added, changed = added + new, changed + mended
    return Seeded(added, changed, tuple(unknown))


def set_day(
    session: Session,
    day: date,
    is_worked: bool | None,
    name: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    seen: DayState | None = None,
) -> None:
    """Say that a day is worked or off, under a name ("台风停工"); None takes the entry out: as usual by weekday.

    Raise `InvalidInputError` for a day that is over or too far ahead, and `StaleError` if what the clerk saw no
    longer holds. What has been published already keeps its instants.
    """
    today = local_day(now)
    if not today <= day <= today + FARTHEST:
        raise InvalidInputError("day")
    why = _text(reason, "reason", LONGEST_REASON)
    name = "" if is_worked is None else _text(name, "name", LONGEST_NAME)
    entry = session.get(CalendarDay, day, populate_existing=True)
    stored = DayState(entry.is_worked, entry.name) if entry else USUAL
    if seen not in (None, stored):
        raise StaleError
    _store(session, day, stored, DayState(is_worked, name))
    before = {"is_worked": stored.is_worked, "name": stored.name}
    after = {"is_worked": is_worked, "name": name}
    audit.record(
        session,
        "calendar day set",
        "calendar",
        day.isoformat(),
        actor=actor,
        now=now,
        before=before,
        after=after,
        reason=why,
    )


def _store(session: Session, day: date, stored: DayState, wanted: DayState) -> None:
    """Make the entry of the day what is wanted, provided it still is what was read."""
    as_read = (
        CalendarDay.day == day,
        CalendarDay.is_worked.is_(stored.is_worked is True),
        CalendarDay.name == stored.name,
    )
    values = {"is_worked": wanted.is_worked, "name": wanted.name, "source": BY_OFFICE}
    if stored != USUAL:
        gone = wanted == USUAL
        change = delete(CalendarDay).where(*as_read) if gone else update(CalendarDay).where(*as_read).values(**values)
        if rows_changed(session, change) != 1:
            raise StaleError
    elif wanted != USUAL:
        with conflicts_as(CONFLICTS):
            session.execute(insert(CalendarDay).values(day=day, **values))


def _published(year: int) -> Iterator[PublicDay]:
    day = date(year, 1, 1)
    while day.year == year:
        is_off, name = chinese_calendar.get_holiday_detail(day)
        if name is not None:
            yield PublicDay(day, not is_off, chinese_calendar.Holiday(name).chinese)
        day += ONE_DAY


def _stored(session: Session, year: int) -> Iterable[CalendarDay]:
    return session.scalars(select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))))


def _add(session: Session, days: list[PublicDay]) -> int:
    if days:
        rows = [{"day": d.day, "is_worked": d.is_worked, "name": d.name, "source": PUBLISHED} for d in days]
        with conflicts_as(CONFLICTS):
            session.execute(insert(CalendarDay), rows)
    return len(days)


def _correct(stored: CalendarDay, published: PublicDay) -> bool:
    """Follow a notice that was changed after it was loaded; say whether there was anything to change."""
    agrees = (stored.is_worked, stored.name) == (published.is_worked, published.name)
    if agrees or stored.source != PUBLISHED:
        return False
    stored.is_worked, stored.name = published.is_worked, published.name
    return True


def _waiting(session: Session, policy_id: int) -> Policy:
    policy = session.get(Policy, policy_id, populate_existing=True)
    if policy is None:
        raise NotFoundError
    if policy.approved_at is not None:
        raise StaleError
    return policy


def _person(actor: Actor) -> PersonId:
    if actor.person_id is None:
        raise NotAllowedError
    return actor.person_id


def _text(text: str, field: str, longest: int) -> str:
    text = text.strip()
    if not text or len(text) > longest:
        raise InvalidInputError(field)
    return text
