"""Settings and calendar as others read them: values in force on a day, their history, working days."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.kernel.calendar import ONE_DAY, WorkingDays
from booking.kernel.errors import InvalidInputError, NotFoundError, Wording
from booking.policies.models import CalendarDay, Policy
from booking.policies.rules import holidays
from booking.policies.rules.catalogue import SETTINGS
from booking.policies.rules.holidays import USUAL, DayState
from booking.policies.rules.setting import Setting, Value, Values

REACH = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a setting from a local day on; in force only if somebody has approved it."""

    id: int
    name: str
    value: Value
    effective_from: date
    reason: str
    proposed_by: int  # person
    proposed_at: datetime
    approved_at: datetime | None  # None: only proposed
    approved_by: int | None  # person; None: only proposed

    @property
    def setting(self) -> Setting:
        return SETTINGS[self.name]

    @property
    def shown(self) -> Wording:
        return self.setting.shown(self.value)


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting with its value on a day. `since` is None for the default; `entries` are newest first."""

    setting: Setting
    value: Value
    since: date | None
    entries: Sequence[Entry]

    @property
    def shown(self) -> Wording:
        return self.setting.shown(self.value)

    @property
    def proposals(self) -> Sequence[Entry]:
        """What waits for a second person."""
        return [entry for entry in self.entries if entry.approved_at is None]


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A day off, or a weekend day that is worked, with where that is known from."""

    day: date
    is_worked: bool
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month; `entry` is None where Monday to Friday decide."""

    day: date
    is_worked: bool
    entry: CalendarEntry | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar: weeks of seven days, Monday first; None stands for a day of another month."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]

    @property
    def previous(self) -> date:
        return (self.first - ONE_DAY).replace(day=1)

    @property
    def next(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def value(session: Session, name: str, on: date) -> Value:
    """Return the value of one setting in force on a local day; KeyError for a name nobody declared."""
    return _in_force(_entries(session, _approved(on).where(Policy.name == name)), SETTINGS[name])[0]


def all_values(session: Session, on: date) -> Values:
    """Return the values of all settings in force on a local day, in one statement."""
    entries = _entries(session, _approved(on))
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    return Values({name: _in_force(by_name.get(name, ()), setting)[0] for name, setting in SETTINGS.items()})


def settings_shown(session: Session, on: date) -> Sequence[InForce]:
    """Return all settings in the order of the catalogue with their whole history, in one statement."""
    entries = _entries(session, select(Policy))
    return [_shown(setting, [e for e in entries if e.name == name], on) for name, setting in SETTINGS.items()]


def setting_shown(session: Session, name: str, on: date) -> InForce:
    """Return one setting with its whole history, or raise `NotFoundError`."""
    if name not in SETTINGS:
        raise NotFoundError
    return _shown(SETTINGS[name], _entries(session, select(Policy).where(Policy.name == name)), on)


def proposal(session: Session, policy_id: int) -> Entry:
    """Return a proposal that waits for approval; raise `NotFoundError` if it is gone or approved."""
    waiting = select(Policy).where(Policy.id == policy_id, Policy.approved_at.is_(None))
    entries = _entries(session, waiting)
    if not entries:
        raise NotFoundError
    return entries[0]


def working_days(session: Session, around: date) -> WorkingDays:
    """Return the working days from a year before `around` to a year after it, in one statement."""
    return WorkingDays({entry.day: entry.is_worked for entry in calendar(session, around - REACH, around + REACH)})


def calendar(session: Session, first: date, last: date) -> Sequence[CalendarEntry]:
    """Return the entries of the calendar from `first` to `last`, both included, in order."""
    rows = session.scalars(select(CalendarDay).where(CalendarDay.day.between(first, last)).order_by(CalendarDay.day))
    return [CalendarEntry(row.day, row.is_worked, row.name, row.source) for row in rows]


def unknown_years(session: Session, first: date, last: date) -> Sequence[int]:
    """Return the years of this range whose holidays are not in the calendar: there, Monday to Friday is assumed."""
    days_off = select(CalendarDay.day).where(
        CalendarDay.is_worked.is_(False),
        CalendarDay.day.between(date(first.year, 1, 1), date(last.year, 12, 31)),
    )
    return holidays.unknown_years(first, last, session.scalars(days_off).all())


def day_state(session: Session, day: date) -> DayState:
    """Return what the calendar says of one day."""
    found = calendar(session, day, day)
    return DayState(found[0].is_worked, found[0].name) if found else USUAL


def month(session: Session, first: date) -> Month:
    """Return the month that begins on `first`, day by day, in one statement."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    entries = {entry.day: entry for entry in calendar(session, weeks[0][0], weeks[-1][-1])}
    worked = WorkingDays({day: entry.is_worked for day, entry in entries.items()})
    return Month(
        first,
        [
            [Cell(day, worked.is_worked(day), entries.get(day)) if day.month == first.month else None for day in week]
            for week in weeks
        ],
    )


def _approved(on: date) -> Select[Policy]:
    return select(Policy).where(Policy.approved_at.is_not(None), Policy.effective_from <= on)


def _entries(session: Session, rows: Select[Policy]) -> list[Entry]:
    """Return the entries, latest day first, of two for one day the one approved last.

    A value that its setting no longer allows is passed over, so that narrower bounds never stop the office.
    """
    order = (Policy.effective_from.desc(), Policy.approved_at.desc(), Policy.id.desc())
    entries = []
    for row in session.scalars(rows.order_by(*order)):
        try:
            entries.append(_entry(row))
        except (InvalidInputError, KeyError):
            continue
    return entries


def _entry(row: Policy) -> Entry:
    read = SETTINGS[row.name].read(row.value)
    return Entry(
        row.id,
        row.name,
        read,
        row.effective_from,
        row.reason,
        row.proposed_by_person,
        row.proposed_at,
        row.approved_at,
        row.approved_by_person,
    )


def _in_force(approved: Sequence[Entry], setting: Setting) -> tuple[Value, date | None]:
    return (approved[0].value, approved[0].effective_from) if approved else (setting.default, None)


def _shown(setting: Setting, entries: Sequence[Entry], on: date) -> InForce:
    approved = [entry for entry in entries if entry.approved_at is not None and entry.effective_from <= on]
    return InForce(setting, *_in_force(approved, setting), entries)
