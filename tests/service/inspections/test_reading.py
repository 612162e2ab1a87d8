"""Vehicles on pages: found by what people say, compared stations, and nothing in clear anywhere it need not be."""

import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, text
from structlog.testing import capture_logs

from booking.inspections.imports import COLUMNS, import_vehicles
from booking.inspections.jobs import remind_owners
from booking.inspections.queries.stations import stations_compared
from booking.inspections.queries.vehicles import find_vehicles, garage, in_clear, vehicle_shown
from booking.inspections.rules.due import State
from booking.inspections.rules.facts import VehicleKind
from booking.inspections.service.binding import bind_vehicle
from booking.inspections.service.reinspection import offer_reinspection
from booking.inspections.service.unbinding import unbind_vehicle
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.db import Base, Sessions, reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import VehicleId
from booking.slots.models import Hold, HoldPurpose
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import CAR, COMPANY, VIN, applicant, bound, person_of
from tests.service.inspections.town import station, told, window

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def known(sessions: Sessions) -> VehicleId:
    with unit_of_work(sessions) as session:
        factories.vehicle(session, plate="粤G99999", vin="LTESTVEHC00000999")
        return factories.vehicle(session, plate="粤G12345", vin=VIN)


@pytest.mark.parametrize("asked", ["粤G12345", "粤g·12345", "2345", VIN, VIN.lower(), "116280"])
def test_the_counter_finds_a_vehicle_by_plate_or_vin_or_their_ends(sessions: Sessions, asked: str) -> None:
    vehicle_id = known(sessions)

    with reading(sessions) as session:
        assert [found.vehicle_id for found in find_vehicles(session, asked, now=NOW)] == [vehicle_id]


@pytest.mark.parametrize("asked", ["", " ", "粤G1234", "12345", "116281", "9998"])
def test_half_a_plate_finds_nothing(sessions: Sessions, asked: str) -> None:
    known(sessions)

    with reading(sessions) as session:
        assert not find_vehicles(session, asked, now=NOW)


def test_a_garage_shows_how_each_vehicle_stands_in_five_statements(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        later = factories.vehicle(session, person_id=person_of(mei), valid_until=date(2027, 12, 31))
        soon = factories.vehicle(session, person_id=person_of(mei), valid_until=date(2026, 12, 31))
        over = factories.vehicle(session, person_id=person_of(mei), valid_until=date(2026, 10, 31))
    statements: list[str] = []

    with reading(sessions) as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
        rows = garage(session, person_of(mei), now=NOW)

    assert [row.vehicle_id for row in rows] == [over, soon, later]
    assert [row.standing.state for row in rows if row.standing] == [State.OVERDUE, State.OPEN, State.NOT_YET]
    assert len(statements) <= 5


def test_a_vehicle_is_shown_to_whom_it_concerns(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    vehicle_id = bound(sessions, mei, CAR)
    assert vehicle_id is not None

    with reading(sessions) as session:
        assert vehicle_shown(session, vehicle_id, person_id=person_of(mei), now=NOW).plate == "粤G·1***5"
        assert in_clear(session, vehicle_id, person_id=person_of(mei)).plate == "粤G12345"
        assert vehicle_shown(session, vehicle_id, person_id=None, now=NOW).vin.startswith("LSV***")
        for ask in (vehicle_shown, in_clear):
            more = {"now": NOW} if ask is vehicle_shown else {}
            with pytest.raises(NotFoundError):
                ask(session, vehicle_id, person_id=person_of(wang), **more)


def test_stations_are_compared_by_distance_price_next_window_and_load(sessions: Sessions) -> None:
    far, near = station(sessions, district="徐闻县"), station(sessions, district="霞山区")
    with unit_of_work(sessions) as session:
        factories.station(session, lanes=(("inspection_motorcycle", 6),))
    full, free = window(sessions, near, TODAY + DAY, free=0), window(sessions, near, TODAY + 2 * DAY)
    window(sessions, near, TODAY + DAY, classes="MINIBUS")

    with reading(sessions) as session:
        rows = stations_compared(session, VehicleKind.SMALL_PASSENGER, district="赤坎区", now=NOW)

    assert [row.station.id for row in rows] == [near, far]
    assert [row.next_free.id if row.next_free else None for row in rows] == [free, None]
    assert full not in [row.next_free.id for row in rows if row.next_free]
    assert [row.kilometres is not None and row.kilometres > 0 for row in rows] == [True, True]
    assert rows[0].price_fen is None


def test_a_failed_car_is_offered_the_next_free_window_of_the_station(sessions: Sessions) -> None:
    mei, place = applicant(sessions), station(sessions)
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, person_id=person_of(mei))
        operator = factories.account(session, Role.STATION, site_id=place)
    window(sessions, station(sessions), TODAY + 2 * DAY)
    free = window(sessions, place, TODAY + 3 * DAY)

    with unit_of_work(sessions) as session:
        hold_id = offer_reinspection(session, vehicle_id, place, actor=operator, now=NOW)

    with reading(sessions) as session:
        hold = session.scalars(select(Hold)).one()
    assert (hold.id, hold.slot_id, hold.purpose) == (hold_id, free, HoldPurpose.REINSPECTION)
    assert f"/inspections/holds/{hold_id}" in told(sessions, "inspection_reinspection")[0]


def test_without_a_free_window_the_owner_is_told_to_come_with_the_report(sessions: Sessions) -> None:
    mei, place = applicant(sessions), station(sessions)
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, person_id=person_of(mei))
        walk_in = factories.vehicle(session)
        assert offer_reinspection(session, vehicle_id, place, actor=SYSTEM, now=NOW) is None
        assert offer_reinspection(session, walk_in, place, actor=SYSTEM, now=NOW) is None

    (text_told,) = told(sessions, "inspection_reinspection")
    assert "营业时间直接到站复检" in text_told


def test_no_plate_vin_number_or_company_stands_in_any_column_log_or_address(
    sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    canaries = ("粤G7K3X9", "7K3X9", "粤G8M4Z6", "8M4Z6", VIN, "116280", COMPANY.credit_code, COMPANY.name)
    caplog.set_level(logging.DEBUG)
    secret = replace(CAR, plate="粤G7K3X9")
    mei = applicant(sessions)
    window(sessions, station(sessions), TODAY + 3 * DAY)
    with capture_logs() as logs:
        with unit_of_work(sessions) as session:
            line = f"N,{COMPANY.credit_code},02,粤G8M4Z6,{VIN},truck,F,3,2020-01-15,2026-12-20\n"
            import_vehicles(session, ",".join(COLUMNS) + "\n" + line, actor=SYSTEM, now=NOW)
        with unit_of_work(sessions) as session:
            made = bind_vehicle(session, person_of(mei), secret, company=COMPANY, actor=mei, now=NOW)
        remind_owners(sessions, NOW + 10 * DAY)
        with unit_of_work(sessions) as session:
            assert made.vehicle_id is not None
            unbind_vehicle(session, made.vehicle_id, actor=mei, now=NOW)

    with reading(sessions) as session:
        tables = [text(f'SELECT * FROM "{table.name}"') for table in Base.metadata.sorted_tables]
        everything = "\n".join(repr(tuple(row)) for query in tables for row in session.execute(query))
    found = [canary for canary in canaries if canary in everything or canary in f"{logs}{caplog.text}"]
    assert found == []
