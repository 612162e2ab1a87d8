"""Putting a row right at the desk: seen before it is proposed, consented to by another, only before the freeze."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from booking.allotment.models.proposals import Correction
from booking.allotment.models.requests import Entry
from booking.kernel.actors import Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.slots.models import Lane, Method
from tests import factories
from tests.service.allotment.city import CLOSE, DRAW, FREEZE, OPENED
from tests.web.allotment.conftest import Scene
from tests.web.conftest import Visitor

HOUR = timedelta(hours=1)
RIGHT = {"lane": "priority", "day": "2026-02-01", "clock": "00:00"}
WHY = {**RIGHT, "reason": "科目一成绩单日期"}


@pytest.fixture
def closed(scene: Scene) -> Scene:
    scene.at(CLOSE + HOUR)
    return scene


def address_of(scene: Scene, number: int = 4) -> str:
    return f"/desk/rounds/{scene.round_id}/applicants/person:{scene.people[number].person_id}/correct"


def entry_of(scene: Scene, number: int = 4) -> Entry:
    with reading(scene.town.sessions) as session:
        return session.get_one(Entry, (scene.round_id, f"person:{scene.people[number].person_id}"))


def propose(person: Visitor, scene: Scene, values: dict[str, str] = WHY) -> int:
    query = "?lane=priority&day=2026-02-01&clock=00:00"
    return person.submit(address_of(scene), values, on=address_of(scene) + query).status_code


def test_a_clerk_sees_old_and_new_before_anything_is_stored(closed: Scene, wang: Visitor, sessions: Sessions) -> None:
    page = wang.get(address_of(closed) + "?lane=priority&day=2026-02-01&clock=08:30").text

    assert "Sun 15 Mar 2026" in page
    assert "Sun 1 Feb 2026 08:30" in page
    with reading(sessions) as session:
        assert session.scalars(select(Correction)).all() == []


def test_a_second_person_consents_and_the_row_is_written(
    closed: Scene, wang: Visitor, visitor: Callable[..., Visitor]
) -> None:
    assert propose(wang, closed) == 303
    approver = visitor(Role.APPROVER)
    assert "Corrections waiting for a second person" in approver.get("/desk/rounds").text

    shown = approver.get("/desk/rounds/corrections/1").text
    answer = approver.submit("/desk/rounds/corrections/1")

    assert "Sun 15 Mar 2026" in shown
    assert "Sun 1 Feb 2026" in shown
    assert answer.status_code == 303
    entry = entry_of(closed)
    assert (entry.seq, entry.lane, entry.ranking_time) == (6, Lane.PRIORITY, at_local(date(2026, 2, 1), time.min))
    assert "Correction done" in approver.get(f"/desk/rounds/{closed.round_id}").text
    closed.at(DRAW)
    public = " ".join(visitor(Role.COUNTER).get(f"/rounds/{closed.round_id}").text.split())
    assert "<dt>Rows corrected by two people</dt> <dd> 1 </dd>" in public


def test_the_seconds_of_a_ranking_time_are_kept(
    closed: Scene, wang: Visitor, visitor: Callable[..., Visitor]
) -> None:
    propose(wang, closed, {**WHY, "clock": "09:15:27"})
    visitor(Role.APPROVER).submit("/desk/rounds/corrections/1")

    assert entry_of(closed).ranking_time == datetime(2026, 2, 1, 1, 15, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**WHY, "reason": ""}, "reason"),
        ({**WHY, "day": "gestern"}, "day"),
        ({**WHY, "clock": "25:00"}, "clock"),
        ({**WHY, "lane": "walk_in"}, "lane"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    closed: Scene, wang: Visitor, sessions: Sessions, values: dict[str, str], field: str
) -> None:
    query = "?lane=priority&day=2026-02-01&clock=00:00"

    answer = wang.submit(address_of(closed), values, on=address_of(closed) + query)

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}-error"' in answer.text
    with reading(sessions) as session:
        assert session.scalars(select(Correction)).all() == []


def test_a_preview_of_what_makes_no_sense_is_refused(closed: Scene, wang: Visitor) -> None:
    answer = wang.get(address_of(closed) + "?lane=priority&day=x&clock=")

    assert answer.status_code == 422
    assert "Propose the correction" not in answer.text


def test_a_row_that_says_so_already_needs_no_correction(closed: Scene, wang: Visitor) -> None:
    page = wang.get(address_of(closed) + "?lane=ordinary&day=2026-03-15&clock=00:00").text

    assert "Nothing would change" in page
    assert "Propose the correction" not in page


@pytest.mark.parametrize("at", [OPENED, FREEZE + HOUR])
def test_rows_are_corrected_only_between_close_and_freeze(
    scene: Scene, visitor: Callable[..., Visitor], sessions: Sessions, at: datetime
) -> None:
    scene.at(at)
    wang = visitor(Role.COUNTER)

    assert "Rows cannot be corrected now" in wang.get(address_of(scene)).text
    assert "Correct the row" not in wang.get(f"/desk/rounds/{scene.round_id}/applicants").text
    answer = wang.submit(address_of(scene), WHY, on=f"/desk/rounds/{scene.round_id}/applicants")
    assert answer.status_code == 422
    with reading(sessions) as session:
        assert session.scalars(select(Correction)).all() == []


def test_the_proposer_cannot_consent(
    closed: Scene, wang: Visitor, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    propose(wang, closed)
    assert (
        wang.submit("/desk/rounds/corrections/1", on=f"/desk/rounds/{closed.round_id}/applicants").status_code == 403
    )
    with unit_of_work(sessions) as session:
        second_account = factories.account(session, Role.APPROVER, person_id=wang.actor.person_id)
    approver = visitor(actor=second_account)

    page = approver.get("/desk/rounds/corrections/1").text
    answer = approver.submit("/desk/rounds/corrections/1", on=f"/desk/rounds/{closed.round_id}/numbers")

    assert "A second person is needed" in page
    assert answer.status_code == 409
    assert "A second person has to do this step." in answer.text
    assert entry_of(closed).lane is Lane.ORDINARY


def test_a_proposal_lapses_with_the_freeze(closed: Scene, wang: Visitor, visitor: Callable[..., Visitor]) -> None:
    propose(wang, closed)
    closed.at(FREEZE + HOUR)
    approver = visitor(Role.APPROVER)

    page = approver.get("/desk/rounds/corrections/1").text

    assert "this proposal lapses" in page
    assert "Corrections waiting" not in approver.get("/desk/rounds").text
    assert approver.submit("/desk/rounds/corrections/1", on="/desk/closures").status_code == 409


def test_in_a_lottery_only_the_lane_can_be_corrected(
    make_scene: Callable[..., Scene], visitor: Callable[..., Visitor]
) -> None:
    scene = make_scene(method=Method.LOTTERY)
    scene.at(CLOSE + HOUR)
    wang = visitor(Role.COUNTER)

    page = wang.get(address_of(scene) + "?lane=priority").text
    answer = wang.submit(
        address_of(scene), {"lane": "priority", "reason": "证明"}, on=address_of(scene) + "?lane=priority"
    )

    assert 'name="day"' not in page
    assert answer.status_code == 303


@pytest.mark.parametrize("role", [Role.PLANNER, Role.EXAM_SITE])
def test_who_need_not_know_people_sees_no_corrections(
    closed: Scene, wang: Visitor, visitor: Callable[..., Visitor], role: Role
) -> None:
    propose(wang, closed)
    reader = visitor(role)

    assert WHY["reason"] not in reader.get("/desk/rounds").text
    assert WHY["reason"] not in reader.get(f"/desk/rounds/{closed.round_id}").text
    assert reader.get("/desk/rounds/corrections/1").status_code == 403
