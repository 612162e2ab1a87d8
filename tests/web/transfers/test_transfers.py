"""Pages of files: sent and tried, read and brought in, asked for and taken; each kind for whom it is."""

import io
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from booking.exams.models import Learner
from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading
from booking.transfers.jobs.running import run_transfers
from booking.transfers.kinds import INCOMING, OUTGOING
from booking.transfers.words import COLUMNS, NAMES, WHAT
from tests.service.transfers.office import as_csv, as_xlsx, learner
from tests.web.conftest import Visitor

SEND, ASK = "/desk/transfers/in/learners", "/desk/transfers/out/learners"


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(Role.COUNTER)


def learners(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalars(select(func.count()).select_from(Learner)).one()


def sent(wang: Visitor, content: bytes, name: str = "学员.xlsx") -> str:
    answer = wang.submit(SEND, {"file": (io.BytesIO(content), name)})
    assert answer.status_code == 303
    return str(answer.location)


def test_a_small_file_is_tried_at_once_and_stored_when_the_clerk_says_so(wang: Visitor, sessions: Sessions) -> None:
    page = sent(wang, as_xlsx([learner(1), learner(2)]))
    report = wang.get(page)
    assert "2 lines can be brought in; none is wrong" in report.text
    assert learners(sessions) == 0

    answer = wang.submit(f"{page}/bring-in", on=page)

    assert (answer.status_code, answer.location) == (303, page)
    assert "Everything is stored" in wang.get(page).text
    assert learners(sessions) == 2
    assert "学员.xlsx" in wang.get("/desk/transfers").text


def test_wrong_lines_are_listed_in_the_language_of_the_page_and_no_number_is_shown(
    wang: Visitor, sessions: Sessions
) -> None:
    row = learner(1)
    wrong = as_csv([row, (*row[:2], "440883199001011230", *row[3:]), (*row[:6], "2026-02-30", None, None)])

    page = sent(wang, wrong, "a.csv")
    english = wang.get(page).text
    wang.set_cookie("language", "zh")
    chinese = wang.get(page).text

    assert "2 things are wrong" in english
    assert "has a wrong check digit; was a digit mistyped?" in english
    assert "不是“年-月-日”格式的日期" in chinese or "2026-02-30" in chinese
    assert "440883199001011230" not in english + chinese
    assert learners(sessions) == 0


def test_a_large_file_waits_for_the_worker_and_its_page_comes_again_by_itself(
    wang: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    page = sent(wang, as_csv([learner(number) for number in range(1, 520)]), "many.csv")
    waiting = wang.get(page)
    run_transfers(sessions, clock.now())
    tried = wang.get(page)

    assert waiting.headers["Refresh"] == "2"
    assert "The file waits its turn" in waiting.text
    assert "Refresh" not in tried.headers
    assert "519 lines can be brought in" in tried.text


def test_a_form_without_a_file_or_reason_is_shown_again(wang: Visitor) -> None:
    nothing = wang.submit(SEND, {})
    silent = wang.submit(ASK, {"file_format": "csv", "reason": ""})

    assert (nothing.status_code, silent.status_code) == (422, 422)
    assert "Choose a file" in nothing.text
    assert "Enter the reason; it is kept in the log" in silent.text


def test_days_the_wrong_way_round_are_said_at_their_field(wang: Visitor) -> None:
    answer = wang.submit(
        "/desk/transfers/out/results",
        {"first_day": "2026-11-30", "last_day": "2026-11-01", "file_format": "csv", "reason": "x"},
    )

    assert answer.status_code == 422
    assert "The last day must follow the first" in answer.text


def test_a_file_is_made_and_taken_by_who_asked(
    wang: Visitor, sessions: Sessions, clock: FixedClock, visitor: Callable[..., Visitor]
) -> None:
    page = sent(wang, as_csv([learner(1)]), "one.csv")
    wang.submit(f"{page}/bring-in", on=page)
    asked = wang.submit(ASK, {"file_format": "xlsx", "reason": "核对"})
    run_transfers(sessions, clock.now())

    file = wang.submit(f"{asked.location}/file", on=asked.location)
    other = visitor(Role.COUNTER)

    assert file.headers["Content-Disposition"] == 'attachment; filename="learners.xlsx"'
    rows = CalamineWorkbook.from_object(io.BytesIO(file.data)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "学员1"
    assert other.get(asked.location).status_code == 404


def test_a_report_that_was_not_read_brings_nothing_in(wang: Visitor, sessions: Sessions) -> None:
    page = sent(wang, as_csv([learner(1)]), "one.csv")

    answer = wang.submit(f"{page}/bring-in", {"seen": "0" * 64}, on=page)

    assert answer.status_code == 409
    assert learners(sessions) == 0


def test_a_file_can_be_given_up(wang: Visitor) -> None:
    page = sent(wang, as_csv([learner(1)]), "one.csv")

    assert wang.submit(f"{page}/give-up", on=page).status_code == 303
    assert "The file was given up" in wang.get(page).text


ROLES = (Role.COUNTER, Role.PLANNER, Role.APPROVER, Role.SUPERVISOR, Role.STATION, Role.EXAM_SITE)
IN = {
    "learners": {Role.COUNTER},
    "results": {Role.COUNTER},
    "vehicles": {Role.COUNTER},
    "plans": {Role.PLANNER, Role.STATION, Role.EXAM_SITE},
    "attempts": {Role.EXAM_SITE},
    "sites": {Role.PLANNER, Role.APPROVER},
    "history": {Role.APPROVER},
}
DESK = {Role.COUNTER, Role.PLANNER, Role.APPROVER, Role.SUPERVISOR}
OUT = {
    "learners": {Role.COUNTER},
    "results": {Role.COUNTER},
    "vehicles": {Role.COUNTER},
    "plans": {Role.PLANNER, Role.STATION, Role.EXAM_SITE},
    "rosters": {*DESK, Role.EXAM_SITE},
    "bookings": DESK,
}


@pytest.mark.parametrize("role", ROLES)
def test_each_kind_is_moved_by_those_who_keep_it(visitor: Callable[..., Visitor], role: Role) -> None:
    client = visitor(role)

    for way, table, kinds in (("in", IN, INCOMING), ("out", OUT, OUTGOING)):
        assert set(table) == set(kinds)
        for kind, roles in table.items():
            status = client.get(f"/desk/transfers/{way}/{kind}").status_code
            assert status == (200 if role in roles else 403), (way, kind)
    assert client.get("/desk/transfers").status_code == 200


def test_administrators_and_applicants_move_nothing(visitor: Callable[..., Visitor]) -> None:
    assert visitor(Role.ADMINISTRATOR).get("/desk/transfers").status_code == 403
    assert visitor(Role.APPLICANT).get("/desk/transfers").status_code == 403


def test_every_kind_has_its_words_and_a_template_that_it_reads(visitor: Callable[..., Visitor]) -> None:
    for kind, incoming in INCOMING.items():
        assert set(COLUMNS[kind]) == set(incoming.columns)
        client = visitor(next(iter(IN[kind])))
        book = CalamineWorkbook.from_object(io.BytesIO(client.get(f"/desk/transfers/templates/{kind}.xlsx").data))
        assert tuple(book.get_sheet_by_index(0).to_python()[0]) == tuple(incoming.columns)
        text = client.get(f"/desk/transfers/templates/{kind}.csv").data.decode("utf-8-sig")
        assert text.split() == [",".join(incoming.columns)]
    assert set(NAMES) == set(WHAT) == {*INCOMING, *OUTGOING}


VIN, PLATE, OWNER = "LSVFF66R8C2116280", "粤G12345", "91440800MA4X000012"
VEHICLE = f"N,{OWNER},02,{PLATE},{VIN},small_passenger,A,5,2018-12-10,2026-12-31"


def test_the_report_of_vehicles_shows_no_plate_vin_or_number_and_is_chinese_for_who_reads_chinese(
    wang: Visitor,
) -> None:
    wrong = VEHICLE.replace(VIN, "ABC").replace(PLATE, "粤G54321").replace("2018-12-10", "soon")
    lines = [",".join(INCOMING["vehicles"].columns), VEHICLE, VEHICLE.replace(PLATE, "粤I1"), wrong, VEHICLE]
    file = io.BytesIO("\n".join(lines).encode())

    page = str(wang.submit("/desk/transfers/in/vehicles", {"file": (file, "vehicles.csv")}).location)
    english = wang.get(page).text
    wang.set_cookie("language", "zh")
    chinese = wang.get(page).text

    assert "is not a plate of that type" in english
    assert "is not a day written YYYY-MM-DD" in english
    assert "stands in line 2 already" in english
    assert "不是这种号牌种类的号牌" in chinese
    for secret in (VIN, PLATE, OWNER, "粤I1", "ABC"):
        assert secret not in english + chinese
