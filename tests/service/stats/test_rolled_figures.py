"""Roll-ups: whatever happens in between, what is read from them is what counting everything afresh gives."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import Update, delete, event, func, select, text, update
from sqlalchemy.orm import Session

from booking.bookings.models import Booking, BookingState
from booking.exams.models import ExamResult, Learner
from booking.invariants.asking import Finding, findings
from booking.invariants.figures import FIGURES as INVARIANTS
from booking.kernel.actors import Actor
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId
from booking.slots.models import Quota, Slot, SlotState
from booking.stats import rolling
from booking.stats.jobs import roll_up, roll_up_figures, wait_until_quiet
from booking.stats.models import PastBooking, RolledFigure, RolledSpan
from booking.stats.queries.counted import Asked, Counts, counts
from booking.stats.queries.measures import MEASURES
from booking.stats.queries.rows import FactRow, Place, all_rows, page_of_rows
from booking.stats.rules.catalogue import FIGURES
from booking.stats.rules.figures import Figure, Kind, value
from booking.stats.rules.spans import Days
from tests import factories
from tests.conftest import NOW

FIRST, LAST = date(2026, 9, 25), date(2026, 11, 30)  # today is the 24th of November
OVER = date(2026, 11, 23)
SERVICES = ("subject_1", "subject_2", "road")
STATES = (
    BookingState.PASSED, BookingState.FAILED, BookingState.ABSENT, BookingState.CANCELLED,
    BookingState.CANCELLED_BY_OFFICE,
)  # fmt: skip


class Town:
    """Two sites and some learners, in which something happens whenever it is asked to."""

    def __init__(self, sessions: Sessions, chance: Random) -> None:
        self.sessions, self.chance = sessions, chance
        with unit_of_work(sessions) as session:
            self.sites = [factories.site(session, services=SERVICES) for _ in range(2)]
            self.people: list[Actor] = []
            for number in range(12):
                who = factories.account(session)
                assert who.person_id is not None
                factories.learner(session, who.person_id, licence_class=("C1", "C2", "D")[number % 3])
                self.people.append(who)
            self.slots = [self._slot(session) for _ in range(40)]

    def _slot(self, session: Session) -> SlotId:
        day = FIRST + timedelta(self.chance.randrange((LAST - FIRST).days))
        return factories.slot(
            session,
            site_id=self.chance.choice(self.sites),
            service=self.chance.choice(SERVICES),
            day=day,
            published_at=datetime(2026, 9, 1, tzinfo=UTC),
        )

    def live(self) -> None:
        """Let one thing happen."""
        self.chance.choice((self.book, self.book, self.end, self.end, self.test, self.bring_in, self.withdraw))()

    def book(self) -> None:
        with unit_of_work(self.sessions) as session:
            slot_id = self.chance.choice(self.slots)
            slot, who = session.get_one(Slot, slot_id), self.chance.choice(self.people)
            live = select(Booking.id).where(Booking.holder == f"person:{who.person_id}", Booking.ended_at.is_(None))
            if session.scalars(live.where(Booking.service == slot.service)).first() is None:
                at = slot.starts_at - timedelta(hours=self.chance.randrange(1, 240))
                factories.booking_row(session, who, slot_id, at=at)

    def end(self) -> None:
        with unit_of_work(self.sessions) as session:
            live = session.scalars(select(Booking.id).where(Booking.ended_at.is_(None)).order_by(Booking.id)).all()
            if live:
                booking = session.get_one(Booking, self.chance.choice(live))
                at = booking.created_at + timedelta(hours=self.chance.randrange(200))
                end = update(Booking).where(Booking.id == booking.id)
                session.execute(end.values(state=self.chance.choice(STATES), ended_at=at))

    def test(self) -> None:
        """Let a learner take a test, some days ago; it may come before one that is counted already."""
        with unit_of_work(self.sessions) as session:
            query = select(Booking.id, Slot.day, Booking.person_id, Slot.service, Slot.site_id)
            for id_, day, person, service, site_id in session.execute(query.join(Slot).order_by(func.random())):
                learner = session.scalar(select(Learner.id).where(Learner.person_id == person))
                taken = select(ExamResult.id).where(ExamResult.learner_id == learner, ExamResult.day == day)
                if session.scalars(taken).first() is None:
                    outcome = self.chance.choice(("passed", "failed", "absent"))
                    row = {"learner_id": learner, "subject": service, "day": day, "outcome": outcome}
                    session.add(ExamResult(**row, site_id=site_id, booking_id=id_, recorded_at=NOW))
                    return

    def bring_in(self) -> None:
        with unit_of_work(self.sessions) as session:
            day = FIRST + timedelta(self.chance.randrange(40))
            row = {"line": "exams", "service": "road", "site_id": self.sites[0], "day": day}
            session.add(PastBooking(**row, channel="school", outcome=self.chance.choice(("booked", "passed"))))

    def withdraw(self) -> None:
        with unit_of_work(self.sessions) as session:
            taken_back = {"state": SlotState.WITHDRAWN, "withdrawn_at": NOW, "withdrawn_reason": "storm"}
            wanted = (Slot.id == self.chance.choice(self.slots), Slot.state == SlotState.PUBLISHED)
            session.execute(update(Slot).where(*wanted).values(**taken_back))


def afresh(sessions: Sessions, asked: Asked, by: str) -> Counts:
    with sessions.write() as session:
        session.execute(delete(RolledSpan))
        return counts(session, MEASURES, asked, by=by)  # and nothing is committed


def rolled(sessions: Sessions, asked: Asked, by: str) -> Counts:
    with reading(sessions) as session:
        return counts(session, MEASURES, asked, by=by)


def test_figures_are_what_counting_afresh_gives_whatever_happens(sessions: Sessions) -> None:
    chance = Random(4408)
    town = Town(sessions, chance)
    ways = ("service", "site", "class", "day", "week", "month", "all")
    for step in range(5):
        for _ in range(40):
            town.live()
        if step % 3 != 2:
            roll_up_figures(sessions, NOW)
        days = Days(FIRST + timedelta(chance.randrange(10)), LAST - timedelta(chance.randrange(20)))
        site_id: SiteId | None = chance.choice((None, town.sites[0]))
        asked = Asked(days, "exams", chance.choice(("", "road")), site_id, chance.choice(("", "C2")))

        for by in chance.sample(ways, 3):
            assert rolled(sessions, asked, by) == afresh(sessions, asked, by), (step, by, asked)

    with reading(sessions) as session:
        assert session.scalars(select(RolledSpan.starts_on).where(RolledSpan.span == "month")).all()
    assert [finding.name for finding in broken(sessions)] == []
    the_rows_of_a_number_add_up_to_it(sessions, Asked(Days(FIRST, LAST), "exams"))


def broken(sessions: Sessions) -> list[Finding]:
    ours = {invariant.name for invariant in INVARIANTS}
    with reading(sessions) as session:
        return [one for one in findings(session, now=NOW) if one.count and one.name in ours]


def the_rows_of_a_number_add_up_to_it(sessions: Sessions, asked: Asked) -> None:
    with reading(sessions) as session:
        for figure in FIGURES:
            counted: Counter[str] = sum(counts(session, (figure.measure,), asked).values(), Counter())
            of = value(figure, counted)
            every = list(all_rows(session, figure, asked, figure.of))
            if figure.kind is not Kind.SPREAD:
                assert sum(row.amount for row in every) == of.total, figure.code
                assert sum(row.amount for row in all_rows(session, figure, asked, figure.some)) == of.some
            assert list(page_by_page(session, figure, asked)) == every, figure.code


def page_by_page(session: Session, figure: Figure, asked: Asked) -> Iterator[FactRow]:
    below = None
    while True:
        page = page_of_rows(session, figure, asked, figure.of, below=below, limit=7)
        yield from page[:7]
        if len(page) <= 7:
            return
        below = Place(page[6].day, page[6].key, page[6].bucket)


def rolled_days(sessions: Sessions) -> Sequence[date]:
    with reading(sessions) as session:
        days = select(RolledSpan.starts_on).where(RolledSpan.span == "day", RolledSpan.rolled_at.is_not(None))
        return session.scalars(days.order_by(RolledSpan.starts_on)).all()


@pytest.fixture
def slot_id(sessions: Sessions) -> SlotId:
    """A slot of two days ago, with one booking; its day and the one after are rolled up."""
    with unit_of_work(sessions) as session:
        day = OVER - timedelta(1)
        slot_id = factories.slot(session, day=day, published_at=datetime(2026, 11, 1, tzinfo=UTC))
        factories.booking_row(session, factories.account(session), slot_id, at=at_local(day, time(8)))
    roll_up_figures(sessions, NOW)
    assert rolled_days(sessions) == [OVER - timedelta(1), OVER]
    return slot_id


@pytest.mark.parametrize(
    "change",
    [
        update(Booking).values(state=BookingState.PASSED, ended_at=NOW),
        update(Slot).values(state=SlotState.WITHDRAWN, withdrawn_at=NOW),
        update(Quota).values(released=9, blocked=1),
    ],
    ids=["booking", "slot", "quota"],
)
def test_a_change_of_a_day_strikes_out_that_day_and_no_other(
    sessions: Sessions, slot_id: SlotId, change: Update
) -> None:
    with unit_of_work(sessions) as session:
        session.execute(change)

    assert rolled_days(sessions) == [OVER]


def test_who_changes_a_day_while_it_is_counted_is_not_lost(sessions: Sessions, slot_id: SlotId) -> None:
    """Announced and not yet counted is when a change would slip through if nobody looked."""
    day = OVER - timedelta(1)
    with unit_of_work(sessions) as session:
        rolling.forget_rolled(session, Days(day, day))
        rolling.announce(session, [day])
    with unit_of_work(sessions) as session:
        factories.booking_row(session, factories.account(session), slot_id, at=at_local(day, time(8)))
    with unit_of_work(sessions) as session:
        counted = rolling.roll_days(session, [day], now=NOW)

    assert counted == 0
    assert rolled_days(sessions) == [OVER]


def test_counting_waits_for_those_who_began_before_the_announcement(
    postgresql_url: str, open_sessions: Callable[[str], Sessions]
) -> None:
    """Such a writer cannot see the announcement, and what it writes cannot be counted yet."""
    sessions = open_sessions(postgresql_url)
    with sessions.write() as writer:
        writer.execute(
            text("INSERT INTO past_booking SELECT 1, 'exams', 'road', 1, current_date, 'a', 'b' WHERE false")
        )
        writer.execute(text("SELECT pg_current_xact_id()"))
        with unit_of_work(sessions) as session:
            number = rolling.announce(session, [OVER])
        with reading(sessions) as session:
            assert not rolling.is_quiet(session, number)
        writer.commit()

    assert wait_until_quiet(sessions, number)


def test_counting_twice_counts_once(sessions: Sessions, slot_id: SlotId) -> None:
    with reading(sessions) as session:
        before = session.scalars(select(func.count()).select_from(RolledFigure)).one()

    assert roll_up_figures(sessions, NOW) == 0
    assert roll_up(sessions, rolled_days(sessions), OVER, NOW) == 0
    with reading(sessions) as session:
        assert session.scalars(select(func.count()).select_from(RolledFigure)).one() == before


def test_years_are_read_in_two_statements(sessions: Sessions, slot_id: SlotId) -> None:
    asked = Asked(Days(date(2021, 1, 1), date(2026, 12, 31)), "exams")
    said: list[str] = []
    event.listen(sessions.engine, "before_cursor_execute", lambda *given: said.append(given[2]))

    with reading(sessions) as session:
        counts(session, MEASURES, asked)

    assert len([statement for statement in said if "SELECT" in statement]) == 2
