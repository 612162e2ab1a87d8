"""Rosters: the list of a day at a site, and one roster with its rows and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.bookings.models import BookingState
from booking.kernel.ids import BookingId, PersonId, SiteId, SlotId
from booking.rosters.models import AttemptOutcome, How
from booking.rosters.rules.standing import Counts, Progress, Standing


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """One attempt that stands. `undo_until` None: it can no longer be taken back."""

    number: int
    outcome: AttemptOutcome
    score: int | None
    recorded_at: datetime
    settled_at: datetime | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class ShownCheckIn:
    """The check-in that stands. `arrival` numbers those who came, in the order of `checked_in_at`.

    `undo_until` None: it can no longer be taken back.
    """

    arrival: int
    how: How
    checked_in_at: datetime
    recorded_at: datetime
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person on a roster.

    `number` is the place on it, by name; it stays while nobody is added. `tail` is the last four characters of the
    document, as tickets bear them; the number itself is not here. `licence_class` is "" without an open record.
    """

    number: int
    booking_id: BookingId
    reference: str
    person_id: PersonId
    name: str
    tail: str
    licence_class: str
    state: BookingState
    standing: Standing
    check_in: ShownCheckIn | None
    attempts: tuple[ShownAttempt, ...]

    @property
    def may_attempt(self) -> int | None:
        """The number of the attempt that can be recorded now (1 test, 2 retest), or None."""
        return {Standing.PRESENT: 1, Standing.RETEST: 2}.get(self.standing)


@dataclass(frozen=True, slots=True)
class RosterHead:
    """One roster in a list. `counts` are those on which operator and database agreed when it was closed."""

    slot_id: SlotId
    site_id: SiteId
    site_code: str
    site_name: str
    site_name_en: str
    service: str
    day: date
    starts_at: datetime
    ends_at: datetime
    is_withdrawn: bool
    progress: Progress
    counts: Counts | None  # None: open
    closed_at: datetime | None  # None: open

    @property
    def is_closed(self) -> bool:
        """Whether it accepts nothing more."""
        return self.closed_at is not None


@dataclass(frozen=True, slots=True)
class Roster:
    """One roster. `when_closed` is what closing now would make of it: the counts that the operator confirms.

    Check-in is possible in [`check_in_from`, `check_in_until`); absences and closing from `check_in_until` on, of a
    withdrawn slot at once.
    """

    head: RosterHead
    rows: Sequence[RosterRow]
    when_closed: Counts
    check_in_from: datetime
    check_in_until: datetime


def rosters_of(session: Session, site_id: SiteId, day: date) -> Sequence[RosterHead]:
    """Return the rosters of a site on a local day, in order of time, in four statements."""
    raise NotImplementedError


def open_rosters(session: Session, site_id: SiteId | None, *, before: date) -> Sequence[RosterHead]:
    """Return the rosters of earlier days that are not closed yet, of one site or (None) all, the oldest first."""
    raise NotImplementedError


def roster(session: Session, slot_id: SlotId, *, now: datetime) -> Roster:
    """Return one roster in a fixed number of statements; raise `NotFoundError` if there is no such slot of exams."""
    raise NotImplementedError
