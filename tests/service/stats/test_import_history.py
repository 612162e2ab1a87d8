"""Bringing in history: all of it or nothing, quickly, with a trace in the log."""

import time
from datetime import date

import pytest
from sqlalchemy import func, select

from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ImportRefusedError
from booking.sites.models import Site
from booking.stats.models import PastBooking
from booking.stats.queries.shares import shares
from booking.stats.service import CHUNK, export_shares_csv, import_history
from tests import factories
from tests.conftest import NOW

HEADER = "line,service,site,date,channel,outcome"
SPRING = {"subject_1": (2223, 7008), "subject_2": (1563, 7580), "road": (581, 5539), "safety": (0, 5337)}


@pytest.fixture
def cast(sessions: Sessions) -> tuple[Actor, str]:
    """An administrator, and the code of a site for driving tests."""
    with unit_of_work(sessions) as session:
        site = session.get_one(Site, factories.site(session))
        return factories.account(session, Role.ADMINISTRATOR), site.code


def stored(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(PastBooking)) or 0


def spring_2016(code: str) -> str:
    """The office's bookings of spring 2016: only the counts are known, so days and other channels are made up."""
    lines = [HEADER]
    for service, (online, total) in SPRING.items():
        for number in range(total):
            channel = "internet" if number < online else ("school", "counter", "phone")[number % 3]
            outcome = ("passed", "failed", "absent", "cancelled", "booked")[number % 5]
            lines.append(f"exams,{service},{code},2016-03-{1 + number % 31:02},{channel},{outcome}")
    return "\n".join(lines)


def test_the_history_of_spring_2016_gives_the_shares_of_the_report(
    sessions: Sessions, cast: tuple[Actor, str]
) -> None:
    administrator, code = cast
    data = spring_2016(code).encode()

    started = time.perf_counter()
    with unit_of_work(sessions) as session:
        count = import_history(session, data, actor=administrator, now=NOW)
    seconds = time.perf_counter() - started

    with reading(sessions) as session:
        found = shares(session, date(2016, 3, 1), date(2016, 3, 31))
    assert count == stored(sessions) == 25_464
    assert [(item.service, item.online, item.total, str(item.share)) for item in found.items] == [
        ("subject_1", 2223, 7008, "31.72"),
        ("subject_2", 1563, 7580, "20.62"),
        ("road", 581, 5539, "10.49"),
        ("safety", 0, 5337, "0.00"),
    ]
    assert (found.total.online, found.total.total, str(found.total.share)) == (4367, 25_464, "17.15")
    assert seconds < 20  # one to three on a quiet machine


def test_the_log_keeps_who_brought_in_how_many_bookings_of_which_days(
    sessions: Sessions, cast: tuple[Actor, str]
) -> None:
    administrator, code = cast
    data = f"{HEADER}\nexams,road,{code},2016-03-09,counter,passed\nexams,road,{code},2016-03-02,school,absent\n"

    with unit_of_work(sessions) as session:
        import_history(session, data, actor=administrator, now=NOW)

    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "history")).one()
    assert (entry.act, entry.account_id, entry.at) == ("history imported", administrator.account_id, NOW)
    assert entry.after == {"bookings": 2, "first": "2016-03-02", "last": "2016-03-09"}
    assert len(entry.object_id) == 40


def test_the_same_file_bears_the_same_fingerprint_in_the_log(sessions: Sessions, cast: tuple[Actor, str]) -> None:
    administrator, code = cast
    data = f"{HEADER}\nexams,road,{code},2016-03-09,counter,passed\n"

    with unit_of_work(sessions) as session:
        import_history(session, data, actor=administrator, now=NOW)
        import_history(session, data.encode(), actor=administrator, now=NOW)

    with reading(sessions) as session:
        names = session.scalars(select(AuditEntry.object_id).where(AuditEntry.object_kind == "history")).all()
    assert len(names) == 2
    assert len(set(names)) == 1


def test_columns_may_stand_in_any_order_and_behind_a_byte_order_mark(
    sessions: Sessions, cast: tuple[Actor, str]
) -> None:
    administrator, code = cast
    data = f"\ufeffoutcome,channel,date,site,service,line\r\npassed,phone,2016-03-02,{code},safety,exams\r\n"

    with unit_of_work(sessions) as session:
        count = import_history(session, data.encode(), actor=administrator, now=NOW)

    with reading(sessions) as session:
        row = session.scalars(select(PastBooking)).one()
    assert count == 1
    assert (row.line, row.service, row.day, row.channel, row.outcome) == (
        "exams",
        "safety",
        date(2016, 3, 2),
        "phone",
        "passed",
    )


