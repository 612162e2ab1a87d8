"""The page of a request: position and receipt before the draw, the result with its reason after it, withdrawing."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from booking.allotment import jobs
from booking.allotment.rules.checker import check, holds
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from tests.service.allotment.city import CLOSE, DRAW, NOON, Town
from tests.web.conftest import Visitor
from tests.web.exams.rounds import SINCE, asked, collecting_town, rival, text_of, words_of

Sit = Callable[..., Visitor]


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return collecting_town(sessions)


@pytest.fixture
def mei(town: Town) -> Actor:
    """A learner who may take subject 2 and ranks since 11 March."""
    return town.add_learner(accepted_on=SINCE)


@pytest.fixture
def learner(mei: Actor, visitor: Sit) -> Visitor:
    return visitor(actor=mei)


def drawn(town: Town, clock: FixedClock) -> None:
    """Let the round be closed, frozen and drawn."""
    town.draw()
    clock.instant = DRAW + timedelta(minutes=5)


def test_the_page_says_position_people_places_and_when_the_result_comes(learner: Visitor, town: Town) -> None:
    rival(town, SINCE - timedelta(days=1), town.slots[0])

    page = text_of(learner, asked(learner, town.slots[0]))

    assert "Your request is in" in page
    assert "place 2 for reference; people: 2 (you included), places: 6" in page
    assert "on Fri 4 Dec 21:30, at once to everybody by message" in page
    assert "Test site" in page
    assert ": places 2, people 2, you included" in page
    assert "It moves back when somebody with an earlier ranking time joins" in page


def test_the_receipt_is_a_file_that_the_checker_accepts_and_names_nobody(
    learner: Visitor, mei: Actor, town: Town, clock: FixedClock
) -> None:
    address = asked(learner, town.slots[0])
    answer = learner.get(f"{address}/receipts/1")
    receipt = answer.get_json()
    drawn(town, clock)

    steps = list(check(town.record_text(1), [json.dumps(receipt)]))

    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt-round-1-row-1.json"'
    assert holds(steps), steps
    assert "测试" not in answer.get_data(as_text=True)


def test_the_code_of_the_receipt_is_drawn_without_styles_and_scripts(learner: Visitor, town: Town) -> None:
    page = learner.get(asked(learner, town.slots[0])).get_data(as_text=True)

    code = page.split('class="segno"')[1].split("</svg>")[0]
    assert 'class="qrline"' in code
    assert "style=" not in code


def test_whoever_was_not_granted_learns_place_cut_off_and_what_would_have_been_enough(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock
) -> None:
    for days in (3, 2, 1):
        rival(town, SINCE - timedelta(days=days), town.slots[0])
    rival(town, SINCE + timedelta(days=1), town.slots[0])
    address = asked(learner, town.slots[0])
    drawn(town, clock)

    page = text_of(visitor(actor=mei), address)

    assert "Not granted in the draw: place 2 in the queue" in page
    assert "4 of 5" in page
    assert "Your ranking time Wed 11 Mar 2026" in page
    assert "places: 2, people: 5 Mon 9 Mar 2026 A ranking time before Mon 9 Mar 2026." in page
    assert "first on Sat 5 Dec 12:00 and then daily" in page
    assert "It costs nothing and counts as no attempt" in page


def test_the_sessions_of_a_round_stand_in_the_order_of_the_wishes_each_once(learner: Visitor, town: Town) -> None:
    page = text_of(learner, asked(learner, town.slots[2], f"*{town.site_id}"))

    listed = re.findall(r"(\d\d):30–\d\d:30 · [^:]+: places 2, people 1, you included", page)
    assert listed == ["14", "08", "10"]


def test_people_of_the_same_ranking_time_learn_that_the_draw_decided(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock
) -> None:
    others = [rival(town, SINCE, town.slots[0]) for _ in range(2)]
    address = asked(learner, town.slots[0])
    drawn(town, clock)

    pages = [text_of(visitor(actor=mei), address)]
    for other in others:
        own = visitor(actor=other)
        link = own.get("/my/requests").get_data(as_text=True).split("/exams/requests/")[1][:10]
        pages.append(text_of(own, f"/exams/requests/{link}"))

    said = ["the public draw decided between you" in page for page in pages]
    assert sorted(said) == [False, False, True]  # only the one who lost the tie


def test_whoever_was_granted_is_led_to_the_booking(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock
) -> None:
    address = asked(learner, town.slots[1], town.slots[0])
    drawn(town, clock)

    own = visitor(actor=mei)
    page = own.get(address)

    assert "Granted: Tue 8 Dec 10:30–11:30" in words_of(page)
    booking = page.get_data(as_text=True).split('href="/my/bookings/')[1].split('"')[0]
    assert "You have a place" in text_of(own, f"/my/bookings/{booking}")


def test_a_place_that_a_round_gave_cannot_be_moved_and_says_what_cancelling_costs_before_it_is_done(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock
) -> None:
    address = asked(learner, town.slots[0])
    drawn(town, clock)
    own = visitor(actor=mei)
    booking = own.get(address).get_data(as_text=True).split('href="/my/bookings/')[1].split('"')[0]

    shown = own.get(f"/my/bookings/{booking}").get_data(as_text=True)
    moving = own.get(f"/my/bookings/{booking}/change")
    cancelling = text_of(own, f"/my/bookings/{booking}/cancel")

    assert f"/my/bookings/{booking}/change" not in shown
    assert "it moves your ranking time" in shown
    assert moving.status_code == 409
    assert own.get(f"/my/bookings/{booking}/change/{town.slots[1]}").status_code == 409
    assert "Your ranking time for this subject moves to the moment of cancelling." in cancelling
    assert "Now it is Wed 11 Mar 2026 (your latest test)" in cancelling
    assert "The place goes to the next in line of its round" in cancelling


def test_after_cancelling_the_next_request_ranks_from_that_minute(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock
) -> None:
    address = asked(learner, town.slots[0])
    drawn(town, clock)
    own = visitor(actor=mei)
    booking = own.get(address).get_data(as_text=True).split('href="/my/bookings/')[1].split('"')[0]

    own.submit(f"/my/bookings/{booking}/cancel")

    page = text_of(own, "/exams/subject_2/request?step=check&carry_on=y&wish=*" + str(town.site_id))
    assert "your latest cancellation of a place of this subject Fri 4 Dec 2026 21:35" in page


def test_a_place_handed_on_later_is_shown_with_its_round(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock, sessions: Sessions
) -> None:
    ahead = [rival(town, SINCE - timedelta(days=days), town.slots[0]) for days in (2, 1)]
    address = asked(learner, town.slots[0])
    drawn(town, clock)
    own = visitor(actor=ahead[0])
    booking = own.get("/my/bookings").get_data(as_text=True).split('href="/my/bookings/')[1].split('"')[0]
    own.submit(f"/my/bookings/{booking}/cancel")
    jobs.hand_on_seats(sessions, EXAMS, NOON)
    clock.instant = NOON

    page = text_of(visitor(actor=mei), address)

    assert "A place was granted" in page
    assert "3 of 3" in page


def test_a_place_that_came_too_late_for_the_own_limit_is_explained(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock, sessions: Sessions
) -> None:
    ahead = [rival(town, SINCE - timedelta(days=days), town.slots[0]) for days in (2, 1)]
    address = town.ask(mei, town.slots[0], notice_hours=96)
    drawn(town, clock)
    own = visitor(actor=ahead[0])
    booking = own.get("/my/bookings").get_data(as_text=True).split('href="/my/bookings/')[1].split('"')[0]
    own.submit(f"/my/bookings/{booking}/cancel")
    jobs.hand_on_seats(sessions, EXAMS, NOON)
    clock.instant = NOON

    page = text_of(visitor(actor=mei), f"/exams/requests/{address}")

    assert "The place came later than the limit that you had set" in page


def test_withdrawing_says_what_it_means_and_leaves_the_rounds_that_collect(learner: Visitor, town: Town) -> None:
    address = asked(learner, town.slots[0])

    question = text_of(learner, f"{address}/withdraw")
    answer = learner.submit(f"{address}/withdraw")

    assert "leaves your ranking time as it is" in question
    assert answer.headers["Location"] == address
    page = text_of(learner, address)
    assert "This request was withdrawn on Tue 24 Nov 10:00" in page
    assert "The request has left this round" in page
    assert learner.get(f"{address}/change").status_code == 409
    assert learner.get(f"{address}/withdraw").status_code == 409


def test_withdrawing_behind_the_close_says_that_the_row_stays(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock
) -> None:
    address = asked(learner, town.slots[0])
    town.advance(CLOSE)
    clock.instant = CLOSE
    own = visitor(actor=mei)

    assert "The list of Tue 8 Dec is sealed: your row stays in it" in text_of(own, f"{address}/withdraw")
    assert "List sealed" in text_of(own, address)
    own.submit(f"{address}/withdraw")
    drawn(town, clock)
    assert "The request had been withdrawn, so the place went to the next in line." in text_of(
        visitor(actor=mei), address
    )


def test_my_tests_and_the_subject_lead_to_the_live_request(learner: Visitor, town: Town) -> None:
    address = asked(learner, town.slots[0])

    way, subject = learner.get("/exams/").get_data(as_text=True), learner.get("/exams/subject_2")

    assert f'href="{address}"' in way
    assert "Place requested" in way
    assert f'href="{address}"' in subject.get_data(as_text=True)
    assert "Make a request" not in subject.get_data(as_text=True)


def test_the_odds_come_from_rounds_that_were_drawn(
    learner: Visitor, mei: Actor, visitor: Sit, town: Town, clock: FixedClock
) -> None:
    for days in range(4):
        rival(town, SINCE - timedelta(days=days + 1), town.slots[0])
    drawn(town, clock)
    later = date(2026, 12, 16)
    slot_id = town.add_slot(day=later, ordinary=1)
    town.open(clock.now())

    page = text_of(visitor(actor=mei), f"/exams/subject_2/request?step=check&wish={slot_id}")

    assert "latest rounds: 1; people who asked: 4, of whom got a place there: 2 (50 %)" in page
