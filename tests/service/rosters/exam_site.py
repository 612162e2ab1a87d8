"""An exam site for tests: one operator, sessions of an hour, learners who are only numbers, at hours a test tells."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.allotment import jobs as rounds
from booking.audit.models import AuditEntry
from booking.bookings.models import Booking, BookingState
from booking.bookings.service import book_seat
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS
from booking.exams.models import ExamResult
from booking.invariants import asking
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.ids import BookingId, SiteId, SlotId, new_reference
from booking.notices.models import Channel, Notice
from booking.plans.service.withdrawal import approve_withdrawal, propose_withdrawal
from booking.rosters import jobs
from booking.rosters.models import AttemptOutcome
from booking.rosters.queries.rosters import Roster, roster
from booking.rosters.queries.rows import RosterRow
from booking.rosters.rules.standing import Counts
from booking.rosters.service.attempts import AttemptResult, record_attempt, undo_attempt
from booking.rosters.service.check_ins import CheckedIn, Presented, check_in, undo_check_in
from booking.rosters.service.closing import close_roster, mark_absent
from booking.slots.jobs import release_due_seats
from booking.slots.models import Lane, Release, Slot
from tests import factories

DAY = date(2026, 11, 24)
SERVICE = "subject_2"
PUBLISHED, BOOKED = datetime(2026, 11, 12, tzinfo=UTC), datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
PERMIT = date(2026, 6, 10)
PASSED, FAILED = AttemptOutcome.PASSED, AttemptOutcome.FAILED


def at(clock: str, day: date = DAY) -> datetime:
    """Return an instant of the day by the site's clock: "10:05"."""
    return at_local(day, time.fromisoformat(clock))


@dataclass(frozen=True)
class Learner:
    """Somebody booked: the booking, and the document as it would be shown."""

    actor: Actor
    booking_id: BookingId
    reference: str
    number: str

    @property
    def tail(self) -> str:
        return self.number[-4:]


