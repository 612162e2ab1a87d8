"""The desk: one box that leaves no trace of what was sought, slips without names, overrides in public."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.bookings.models import Booking, Override, OverrideState
from booking.exams.models import Learner
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SlotId, VehicleId
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor

PHONE = "19912340001"
WHY = {"paper": "id_original", "evidence": "本人到场", "reason": "不会上网"}


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        actor = factories.account(session, person_id=factories.person(session, name="梅小雨", phone=PHONE))
        factories.learner(session, PersonId(actor.person_id or 0))
        factories.passed(session, actor, "subject_1")
    return actor


@pytest.fixture
def car(sessions: Sessions, mei: Actor) -> VehicleId:
    with unit_of_work(sessions) as session:
        return factories.vehicle(session, person_id=PersonId(mei.person_id or 0), plate="粤G54321")


@pytest.fixture
def wang(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(Role.COUNTER)


def tail_of(sessions: Sessions, mei: Actor) -> str:
    with reading(sessions) as session:
        sealed = session.get_one(Person, mei.person_id).id_number_sealed
    return sessions.keyring.open(sealed, column="person.id_number")[-4:]


def marked(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)" aria-current', " ".join(page.split()))


def logged(sessions: Sessions, act: str) -> list[str]:
    with reading(sessions) as session:
        return list(session.scalars(select(AuditEntry.object_id).where(AuditEntry.act == act)))


def test_the_desk_is_marked_where_a_clerk_works_for_one_person_or_vehicle(
    wang: Visitor, mei: Actor, car: VehicleId
) -> None:
    pages = [f"/desk/people/{mei.person_id}", f"/desk/learners/{mei.person_id}", f"/desk/vehicles/{car}"]

    assert [marked(wang.get(page).text) for page in pages] == [["/desk"]] * 3


def test_whatever_a_clerk_has_in_hand_leads_to_the_one_person_or_vehicle(
    wang: Visitor, mei: Actor, car: VehicleId, sessions: Sessions
) -> None:
    tail = tail_of(sessions, mei)
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, factories.slot(session), at=NOW)
    person, vehicle = f"/desk/people/{mei.person_id}", f"/desk/vehicles/{car}"
    ways = {
        f"梅{tail}": person,
        f"{tail} 梅小雨": person,
        PHONE: person,
        reference.lower(): person,
        "粤G54321": vehicle,
    }

    for text, there in ways.items():
        answer = wang.submit("/desk", {"text": text})
        assert (answer.status_code, answer.location) == (303, there), text

    page = wang.get(person).text
    assert reference in page
    assert "粤G·5***1" in page
    assert f"/desk/vehicles/{car}" in page
    assert logged(sessions, "desk searched") == ["2", "2", "2", "1", "1"]
    assert logged(sessions, "person looked up") == [str(mei.person_id)]
    with reading(sessions) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "desk searched")).all()
        assert all(not (entry.before or entry.after or entry.reason) for entry in entries)


def test_several_are_listed_masked_and_none_says_what_can_be_sought(
    wang: Visitor, mei: Actor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        factories.person(session, name="梅大雨", phone=PHONE)

    several, none = wang.submit("/desk", {"text": PHONE}), wang.submit("/desk", {"text": "13800000000"})

    assert several.status_code == none.status_code == 200
    assert "梅小雨" in several.text
    assert "梅大雨" in several.text
    assert PHONE not in several.text.replace(f'value="{PHONE}"', "")
    assert "Nothing was found" in none.text
    assert wang.submit("/desk", {"text": ""}).status_code == 422


def test_the_supervisor_sees_how_often_clerks_search_and_others_do_not_come_in(
    visitor: Callable[..., Visitor], wang: Visitor, mei: Actor
) -> None:
    wang.submit("/desk", {"text": "13800000000"})

    assert "Searches at the desk" not in wang.get("/desk").text
    assert "Searches at the desk" in visitor(Role.SUPERVISOR).get("/desk").text
    for role in (Role.APPLICANT, Role.PLANNER, Role.ADMINISTRATOR, Role.EXAM_SITE):
        assert visitor(role).get("/desk").status_code == 403
        assert visitor(role).get(f"/desk/people/{mei.person_id}").status_code == 403


def test_the_slip_is_masked_names_the_window_and_stays_after_a_cancellation(
    wang: Visitor, visitor: Callable[..., Visitor], mei: Actor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session)
    wang.submit("/desk/window", {"window": "3号窗口"}, on="/desk")

    booked = wang.submit(f"/desk/learners/{mei.person_id}/slots/{slot_id}", WHY)
    slip = wang.get(booked.location).text

    with reading(sessions) as session:
        reference = session.scalars(select(Booking.reference)).one()
    assert booked.location == f"/desk/slips/bookings/{reference}"
    assert "Place booked" in slip
    assert "3号窗口" in slip
    assert "<svg" in slip
    assert "梅**" in slip
    assert "梅小雨" not in slip
    cancelled = wang.submit(f"/desk/learners/{mei.person_id}/bookings/{reference}/cancel", WHY)
    assert "Booking cancelled" in wang.get(cancelled.location).text
    with unit_of_work(sessions) as session:
        mei_at_work = factories.account(session, Role.COUNTER, person_id=PersonId(mei.person_id or 0))
    assert visitor(actor=mei_at_work).get(cancelled.location).status_code == 403


@pytest.fixture
def too_early(sessions: Sessions, mei: Actor) -> SlotId:
    """A free session that is too early for Mei: her permit is five days old."""
    with unit_of_work(sessions) as session:
        issued = local_day(NOW) - timedelta(5)
        record = update(Learner).where(Learner.person_id == mei.person_id)
        session.execute(record.values(permit_issued_on=issued))
        return factories.slot(session, released=2, day=date(2026, 11, 27), published_at=NOW - timedelta(12))


def test_an_override_goes_from_the_clerk_to_another_person_and_into_public_without_a_name(
    wang: Visitor, visitor: Callable[..., Visitor], mei: Actor, too_early: SlotId, sessions: Sessions
) -> None:
    here = f"/desk/people/{mei.person_id}/override/subject_2"
    stranger = visitor()
    before = stranger.get("/overrides").text
    assert f'href="{here}?slot={too_early}"' in wang.get(here).text
    asked = {**WHY, "reason": "证明晚发，见材料", "lifted": "subject-2-too-soon", "kind": "office_error"}

    incomplete = wang.submit(f"{here}?slot={too_early}", {**asked, "lifted": ""})
    proposed = wang.submit(f"{here}?slot={too_early}", asked)
    again = wang.submit(f"{here}?slot={too_early}", asked)

    assert (incomplete.status_code, proposed.status_code, again.status_code) == (422, 303, 409)
    assert "Nothing is booked yet" in wang.get(proposed.location).text
    li = visitor(Role.APPROVER)
    assert wang.submit("/desk/overrides/1/approve", on="/desk/overrides/1").status_code == 403
    assert "证明晚发，见材料" in li.get("/desk/overrides/1").text
    approved = li.submit("/desk/overrides/1/approve", on="/desk/overrides/1")
    assert approved.status_code == 303
    with reading(sessions) as session:
        override = session.scalars(select(Override)).one()
        booking = session.scalars(select(Booking)).one()
    assert (override.state, override.booking_id, booking.slot_id) == (OverrideState.APPROVED, booking.id, too_early)
    after = stranger.get("/overrides").text
    assert "None." in before
    assert "the wait before subject 2" in after
    assert "mistake of the office" in after
    for secret in ("梅小雨", "梅", "证明晚发", booking.reference, "本人到场"):
        assert secret not in after


def test_what_is_missing_of_an_override_is_listed_in_the_order_of_the_page(
    wang: Visitor, mei: Actor, too_early: SlotId
) -> None:
    page = wang.submit(f"/desk/people/{mei.person_id}/override/subject_2?slot={too_early}", {"reason": "   "}).text

    listed = re.findall(r'<a href="#(\w+)(?:-0)?">', page.partition("error-summary")[2].partition("</ul>")[0])
    shown = re.findall(r'id="(\w+)-error"', page)
    assert listed == shown == ["lifted", "kind", "paper", "reason"]


def test_who_proposed_it_is_told_that_a_second_person_decides_and_a_refusal_says_why(
    wang: Visitor, visitor: Callable[..., Visitor], mei: Actor, too_early: SlotId, sessions: Sessions
) -> None:
    here = f"/desk/people/{mei.person_id}/override/subject_2?slot={too_early}"
    wang.submit(here, {**WHY, "lifted": "subject-2-too-soon", "kind": "hardship"})
    with unit_of_work(sessions) as session:
        wang_again = factories.account(session, Role.APPROVER, person_id=PersonId(wang.actor.person_id or 0))
    same, li = visitor(actor=wang_again), visitor(Role.APPROVER)
    page = same.get("/desk/overrides/1").text

    assert "Approve and book" not in page
    assert "A second person decides" in page
    assert same.submit("/desk/overrides/1/approve", on="/desk/overrides/1").status_code == 409
    with unit_of_work(sessions) as session:
        session.execute(update(Learner).values(permit_issued_on=date(2026, 8, 1)))
    answer = li.submit("/desk/overrides/1/approve", on="/desk/overrides/1")

    assert answer.status_code == 409
    assert "nothing has to be lifted" in answer.text
    assert li.submit("/desk/overrides/1/decline", {"answer": ""}, on="/desk/overrides/1").status_code == 422
    why = {"answer": "不需要", "answer_en": "Nothing has to be lifted"}
    assert li.submit("/desk/overrides/1/decline", why, on="/desk/overrides/1").status_code == 303
    assert [words in li.get("/desk/overrides/1").text for words in why.values()] == [True, True]
