"""Sites: adding, changing, opening days, and the import of a list."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import WorkingDays
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.errors import (
    ImportRefusedError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StaleError,
)
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.models import Site
from booking.sites.queries import DayShown
from booking.sites.rules.site import Offer, SiteFacts, fingerprint
from booking.sites.service import days as opening
from booking.sites.service import lists
from booking.sites.service import site as service
from tests import factories
from tests.conftest import NOW

FACTS = SiteFacts(
    "4408-A",
    "exams",
    "测试东考场",
    "麻章区",
    "测试路1号",
    daily_maximum=300,
    offers=(Offer("subject_2", "C1,C2"), Offer("road")),
)
SEEN = fingerprint(FACTS)
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
HEADER = "code,name,line,district,address,phone,lanes,vehicles_per_hour\n"
EAST = "4408-A,测试东考场,exams,麻章区,测试路1号,,0,0\n"
WEST = "4408-B,测试西考场,exams,霞山区,测试路2号,0759-0000000,2,12\n"


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


@pytest.fixture
def planner(session: Session) -> Actor:
    return factories.account(session, Role.PLANNER)


@pytest.fixture
def east(session: Session, planner: Actor) -> SiteId:
    return service.add_site(session, FACTS, actor=planner, now=NOW)


def log(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_a_site_is_found_by_id_code_and_line(session: Session, east: SiteId) -> None:
    shown = queries.site(session, east)

    assert shown.facts == FACTS
    assert queries.site_by_code(session, "4408-A") == shown
    assert list(queries.sites(session, "exams")) == [shown]
    assert list(queries.sites(session, "inspections")) == []
    assert queries.codes(session) == {"4408-A": east}
    assert shown.named("en") == "测试东考场"


def test_a_site_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        queries.site(session, SiteId(404))
    with pytest.raises(NotFoundError):
        queries.site_by_code(session, "4408-Z")
    with pytest.raises(NotFoundError):
        queries.openings(session, SiteId(404), MONDAY, TUESDAY, WorkingDays())


def test_two_sites_cannot_bear_one_code(session: Session, planner: Actor, east: SiteId) -> None:
    with pytest.raises(service.CodeTakenError), session.begin_nested():
        service.add_site(session, FACTS, actor=planner, now=NOW)


def test_a_change_is_stored_and_the_log_says_what_differs(session: Session, planner: Actor, east: SiteId) -> None:
    wanted = replace(FACTS, name="测试新东考场", daily_maximum=200, offers=(Offer("road"),))

    service.change_site(session, east, wanted, seen=SEEN, actor=planner, now=NOW)

    assert queries.site(session, east).facts == wanted
    entry = log(session)[-1]
    assert set(entry.after) == {"name", "daily_maximum", "offers"}
    assert entry.before["daily_maximum"] == 300


def test_code_and_line_of_a_site_stay(session: Session, planner: Actor, east: SiteId) -> None:
    wanted = replace(FACTS, code="4408-X", line="inspections", name="改名")

    service.change_site(session, east, wanted, seen=SEEN, actor=planner, now=NOW)

    assert queries.site(session, east).facts == replace(FACTS, name="改名")


def test_a_change_in_between_is_not_overwritten(session: Session, planner: Actor, east: SiteId) -> None:
    service.change_site(session, east, replace(FACTS, name="改名"), seen=SEEN, actor=planner, now=NOW)

    with pytest.raises(StaleError):
        service.change_site(session, east, replace(FACTS, name="再改"), seen=SEEN, actor=planner, now=NOW)


def test_nothing_impossible_is_stored(session: Session, planner: Actor, east: SiteId) -> None:
    with pytest.raises(InvalidInputError):
        service.change_site(session, east, replace(FACTS, name=""), seen=SEEN, actor=planner, now=NOW)
    with pytest.raises(InvalidInputError):
        service.add_site(session, replace(FACTS, code=""), actor=planner, now=NOW)


@pytest.mark.parametrize("role", [Role.EXAM_SITE, Role.STATION])
def test_an_operator_changes_no_site_not_even_the_own(session: Session, east: SiteId, role: Role) -> None:
    operator = factories.account(session, role, site_id=east)

    with pytest.raises(NotAllowedError):
        service.change_site(session, east, replace(FACTS, name="改名"), seen=SEEN, actor=operator, now=NOW)
    with pytest.raises(NotAllowedError):
        service.add_site(session, replace(FACTS, code="4408-C"), actor=operator, now=NOW)
    with pytest.raises(NotAllowedError):
        lists.import_sites(session, HEADER + WEST, actor=operator, now=NOW)


def set_day(session: Session, east: SiteId, actor: Actor, is_open: bool | None, seen: DayShown | None = None) -> None:
    opening.set_day(session, east, MONDAY, is_open, reason="设备检修", actor=actor, now=NOW, seen=seen)


def test_a_site_is_closed_for_a_day_and_opened_again(session: Session, planner: Actor, east: SiteId) -> None:
    set_day(session, east, planner, False)
    closed = queries.openings(session, east, MONDAY, TUESDAY, WorkingDays())
    seen = queries.day_set(session, east, MONDAY)
    set_day(session, east, planner, None, seen)

    assert closed == {MONDAY: False, TUESDAY: True}
    assert seen == DayShown(MONDAY, False, "设备检修")
    assert queries.openings(session, east, MONDAY, MONDAY, WorkingDays()) == {MONDAY: True}
    assert queries.day_set(session, east, MONDAY) is None
    assert [entry.act for entry in log(session)] == ["site added", "site day set", "site day set"]


def test_an_exception_is_changed_in_place(session: Session, planner: Actor, east: SiteId) -> None:
    set_day(session, east, planner, False)
    set_day(session, east, planner, True, DayShown(MONDAY, False, "设备检修"))

    assert queries.days(session, east, MONDAY) == [DayShown(MONDAY, True, "设备检修")]
    assert queries.days(session, east, TUESDAY) == []


@pytest.mark.parametrize("seen", [None, DayShown(MONDAY, True, "设备检修"), DayShown(MONDAY, False, "别的原因")])
def test_an_exception_that_somebody_else_set_is_not_overwritten(
    session: Session, planner: Actor, east: SiteId, seen: DayShown | None
) -> None:
    set_day(session, east, planner, False)

    with pytest.raises(StaleError), session.begin_nested():
        set_day(session, east, planner, True, seen)


def test_an_operator_sets_days_of_the_own_site_only(session: Session, east: SiteId) -> None:
    own = factories.account(session, Role.EXAM_SITE, site_id=east)
    other = factories.account(session, Role.EXAM_SITE, site_id=factories.site(session))

    set_day(session, east, own, False)
    with pytest.raises(NotAllowedError):
        set_day(session, east, other, True, DayShown(MONDAY, False, "设备检修"))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ((date(2026, 11, 23), False, "检修"), "day"),
        ((date(2096, 1, 1), False, "检修"), "day"),
        ((MONDAY, False, " "), "reason"),
        ((MONDAY, False, "长" * 201), "reason"),
        ((MONDAY, None, "检修"), "is_open"),
    ],
)
def test_a_day_must_be_to_come_with_a_reason_and_something_to_set(
    session: Session, planner: Actor, east: SiteId, wanted: tuple[date, bool | None, str], field: str
) -> None:
    day, is_open, reason = wanted

    with pytest.raises(InvalidInputError) as refused:
        opening.set_day(session, east, day, is_open, reason=reason, actor=planner, now=NOW, seen=None)

    assert refused.value.field == field


def test_openings_take_two_statements_however_long_the_range(session: Session, planner: Actor, east: SiteId) -> None:
    others = [factories.site(session) for _ in range(3)]
    set_day(session, east, planner, False)
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    found = queries.openings_of_sites(session, (east, *others), MONDAY, date(2027, 3, 31), WorkingDays())

    assert len(statements) == 2
    assert {len(days) for days in found.values()} == {122}
    assert all((later - day).days == 1 for day, later in pairwise(found[east]))


def test_a_site_that_is_out_of_use_is_closed_and_not_listed(session: Session, planner: Actor, east: SiteId) -> None:
    unused = replace(FACTS, is_active=False)
    service.change_site(session, east, unused, seen=SEEN, actor=planner, now=NOW)

    assert queries.openings(session, east, MONDAY, MONDAY, WorkingDays()) == {MONDAY: False}
    assert list(queries.sites(session)) == []
    assert len(queries.sites(session, active_only=False)) == 1


def test_a_list_of_sites_is_imported_and_again_without_effect(session: Session, planner: Actor) -> None:
    first = lists.import_sites(session, ("\ufeff" + HEADER + EAST + WEST).encode(), actor=planner, now=NOW)
    again = lists.import_sites(session, HEADER + EAST + WEST, actor=planner, now=NOW)

    assert (first, again) == (lists.Imported(2, 0), lists.Imported(0, 0))
    west = queries.site_by_code(session, "4408-B").facts
    assert (west.lanes, west.vehicles_per_hour, west.open_weekdays, west.daily_maximum) == (2, 12, "12345", 0)
    assert [entry.act for entry in log(session)] == ["site added", "site added"]


def test_an_import_updates_the_site_of_a_known_code_and_keeps_what_it_does_not_name(
    session: Session, planner: Actor, east: SiteId
) -> None:
    changed = lists.import_sites(session, HEADER + EAST.replace("测试路1号", "测试路9号"), actor=planner, now=NOW)

    assert changed == lists.Imported(0, 1)
    assert queries.site(session, east).facts == replace(FACTS, address="测试路9号")


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        ("4408 B,西,exams,霞山区,路2号,,0,0", "code", "4408 B"),
        ("4408-B,,exams,霞山区,路2号,,0,0", "name", ""),
        ("4408-B,西,ferries,霞山区,路2号,,0,0", "line", "ferries"),
        ("4408-B,西,exams,霞山区,路2号,,two,0", "lanes", "two"),
        ("4408-B,西,exams,霞山区,路2号,,0,1000", "vehicles_per_hour", "1000"),
        ("4408-A,西,exams,霞山区,路2号,,0,0", "code", "4408-A"),
        ("4408-a,西,exams,霞山区,路2号,,0,0", "code", "4408-A"),
    ],
)
def test_one_bad_line_refuses_the_whole_file_and_is_named(
    sessions: Sessions, line: str, column: str, value: str
) -> None:
    with unit_of_work(sessions) as session:
        planner = factories.account(session, Role.PLANNER)

    with pytest.raises(ImportRefusedError) as refused, unit_of_work(sessions) as session:
        lists.import_sites(session, HEADER + EAST + line + "\n", actor=planner, now=NOW)

    (error,) = refused.value.errors
    assert (error.line, error.column, error.value) == (3, column, value)
    with unit_of_work(sessions) as session:
        assert session.scalars(select(Site)).all() == []


def test_an_import_cannot_move_a_site_to_another_line(session: Session, planner: Actor, east: SiteId) -> None:
    with pytest.raises(ImportRefusedError, match="line 2, column line: 'inspections'"):
        lists.import_sites(session, HEADER + EAST.replace("exams", "inspections"), actor=planner, now=NOW)