@dataclass
class ExamSite:
    """One site with its operator. Every verb is a unit of work of its own, as in the pages."""

    sessions: Sessions
    site_id: SiteId = field(init=False)
    operator: Actor = field(init=False)

    def __post_init__(self) -> None:
        with unit_of_work(self.sessions) as session:
            self.site_id = factories.site(session, services=(SERVICE, "subject_1", "road"))
            self.operator = factories.account(session, Role.EXAM_SITE, site_id=self.site_id)

    def slot(self, starts: str = "10:00", day: date = DAY, *, service: str = SERVICE, places: int = 20) -> SlotId:
        with unit_of_work(self.sessions) as session:
            slot_id = factories.slot(
                session,
                site_id=self.site_id,
                service=service,
                day=day,
                starts=time.fromisoformat(starts),
                lanes={Lane.ORDINARY: places},
                published_at=PUBLISHED,
            )
            session.add(Release(slot_id=slot_id, lane=Lane.ORDINARY, due_at=PUBLISHED, amount=places))
        release_due_seats(self.sessions, BOOKED)
        return slot_id

    def booked(self, slot_id: SlotId, *, again: Learner | None = None) -> Learner:
        """Let a new learner, or one more booking of the same, have a place."""
        (learner,) = self.all_booked(slot_id, 1, again=again)
        return learner

    def all_booked(self, slot_id: SlotId, count: int, *, again: Learner | None = None) -> list[Learner]:
        """Let so many new learners have a place, in one unit of work."""
        with unit_of_work(self.sessions) as session:
            return [
                self._book(session, slot_id, again.actor if again else self._learner(session, slot_id))
                for _ in range(count)
            ]

    def _learner(self, session: Session, slot_id: SlotId) -> Actor:
        actor = factories.account(session)
        assert actor.person_id is not None
        is_first = session.get_one(Slot, slot_id).service == "subject_1"
        factories.learner(session, actor.person_id, permit_issued_on=None if is_first else PERMIT)
        if not is_first:
            factories.passed(session, actor, "subject_1")
        return actor

    def _book(self, session: Session, slot_id: SlotId, actor: Actor) -> Learner:
        assert actor.person_id is not None
        wish = Wish(actor.person_id, EXAMS.holder(actor.person_id), slot_id, new_reference())
        reference = book_seat(session, EXAMS, wish, actor=actor, now=BOOKED)
        booking_id = session.scalars(select(Booking.id).where(Booking.reference == reference)).one()
        person = session.get_one(Person, actor.person_id)
        number = keyring_of(session).open(person.id_number_sealed, column="person.id_number")
        return Learner(actor, BookingId(booking_id), reference, number)

    def present(self, learner: Learner, **changed: Any) -> Presented:
        """Return the reference and the last four of the document, at no time of its own."""
        return replace(Presented(learner.reference, learner.tail, BOOKED), **changed)

    def check_in(self, learner: Learner, clock: str, **changed: Any) -> CheckedIn:
        shown = self.present(learner, **{"at": at(clock), **changed})
        with unit_of_work(self.sessions) as session:
            return check_in(session, self.site_id, shown, actor=self.operator, now=at(clock))

    def undo_check_in(self, learner: Learner, clock: str) -> None:
        with unit_of_work(self.sessions) as session:
            undo_check_in(session, learner.booking_id, actor=self.operator, now=at(clock))

    def attempt(
        self, learner: Learner, clock: str, outcome: AttemptOutcome, number: int = 1, score: int | None = None
    ) -> None:
        result = AttemptResult(number, outcome, score)
        with unit_of_work(self.sessions) as session:
            record_attempt(session, learner.booking_id, result, actor=self.operator, now=at(clock))

    def undo_attempt(self, learner: Learner, clock: str) -> None:
        with unit_of_work(self.sessions) as session:
            undo_attempt(session, learner.booking_id, actor=self.operator, now=at(clock))

    def absent(self, learner: Learner, clock: str) -> None:
        with unit_of_work(self.sessions) as session:
            mark_absent(session, learner.booking_id, actor=self.operator, now=at(clock))

    def roster(self, slot_id: SlotId, clock: str) -> Roster:
        with reading(self.sessions) as session:
            return roster(session, slot_id, now=at(clock))

    def row(self, slot_id: SlotId, learner: Learner, clock: str = "10:00") -> RosterRow:
        (row,) = [row for row in self.roster(slot_id, clock).rows if row.booking_id == learner.booking_id]
        return row

    def close(self, slot_id: SlotId, clock: str, expected: Counts | None = None) -> None:
        seen = expected or self.roster(slot_id, clock).when_closed
        with unit_of_work(self.sessions) as session:
            close_roster(session, slot_id, seen, actor=self.operator, now=at(clock))

    def withdraw(self, slot_id: SlotId, clock: str, reason: str = "停电") -> None:
        with unit_of_work(self.sessions) as session:
            planner, approver = factories.account(session, Role.PLANNER), factories.account(session, Role.APPROVER)
            number = propose_withdrawal(session, slot_id, reason=reason, actor=planner, now=at(clock))
            approve_withdrawal(session, number, actor=approver, now=at(clock))

    def jobs(self, clock: str) -> None:
        """Let the jobs of a minute run, in the order of the table."""
        self.settle(clock)
        self.cancel(clock)

    def settle(self, clock: str) -> None:
        jobs.keep_rosters(self.sessions, at(clock))

    def cancel(self, clock: str) -> None:
        rounds.cancel_in_withdrawn_slots(self.sessions, EXAMS, at(clock))

    def state(self, learner: Learner) -> BookingState:
        with reading(self.sessions) as session:
            return session.get_one(Booking, learner.booking_id).state

    def outcome(self, learner: Learner) -> tuple[str, int | None] | None:
        """Return outcome and score in the learner's record, None where there is no result of the day."""
        query = select(ExamResult.outcome, ExamResult.score).where(ExamResult.booking_id == learner.booking_id)
        with reading(self.sessions) as session:
            row = session.execute(query).one_or_none()
            return None if row is None else (row.outcome, row.score)

    def told(self, learner: Learner) -> Sequence[str]:
        """Return the kinds of message that the learner has got, in order."""
        wanted = select(Notice.template).where(Notice.person_id == learner.actor.person_id)
        with reading(self.sessions) as session:
            return session.scalars(wanted.where(Notice.channel == Channel.INBOX).order_by(Notice.id)).all()

    def letter(self, learner: Learner, template: str) -> str:
        """Return the text of the message of that kind."""
        with reading(self.sessions) as session:
            wanted = select(Notice.text_sealed).where(Notice.person_id == learner.actor.person_id)
            sealed = session.scalars(wanted.where(Notice.channel == Channel.INBOX, Notice.template == template)).one()
            return keyring_of(session).open(sealed, column="notice.text")

    def acts(self, learner: Learner) -> Sequence[str]:
        """Return what the log says was done to the booking, in order."""
        wanted = select(AuditEntry.act).where(AuditEntry.object_kind == "booking")
        with reading(self.sessions) as session:
            mine = wanted.where(AuditEntry.object_id == str(learner.booking_id)).order_by(AuditEntry.id)
            return session.scalars(mine).all()

    def broken(self, clock: str) -> list[str]:
        """Return the names of what `booking check` finds broken."""
        with reading(self.sessions) as session:
            return [f"{one.name}: {one.first}" for one in asking.findings(session, now=at(clock)) if one.count]
