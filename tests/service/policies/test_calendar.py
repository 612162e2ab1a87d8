"""The working-day calendar: published holidays, the office's own days, and years nobody has published yet."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.errors import InvalidInputError, StaleError
from booking.policies import queries, service
from booking.policies.models import CalendarDay
from booking.policies.rules.holidays import USUAL, DayState
from tests import factories
from tests.conftest import NOW

TYPHOON = date(2026, 12, 3)  # a Thursday


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


@pytest.fixture
def planner(session: Session) -> Actor:
    return factories.account(session, Role.PLANNER)


@pytest.fixture
def seeded(session: Session) -> service.Seeded:
    return service.seed_calendar(session, (2025, 2026), actor=SYSTEM, now=NOW)


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 1, 1), False),  # New Year
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 1, 4), True),  # working weekends
        (date(2026, 2, 14), True),
        (date(2026, 2, 28), True),
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),  # an ordinary Sunday
        (date(2027, 1, 1), True),  # not published: Monday to Friday
        (date(2027, 1, 2), False),
    ],
)
def test_a_day_is_worked_as_the_notice_says_and_by_weekday_where_there_is_none(
    session: Session, day: date, is_worked: bool
) -> None:
    assert queries.working_days(session, day).is_worked(day) is is_worked


@pytest.mark.usefixtures("seeded")
def test_working_days_are_counted_across_the_holidays_and_into_a_year_without_data(session: Session) -> None:
    worked = queries.working_days(session, date(2026, 10, 9))

    assert worked.before(date(2026, 10, 9), 1) == date(2026, 10, 8)
    assert worked.before(date(2026, 10, 8), 1) == date(2026, 9, 30)
    assert queries.working_days(session, date(2027, 1, 4)).before(date(2027, 1, 4), 1) == date(2027, 1, 1)


def test_working_days_take_one_statement(session: Session, seeded: service.Seeded) -> None:
    statements = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    queries.working_days(session, date(2026, 10, 9))

    assert len(statements) == 1


def test_every_day_of_the_notice_has_an_entry_with_its_name(session: Session, seeded: service.Seeded) -> None:
    assert seeded == service.Seeded(added=33 + 39, changed=0, unknown=())
    saturday_of_the_holiday = session.get_one(CalendarDay, date(2026, 10, 3))
    assert (saturday_of_the_holiday.name, saturday_of_the_holiday.is_worked) == ("国庆节", False)


def test_a_year_that_nobody_has_published_is_reported_and_skipped(session: Session) -> None:
    seeded = service.seed_calendar(session, (2026, 2027, 1999), actor=SYSTEM, now=NOW)

    assert seeded.unknown == (1999, 2027)
    assert queries.unknown_years(session, date(2026, 1, 1), date(2027, 1, 10)) == [2027]


def test_loading_again_changes_nothing(session: Session, seeded: service.Seeded) -> None:
    assert service.seed_calendar(session, (2025, 2026), actor=SYSTEM, now=NOW) == service.Seeded(0, 0, ())


def test_loading_follows_a_changed_notice_but_leaves_the_days_of_the_office(
    session: Session, seeded: service.Seeded, planner: Actor
) -> None:
    session.get_one(CalendarDay, date(2026, 10, 1)).is_worked = True  # as if the notice had said so before
    session.add(CalendarDay(day=date(2026, 12, 31), is_worked=False, name="盘点", source=service.BY_OFFICE))
    session.get_one(CalendarDay, date(2026, 10, 2)).source = service.BY_OFFICE
    session.get_one(CalendarDay, date(2026, 10, 2)).is_worked = True

    again = service.seed_calendar(session, (2026,), actor=SYSTEM, now=NOW)

    assert again == service.Seeded(0, 1, ())
    assert session.get_one(CalendarDay, date(2026, 10, 1)).is_worked is False
    assert session.get_one(CalendarDay, date(2026, 10, 2)).is_worked is True


def test_a_clerk_sets_a_day_off_and_takes_it_back(session: Session, planner: Actor) -> None:
    service.set_day(session, TYPHOON, False, "台风停工", reason="气象局红色预警", actor=planner, now=NOW)
    off = queries.working_days(session, TYPHOON).is_worked(TYPHOON)
    seen = DayState(False, "台风停工")
    service.set_day(session, TYPHOON, None, "", reason="台风转向", actor=planner, now=NOW, seen=seen)

    assert off is False
    assert queries.working_days(session, TYPHOON).is_worked(TYPHOON) is True
    assert session.scalars(select(CalendarDay)).all() == []
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.reason for entry in entries] == ["气象局红色预警", "台风转向"]
    assert entries[1].before == {"is_worked": False, "name": "台风停工"}


def test_an_entry_is_changed_in_place(session: Session, planner: Actor) -> None:
    service.set_day(session, TYPHOON, False, "台风停工", reason="预警", actor=planner, now=NOW)
    service.set_day(session, TYPHOON, True, "照常上班", reason="解除", actor=planner, now=NOW)

    assert queries.calendar(session, TYPHOON, TYPHOON) == [
        queries.CalendarEntry(TYPHOON, True, "照常上班", service.BY_OFFICE)
    ]


@pytest.mark.parametrize("seen", [USUAL, DayState(False, "元旦")])
def test_a_change_by_somebody_else_in_between_is_not_overwritten(
    session: Session, planner: Actor, seen: DayState
) -> None:
    service.set_day(session, TYPHOON, False, "台风停工", reason="预警", actor=planner, now=NOW)

    with pytest.raises(StaleError):
        service.set_day(session, TYPHOON, True, "上班", reason="误设", actor=planner, now=NOW, seen=seen)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ((date(2026, 11, 23), "停工", "预警"), "day"),
        ((date(2096, 1, 1), "停工", "预警"), "day"),
        ((TYPHOON, " ", "预警"), "name"),
        ((TYPHOON, "名" * 61, "预警"), "name"),
        ((TYPHOON, "停工", ""), "reason"),
    ],
)
def test_a_day_needs_a_name_and_a_reason_and_cannot_be_over(
    session: Session, planner: Actor, wanted: tuple[date, str, str], field: str
) -> None:
    day, name, reason = wanted

    with pytest.raises(InvalidInputError) as refused:
        service.set_day(session, day, False, name, reason=reason, actor=planner, now=NOW)

    assert refused.value.field == field
