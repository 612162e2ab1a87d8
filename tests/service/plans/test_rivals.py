"""Several people save the same draft at once: one is first, the others are told, nothing is overwritten."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from sqlalchemy import update

from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import StaleError
from booking.kernel.ids import PlanId
from booking.plans.models import Plan
from booking.plans.service.drafting import Content, change_draft
from tests.service.plans.desk import MORNING, NOW, Desk, open_desk

EDITORS = 6


def race(editors: int, save: Callable[[int], None]) -> Counter[str]:
    start = Barrier(editors)

    def one(number: int) -> str:
        start.wait()
        try:
            save(number)
        except StaleError:
            return "stale"
        return "saved"

    with ThreadPoolExecutor(editors) as pool:
        return Counter(pool.map(one, range(editors)))


def content(number: int) -> Content:
    return Content((replace(MORNING, ordinary=10 + number),))


def change(desk: Desk, plan_id: PlanId, number: int, version: int) -> None:
    with unit_of_work(desk.sessions) as session:
        change_draft(session, plan_id, content(number), version=version, actor=desk.planner, now=NOW)


def test_of_several_who_save_what_they_read_one_does_and_the_plan_is_wholly_theirs(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()

    answers = race(EDITORS, lambda number: change(desk, plan_id, number, version=1))

    plan = desk.shown(plan_id)
    assert answers == {"saved": 1, "stale": EDITORS - 1}
    assert plan.version == 2
    assert plan.planned.lines in [content(number).lines for number in range(EDITORS)]


def test_the_race_is_real_where_the_version_is_read_and_compared_by_hand(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()
    both_have_read = Barrier(2)

    def save(number: int) -> None:
        with reading(sessions) as session:
            version = session.get_one(Plan, plan_id).version
        both_have_read.wait()
        if version != 1:
            raise StaleError
        with unit_of_work(sessions) as session:
            session.execute(update(Plan).where(Plan.id == plan_id).values(version=version + 1))

    assert race(2, save) == {"saved": 2}
    assert desk.shown(plan_id).version == 2  # two saved, and one of them is gone
