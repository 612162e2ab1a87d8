"""Plans as files: what goes out comes in again; one wrong line and nothing is stored."""

import pytest
from sqlalchemy import select

from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ImportRefusedError
from booking.plans.models import Plan
from booking.plans.service.drafting import discard
from booking.plans.service.transfer import export_plans, import_plans
from booking.sites.models import Site
from tests.service.plans.desk import DAY, NOW, Desk, open_desk

HEADER = "site,service,date,starts,ends,classes,ordinary,priority\n"


def code_of(desk: Desk) -> str:
    with reading(desk.sessions) as session:
        return session.get_one(Site, desk.site_id).code


def refused(desk: Desk, rows: str) -> list[tuple[int, str]]:
    with pytest.raises(ImportRefusedError) as failure, unit_of_work(desk.sessions) as session:
        import_plans(session, HEADER + rows, actor=desk.planner, now=NOW)
    with reading(desk.sessions) as session:
        assert session.scalars(select(Plan)).all() == []
    return [(error.line, error.column) for error in failure.value.errors]


def test_an_export_can_be_imported_again(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()
    with unit_of_work(sessions) as session:
        exported = export_plans(session, DAY, DAY)
        discard(session, plan_id, actor=desk.planner, now=NOW)

    with unit_of_work(sessions) as session:
        (again,) = import_plans(session, exported.encode("utf-8-sig"), actor=desk.planner, now=NOW)

    assert desk.shown(again).planned == desk.shown(plan_id).planned


def test_lines_of_one_site_service_and_date_become_one_plan(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    code = code_of(desk)
    rows = [f"{code},subject_2,2026-12-0{day},{hour}:30,{hour + 1}:30,,20,1" for day in (8, 9) for hour in (10, 14)]

    with unit_of_work(sessions) as session:
        plans = import_plans(session, HEADER + "\n".join(rows), actor=desk.planner, now=NOW)

    assert [len(desk.shown(plan).lines) for plan in plans] == [2, 2]


def test_every_wrong_cell_is_named_and_nothing_is_stored(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    code = code_of(desk)

    errors = refused(
        desk,
        f"nowhere,subject_2,2026-12-08,08:30,09:30,,20,0\n"
        f"{code},subject_2,8.12.2026,08:30,09:30,,20,0\n"
        f"{code},subject_2,2026-12-08,8 o'clock,09:30,,20,0\n"
        f"{code},subject_2,2026-12-08,08:30,09:30,,many,-1\n"
        f"{code},subject_2,9999-12-31,08:30,09:30:00,,20,0\n",
    )

    wrong_cells = {
        (2, "site"),
        (3, "date"),
        (4, "starts"),
        (5, "ordinary"),
        (5, "priority"),
        (6, "date"),
        (6, "ends"),
    }
    assert set(errors) == wrong_cells


def test_a_conflict_is_named_at_the_first_line_of_its_day(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    code = code_of(desk)

    errors = refused(
        desk,
        f"{code},subject_2,2026-12-08,08:30,09:30,,20,0\n"
        f"{code},subject_2,2026-12-12,08:30,09:30,,20,0\n"  # a Saturday
        f"{code},safety,2026-12-08,08:30,09:30,,20,0\n",  # not offered
    )

    assert set(errors) == {(3, "date"), (4, "date")}


def test_two_services_of_one_file_share_the_daily_maximum(sessions: Sessions) -> None:
    desk = open_desk(sessions, daily_maximum=30)
    code = code_of(desk)
    rows = "\n".join(f"{code},{service},2026-12-08,08:30,09:30,,20,0" for service in ("subject_2", "road"))

    with pytest.raises(Exception, match="over-daily-maximum"), unit_of_work(sessions) as session:
        import_plans(session, HEADER + rows, actor=desk.planner, now=NOW)

    with reading(sessions) as session:
        assert session.scalars(select(Plan)).all() == []
