"""Asking for places that a round decides: three steps kept in the address, what they say, and every refusal."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from booking.allotment import jobs
from booking.allotment.models.requests import Request, RequestWish
from booking.allotment.models.rounds import Leaf
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from tests import factories
from tests.service.allotment.city import CLOSE, DAY, NOON, Town
from tests.web.conftest import Visitor
from tests.web.exams.rounds import HERE, SINCE, asked, collecting_town, rival, send, step, text_of, words_of


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return collecting_town(sessions)


@pytest.fixture
def mei(town: Town) -> Actor:
    """A learner who may take subject 2 and ranks since 11 March."""
    return town.add_learner(accepted_on=SINCE)


@pytest.fixture
def learner(mei: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(actor=mei)


def requests_in(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(Request)) or 0


def order_on(page: str) -> list[str]:
    """Return the hours of the wishes in the order in which a page lists them."""
    return list(dict.fromkeys(re.findall(r"Tue 8 Dec (\d\d):30", page)))


def test_a_subject_whose_sessions_take_requests_leads_to_asking_not_to_booking(learner: Visitor) -> None:
    page = learner.get("/exams/subject_2").get_data(as_text=True)

    assert "3 sessions take requests now" in page
    assert f'href="{HERE}"' in page
    assert "No place is free at the moment" not in page


def test_a_session_is_named_by_how_its_round_stands_and_never_full_before_it_opens(
    learner: Visitor, mei: Actor, visitor: Callable[..., Visitor], clock: FixedClock
) -> None:
    collecting = text_of(learner, f"/exams/subject_2?day={DAY}")
    clock.instant = CLOSE
    deciding = text_of(visitor(actor=mei), f"/exams/subject_2?day={DAY}")

    assert "Taking requests 2 places. Requests until Thu 3 Dec 17:00." in collecting
    assert "Being decided 2 places. What nobody waits for opens on Sat 5 Dec 12:00." in deciding
    assert "All places are taken" not in collecting + deciding


def test_the_check_of_one_session_leads_to_a_request_while_its_round_collects(learner: Visitor, town: Town) -> None:
    page = learner.get(f"/exams/slots/{town.slots[0]}").get_data(as_text=True)

    assert "A round decides this session" in page
    assert f'href="{HERE}?wish={town.slots[0]}"' in page
    assert "Book this place" not in page


def test_ticked_sessions_are_put_in_order_by_buttons_that_need_no_script(learner: Visitor, town: Town) -> None:
    first, second, third = town.slots

    ticked = text_of(learner, step("order", first, second, third))
    raised = text_of(learner, step("order", first, second, third, up=2))
    lowered = text_of(learner, step("order", first, second, third, down=0))
    dropped = text_of(learner, step("order", first, second, third, drop=1))

    assert [order_on(page) for page in (ticked, raised, lowered, dropped)] == [
        ["08", "10", "14"],
        ["08", "14", "10"],
        ["10", "08", "14"],
        ["08", "14"],
    ]


def test_ticking_more_keeps_the_order_there_was(learner: Visitor, town: Town) -> None:
    first, second, third = town.slots

    page = text_of(learner, f"{HERE}?step=order&was={third}&was={first}&wish={first}&wish={second}&wish={third}")

    assert order_on(page) == ["14", "08", "10"]


def test_the_check_page_says_everything_before_anything_is_stored(
    learner: Visitor, town: Town, sessions: Sessions
) -> None:
    rival(town, SINCE - timedelta(days=1), town.slots[0])
    rival(town, SINCE, town.slots[0])
    rival(town, SINCE + timedelta(days=1), town.slots[1])

    page = text_of(learner, step("check", town.slots[0], f"*{town.site_id}"))

    assert "places: 2; others who ask so far: 2" in page
    assert "Wed 11 Mar 2026 Rules for the Work of Driving Tests, art. 9 your ranking time" in page
    assert "place 2 for reference; people: 4 (you included), places: 6" in page
    assert "1 other ranks at the same time as you" in page
    assert "Thu 3 Dec 17:00 Fri 4 Dec 12:00 Fri 4 Dec 21:30 Sat 5 Dec 12:00" in page
    assert "no round of this subject has been drawn there yet" in page
    assert "Whoever cancels a granted place ranks from that moment on" in page
    assert requests_in(sessions) == 3


def test_a_request_keeps_its_wishes_in_the_order_asked(learner: Visitor, town: Town, sessions: Sessions) -> None:
    address = asked(learner, town.slots[2], f"*{town.site_id}", town.slots[0])

    with reading(sessions) as session:
        rows = session.execute(select(RequestWish.slot_id, RequestWish.site_id).order_by(RequestWish.place)).all()
    assert [tuple(row) for row in rows] == [(town.slots[2], None), (None, town.site_id), (town.slots[0], None)]
    assert re.fullmatch(r"/exams/requests/[2-9A-Z]{10}", address)


def test_the_same_form_sent_twice_is_one_request(learner: Visitor, town: Town, sessions: Sessions) -> None:
    first = send(learner, town.slots[0], data={"request_key": "twice"})
    page = learner.get(HERE)
    learner.get(first.headers["Location"])
    again = learner.post(HERE, data={"csrf_token": token(learner), "request_key": "twice", "wish": [town.slots[0]]})

    assert page.headers["Location"] == again.headers["Location"] == first.headers["Location"]
    assert requests_in(sessions) == 1


def token(learner: Visitor) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', learner.get("/exams/").get_data(as_text=True))
    assert found
    return found[1]


def test_a_second_request_of_the_subject_leads_to_the_first(learner: Visitor, town: Town, sessions: Sessions) -> None:
    csrf = token(learner)
    first = asked(learner, town.slots[0])

    answer = learner.post(HERE, data={"csrf_token": csrf, "request_key": "other", "wish": [town.slots[1]]})

    assert answer.status_code == 409
    assert f'href="{first}"' in answer.get_data(as_text=True)
    assert requests_in(sessions) == 1


@pytest.mark.parametrize(
    ("reason", "wishes", "kept"),
    [
        ("The same wish stands twice; please remove one.", ["1", "1"], ["1", "1"]),
        ("One session or site does not belong to this subject; please choose again.", ["2", "4"], ["2", "4"]),
        ("There are too many wishes; please remove some.", ["1", "2", "3"] * 4, ["1", "2", "3"] * 4),
        ("Please choose at least one session or one site.", [], []),
    ],
)
def test_bad_wishes_are_refused_with_the_reason_at_the_field_and_the_form_is_kept(
    learner: Visitor, town: Town, sessions: Sessions, reason: str, wishes: list[str], kept: list[str]
) -> None:
    with unit_of_work(sessions) as session:
        assert factories.slot(session, service="road", day=DAY) == 4
    sent = {"csrf_token": token(learner), "request_key": "k", "wish": wishes, "carry_on": "y", "notice_hours": "72"}

    answer = learner.post(HERE, data=sent)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert page.count(reason) == 2  # in the summary and at the field
    assert 'href="#wish"' in page
    assert 'id="wish"' in page
    assert re.findall(r'type="hidden" name="(?:wish|was)" value="(\d+)"', page) == kept
    assert re.search(r'name="carry_on"[^>]*(checked|value="y")', page)
    assert re.search(r'selected value="72"|name="notice_hours" value="72"', page)
    assert requests_in(sessions) == 0


@pytest.mark.parametrize("junk", ["x", "*", "-1", "0", "99999999999999999999", "²", "12' OR 1=1"])
def test_what_can_be_no_wish_is_kept_as_typed_and_refused(learner: Visitor, town: Town, junk: str) -> None:
    answer = learner.get(HERE, query_string={"step": "check", "wish": [town.slots[0], junk]})

    assert answer.status_code == 422
    assert "One session or site does not belong to this subject; please choose again." in answer.get_data(
        as_text=True
    )


def test_a_closed_round_takes_nothing_and_the_form_says_so(
    mei: Actor, visitor: Callable[..., Visitor], town: Town, clock: FixedClock, sessions: Sessions
) -> None:
    clock.instant = CLOSE
    learner = visitor(actor=mei)
    csrf = token(learner)

    answer = learner.post(HERE, data={"csrf_token": csrf, "request_key": "k", "wish": [town.slots[0]]})

    assert answer.status_code == 422
    assert words_of(answer).count("One session no longer takes requests") == 2
    assert "08:30" in words_of(answer)
    assert requests_in(sessions) == 0


def test_a_site_without_open_sessions_needs_carrying_on(
    mei: Actor, visitor: Callable[..., Visitor], town: Town, clock: FixedClock
) -> None:
    clock.instant = CLOSE
    learner = visitor(actor=mei)
    csrf = token(learner)
    sent = {"csrf_token": csrf, "request_key": "k", "wish": [f"*{town.site_id}"]}

    refused = learner.post(HERE, data=sent)
    taken = learner.post(HERE, data={**sent, "carry_on": "y"})

    assert refused.status_code == 422
    assert "no session that takes requests now" in refused.get_data(as_text=True)
    assert taken.status_code == 303
    assert "The request stands in no round yet" in text_of(learner, taken.headers["Location"])


def test_who_is_refused_sees_every_reason_and_the_record_shows_that_somebody_was(
    visitor: Callable[..., Visitor], town: Town, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        assert actor.person_id is not None
        factories.learner(session, actor.person_id, accepted_on=date(2026, 11, 20), permit_issued_on=None)
    learner = visitor(actor=actor)
    check = text_of(learner, step("check", town.slots[0]))

    answer = send(learner, town.slots[0])

    page = words_of(answer)
    assert "once you have passed subject 1" in check
    assert "Send it and have the refusal recorded" in check
    assert answer.status_code == 422
    assert "once you have passed subject 1" in page
    assert "A learner permit is needed first" in page
    assert "Basis: Order 172, art." in page
    with reading(sessions) as session:
        assert '"kind":"refused"' in session.scalars(select(Leaf.row)).one()
    assert requests_in(sessions) == 0


def test_changing_begins_with_the_request_as_it_is_and_stores_the_new_wishes(
    learner: Visitor, town: Town, sessions: Sessions
) -> None:
    address = asked(learner, town.slots[0], town.slots[1])
    here = f"{address}/change"
    page = learner.get(here).get_data(as_text=True)

    answer = send(learner, town.slots[2], here=here, data={"version": "1"})

    assert page.count("checked") == 2
    assert answer.headers["Location"] == address
    shown = text_of(learner, address)
    assert order_on(shown)[0] == "14"
    assert "row 2 of the list" in shown


def test_a_change_that_somebody_else_has_overtaken_is_not_stored(learner: Visitor, town: Town) -> None:
    address = asked(learner, town.slots[0])
    here = f"{address}/change"
    send(learner, town.slots[1], here=here, data={"version": "1"})

    answer = send(learner, town.slots[2], here=here, data={"version": "1"})

    assert answer.status_code == 409
    assert order_on(text_of(learner, address))[0] == "10"


def test_the_limit_for_late_places_starts_at_the_offices_setting_and_is_kept(
    learner: Visitor, town: Town, sessions: Sessions
) -> None:
    page = learner.get(step("order", town.slots[0])).get_data(as_text=True)
    answer = send(learner, town.slots[0], data={"notice_hours": "96"})

    assert re.search(r'<option selected value="48">', page)
    with reading(sessions) as session:
        assert session.scalars(select(Request.notice_hours)).one() == 96
    assert "No later than 4 days before the session" in text_of(learner, answer.headers["Location"])


def test_an_odd_limit_in_the_address_is_passed_over_and_in_the_form_refused(learner: Visitor, town: Town) -> None:
    page = learner.get(step("order", town.slots[0], notice_hours="soon")).get_data(as_text=True)

    answer = send(learner, town.slots[0], data={"notice_hours": "7"})

    assert '<option selected value="48">' in page
    assert answer.status_code == 422
    assert 'href="#notice_hours"' in answer.get_data(as_text=True)


def test_somebody_elses_request_is_not_found(
    learner: Visitor, town: Town, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    address = asked(learner, town.slots[0])
    other = visitor(actor=town.add_learner())

    for path in ("", "/change", "/withdraw", "/receipts/1"):
        assert other.get(address + path).status_code == 404
    assert other.submit(f"{address}/withdraw", on="/exams/").status_code == 404


def test_what_nobody_waited_for_is_booked_as_usual_from_the_announced_hour(
    mei: Actor, visitor: Callable[..., Visitor], town: Town, clock: FixedClock, sessions: Sessions
) -> None:
    town.draw()
    jobs.hand_on_seats(sessions, EXAMS, NOON)
    clock.instant = NOON
    learner = visitor(actor=mei)

    listed = text_of(learner, "/exams/subject_2")
    answer = learner.submit(f"/exams/slots/{town.slots[0]}")

    assert "The earliest free sessions" in listed
    assert "2 of 2 left" in listed
    assert "Make a request" not in listed
    assert answer.status_code == 303
    assert "You have a place" in text_of(learner, answer.headers["Location"])