def test_inspections_of_a_station_are_taken_in_too(sessions: Sessions, cast: tuple[Actor, str]) -> None:
    administrator, _ = cast
    with unit_of_work(sessions) as session:
        station = session.get_one(Site, factories.site(session))
        station.line = "inspections"
        code = station.code
    services = ("inspection_small", "inspection_large", "inspection_motorcycle")
    rows = [f"inspections,{service},{code},2016-04-02,internet,passed" for service in services]

    with unit_of_work(sessions) as session:
        import_history(session, "\n".join([HEADER, *rows]), actor=administrator, now=NOW)

    with reading(sessions) as session:
        found = shares(session, date(2016, 4, 2), date(2016, 4, 2), line="inspections")
    assert [(item.service, item.total) for item in found.items] == [(service, 1) for service in services]


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("trains,road,{code},2016-03-01,counter,passed", "line", "trains"),
        ("exams,inspection_small,{code},2016-03-01,counter,passed", "service", "inspection_small"),
        ("exams,,{code},2016-03-01,counter,passed", "service", ""),
        ("inspections,road,{code},2016-03-01,counter,passed", "service", "road"),
        ("exams,road,nowhere,2016-03-01,counter,passed", "site", "nowhere"),
        ("inspections,inspection_small,{code},2016-03-01,counter,passed", "site", "{code}"),  # a site for tests
        ("exams,road,{code},2016-02-30,counter,passed", "date", "2016-02-30"),
        ("exams,road,{code},01.03.2016,counter,passed", "date", "01.03.2016"),
        ("exams,road,{code},2016-03-01,fax,passed", "channel", "fax"),
        ("exams,road,{code},2016-03-01,counter,asleep", "outcome", "asleep"),
        ("exams,road,{code},2016-03-01,counter", "", ""),  # a field is missing
    ],
)
def test_one_bad_line_at_the_end_stores_nothing_and_is_named(
    sessions: Sessions, cast: tuple[Actor, str], row: str, column: str, value: str
) -> None:
    administrator, code = cast
    good = [f"exams,road,{code},2016-03-01,counter,passed"] * (CHUNK + 1)
    data = "\n".join([HEADER, *good, row.format(code=code)])

    # The edge commits even so: the refusal must come before the first row is stored.
    with unit_of_work(sessions) as session, pytest.raises(ImportRefusedError) as refusal:
        import_history(session, data, actor=administrator, now=NOW)

    error = refusal.value.errors[0]
    assert (error.line, error.column, error.value) == (CHUNK + 3, column, value.format(code=code))
    assert stored(sessions) == 0
    with reading(sessions) as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "history")).all() == []


@pytest.mark.parametrize(
    "data",
    ["", "line,service,site,date,channel\n", f"{HEADER},name\n", f"{HEADER}\n\xff".encode("latin-1")],
)
def test_a_file_of_another_kind_is_refused(sessions: Sessions, cast: tuple[Actor, str], data: str | bytes) -> None:
    administrator, _ = cast

    with unit_of_work(sessions) as session, pytest.raises(ImportRefusedError):
        import_history(session, data, actor=administrator, now=NOW)

    assert stored(sessions) == 0


def test_everything_wrong_is_named_at_once(sessions: Sessions, cast: tuple[Actor, str]) -> None:
    administrator, code = cast
    data = f"{HEADER}\nexams,rode,{code}x,2016-03-01,counter,passed\nexams,road,{code},2016-03-01,fax,asleep\n"

    with unit_of_work(sessions) as session, pytest.raises(ImportRefusedError) as refusal:
        import_history(session, data, actor=administrator, now=NOW)

    assert [(error.line, error.column) for error in refusal.value.errors] == [
        (2, "service"),
        (2, "site"),
        (3, "channel"),
        (3, "outcome"),
    ]


def test_a_header_alone_brings_in_nothing(sessions: Sessions, cast: tuple[Actor, str]) -> None:
    administrator, _ = cast

    with unit_of_work(sessions) as session:
        count = import_history(session, f"{HEADER}\n", actor=administrator, now=NOW)

    assert count == stored(sessions) == 0


def test_shares_go_out_as_csv(sessions: Sessions, cast: tuple[Actor, str]) -> None:
    administrator, code = cast
    data = f"{HEADER}\nexams,road,{code},2016-03-01,internet,passed\nexams,road,{code},2016-03-01,school,passed\n"
    with unit_of_work(sessions) as session:
        import_history(session, data, actor=administrator, now=NOW)

    with reading(sessions) as session:
        text = export_shares_csv(session, date(2016, 3, 1), date(2016, 3, 1))

    assert text.splitlines() == [
        "service,online,total,share",
        "subject_1,0,0,",
        "subject_2,0,0,",
        "road,1,2,50.00",
        "safety,0,0,",
        "total,1,2,50.00",
    ]
