"""Choosing a session: what can be had is a link, everything else says why not."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from html import unescape
from urllib.parse import unquote

from sqlalchemy import select

from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.models import Lane, Quota, Slot
from tests import factories
from tests.conftest import NOW
from tests.service.allotment.city import NOON, Town
from tests.web.conftest import Visitor

THAT_DAY = "/exams/subject_2?day=2026-12-08"


def site_of(sessions: Sessions, slot_id: SlotId) -> int:
    with reading(sessions) as session:
        return session.scalars(select(Slot.site_id).where(Slot.id == slot_id)).one()


def test_a_free_session_is_a_link_with_its_places(learner: Visitor, place: Callable[..., SlotId]) -> None:
    slot_id = place(released=12)

    page = learner.get(THAT_DAY).text

    assert f'href="/exams/slots/{slot_id}"' in page
    assert "12 of 12 left" in page
    assert "December 2026" in page


def test_without_a_day_the_earliest_free_sessions_are_shown(learner: Visitor, place: Callable[..., SlotId]) -> None:
    place(released=0, day=date(2026, 12, 3))
    slot_id = place(day=date(2026, 12, 4))

    page = learner.get("/exams/subject_2").text

    assert "The earliest free sessions" in page
    assert f'href="/exams/slots/{slot_id}"' in page


def test_a_seat_of_the_priority_lane_is_not_offered_to_everybody(
    learner: Visitor, sessions: Sessions, place: Callable[..., SlotId]
) -> None:
    slot_id = place(released=0)
    with unit_of_work(sessions) as session:
        session.add(Quota(slot_id=slot_id, lane=Lane.PRIORITY, capacity=2, released=2))

    page = learner.get(THAT_DAY).text

    assert f"/exams/slots/{slot_id}" not in page
    assert "Full" in page


def test_a_full_session_says_so_and_is_no_link(learner: Visitor, place: Callable[..., SlotId]) -> None:
    slot_id = place(released=0)

    page = learner.get(THAT_DAY).text

    assert f"/exams/slots/{slot_id}" not in page
    assert "Full" in page
    assert "No place is free at the moment" in page


def test_places_that_come_on_sale_later_are_announced(learner: Visitor, place: Callable[..., SlotId]) -> None:
    place(released=0, capacity=9)

    assert "9 more places come on sale later." in learner.get(THAT_DAY).text


def test_a_closed_session_names_when_it_closed(learner: Visitor, place: Callable[..., SlotId]) -> None:
    place(closes_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC))

    assert "Booking closed on Mon 23 Nov 17:00." in learner.get(THAT_DAY).text


def test_only_the_chosen_site_is_shown(learner: Visitor, place: Callable[..., SlotId], sessions: Sessions) -> None:
    here, there = place(), place(starts=time(10, 0))

    page = learner.get(f"{THAT_DAY}&site={site_of(sessions, there)}").text

    assert f"/exams/slots/{there}" in page
    assert f"/exams/slots/{here}" not in page


def test_an_empty_site_names_the_other_sites(learner: Visitor, place: Callable[..., SlotId]) -> None:
    place()

    page = learner.get("/exams/subject_2?site=9999").text

    assert "No session at this site" in page
    assert "Show all sites" in page


def test_no_plan_at_all_names_the_public_plans(learner: Visitor) -> None:
    page = learner.get("/exams/subject_2").text

    assert "No plan is published" in page
    assert 'href="/plans"' in page


def test_who_may_not_book_sees_every_reason_and_the_plan_without_links(
    learner: Visitor, place: Callable[..., SlotId]
) -> None:
    slot_id = place(service="safety")

    page = learner.get("/exams/safety?day=2026-12-08").text

    assert "once you have passed subject 2" in page
    assert "once you have passed the road test" in page
    assert "10 of 10 left" in page
    assert f"/exams/slots/{slot_id}" not in page


def test_who_holds_a_booking_is_shown_the_way_to_it(
    learner: Visitor, mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    slot_id = place()
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, slot_id, at=NOW)

    assert f"/my/bookings/{reference}" in learner.get("/exams/subject_2").text


def test_without_a_record_the_plan_is_still_there(
    visitor: Callable[..., Visitor], place: Callable[..., SlotId]
) -> None:
    place()

    page = visitor(Role.APPLICANT).get(THAT_DAY).text

    assert "record of yours" in page
    assert "10 of 10 left" in page


def test_sessions_of_other_classes_are_left_out(learner: Visitor, place: Callable[..., SlotId]) -> None:
    mine = place(classes="C1,C2")
    other = place(classes="A1", starts=time(10, 0))

    page = learner.get(THAT_DAY).text

    assert f"/exams/slots/{mine}" in page
    assert f"/exams/slots/{other}" not in page


def test_an_unknown_subject_is_not_found(learner: Visitor) -> None:
    assert learner.get("/exams/subject_9").status_code == 404


def test_nonsense_in_the_address_is_passed_over(learner: Visitor, place: Callable[..., SlotId]) -> None:
    place()

    assert learner.get("/exams/subject_2?day=yesterday&month=2026-13&site=x").status_code == 200
    assert learner.get("/exams/subject_2?month=1999-01").status_code == 200


def test_a_full_day_leads_to_the_nearest_days_with_free_places(
    learner: Visitor, place: Callable[..., SlotId]
) -> None:
    place(released=0)
    free = place(day=date(2026, 12, 9))

    page = learner.get(THAT_DAY).text

    assert "The earliest free sessions" in page
    assert f'href="/exams/slots/{free}"' in page
    assert f'href="/exams/slots/{free}"' in learner.get(f"/exams/slots/{place(released=0)}").text


def test_where_rounds_decide_a_full_day_leads_to_standing_in_line_in_one_step(
    mei: Actor, visitor: Callable[..., Visitor], sessions: Sessions, place: Callable[..., SlotId], clock: FixedClock
) -> None:
    town = Town(sessions)
    town.add_slot(ordinary=1)
    site_id = site_of(sessions, place(released=0, day=date(2026, 12, 4), site_id=town.site_id))
    town.open()
    town.draw()
    clock.instant = NOON  # what nobody asked for has not been handed on: nothing can be had
    learner = visitor(actor=mei)

    page = learner.get(THAT_DAY).text
    [wait] = re.findall(r'href="(/exams/subject_2/request[^"]+carry_on=y[^"]+)"', page)
    check = learner.get(unescape(wait))

    assert "Wait in line" in page
    assert f"*{site_id}" in unquote(wait)
    assert check.status_code == 200
    assert "Send the request" in check.text
