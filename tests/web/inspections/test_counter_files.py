"""Vehicles from a file, with every wrong line listed and nothing personal in the list; and out again, logged."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from booking.audit.models import AuditEntry
from booking.inspections.imports import COLUMNS
from booking.inspections.models import Vehicle
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading
from tests.web.conftest import Visitor

VIN, PLATE, NUMBER = "LSVFF66R8C2116280", "粤G12345", "91440800MA4X000012"
GOOD = f"N,{NUMBER},02,{PLATE},{VIN},small_passenger,A,5,2018-12-10,2026-12-31"
IMPORT, EXPORT = "/desk/vehicles/import", "/desk/vehicles/export"


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(Role.COUNTER)


def send(wang: Visitor, *lines: str) -> TestResponse:
    text = "\n".join((",".join(COLUMNS), *lines)) + "\n"
    return wang.submit(IMPORT, {"file": (io.BytesIO(text.encode()), "vehicles.csv")})


def vehicles(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalars(select(func.count()).select_from(Vehicle)).one()


def test_a_good_file_is_imported_and_its_number_of_lines_is_said(wang: Visitor, sessions: Sessions) -> None:
    answer = send(wang, GOOD)

    assert (answer.status_code, answer.location) == (303, "/desk/vehicles")
    assert "Imported: 1 lines." in wang.get(answer.location).text
    assert vehicles(sessions) == 1


def test_every_wrong_line_is_listed_with_column_and_problem_and_nothing_is_stored(
    wang: Visitor, sessions: Sessions
) -> None:
    wrong = GOOD.replace(VIN, "ABC").replace(PLATE, "粤G54321").replace("2018-12-10", "soon")

    answer = send(wang, GOOD, GOOD.replace(PLATE, "粤I1"), wrong, GOOD)

    assert answer.status_code == 422
    assert "is not a plate of that type" in answer.text
    assert "is not a day written YYYY-MM-DD" in answer.text
    assert "stands in line 2 already" in answer.text
    for secret in (VIN, PLATE, NUMBER, "粤I1", "ABC"):
        assert secret not in answer.text
    assert vehicles(sessions) == 0


def test_the_problems_are_said_in_chinese_to_whoever_reads_chinese(wang: Visitor) -> None:
    wang.set_cookie("language", "zh")

    assert "不是这种号牌种类的号牌" in send(wang, GOOD.replace(PLATE, "粤I1")).text


def test_a_form_without_a_file_is_shown_again(wang: Visitor) -> None:
    assert wang.submit(IMPORT, {}).status_code == 422


def test_the_columns_and_the_way_out_stand_on_the_page(wang: Visitor) -> None:
    page = wang.get(IMPORT).text

    assert "owner_id_type, owner_id_number, plate_type" in page
    assert f'href="{EXPORT}"' in page
    assert f'href="{IMPORT}"' in wang.get("/desk/vehicles").text


def test_vehicles_are_given_out_for_a_reason_in_the_form_in_which_they_come_in(
    wang: Visitor, sessions: Sessions
) -> None:
    send(wang, GOOD)

    refused = wang.submit(EXPORT, {"reason": ""})
    answer = wang.submit(EXPORT, {"reason": "与登记系统核对"})

    assert (refused.status_code, refused.mimetype) == (422, "text/html")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.decode("utf-8-sig").splitlines() == [",".join(COLUMNS), GOOD]
    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "vehicles exported")).one()
    assert (entry.reason, entry.after, entry.account_id) == (
        "与登记系统核对",
        {"count": 1},
        wang.actor.account_id,
    )


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PLANNER, Role.STATION, Role.APPLICANT])
def test_nobody_but_the_counter_brings_vehicles_in_or_out(visitor: Callable[..., Visitor], role: Role) -> None:
    browser = visitor(role)

    assert (browser.get(IMPORT).status_code, browser.get(EXPORT).status_code) == (403, 403)
