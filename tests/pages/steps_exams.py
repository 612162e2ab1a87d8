"""Steps of learners, of the counter on their behalf, and of an exam site on its day."""

from datetime import timedelta

from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from booking.slots.models import Method, Quota, Slot
from tests.pages.house import Visitor
from tests.pages.step import Step
from tests.pages.tree import parsed

A_SLOT = r"/slots/\d+$"
WISHES = "/exams/subject_2/request"
ON_BEHALF = {"paper": "id_original", "evidence": "身份证原件", "reason": "本人到窗口办理"}


def checked(visitor: Visitor) -> TestResponse:
    return visitor.click(visitor.get("/exams/subject_2"), A_SLOT)


def booked(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(checked(visitor))


def free_to_move(visitor: Visitor) -> None:
    """Let places be given first come, first served; what a round gave cannot be exchanged."""
    visitor.house.run(text("DROP TRIGGER frozen_slot"))
    visitor.house.run(update(Slot).values(method=Method.FIRST_COME))


def changing(visitor: Visitor) -> TestResponse:
    free_to_move(visitor)
    return visitor.click(booked(visitor), "/change$")


def new_place(visitor: Visitor) -> TestResponse:
    return visitor.click(changing(visitor), r"/change/\d+$")


def moved(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(new_place(visitor))


def cancelled(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(visitor.click(booked(visitor), "/cancel$"))


def full(visitor: Visitor) -> TestResponse:
    page = checked(visitor)
    visitor.house.run(update(Quota).values(taken=Quota.released))
    return visitor.send(page)


def closed(visitor: Visitor) -> TestResponse:
    page = checked(visitor)
    number = int(page.request.path.rpartition("/")[2])
    visitor.house.at(visitor.house.ask(select(Slot.starts_at).where(Slot.id == number)))
    return visitor.send(page)


def too_late(visitor: Visitor) -> TestResponse:
    page = visitor.click(booked(visitor), "/cancel$")
    visitor.house.at(visitor.house.clock.instant + timedelta(hours=20))
    return visitor.send(page)


def wishes(visitor: Visitor, step: str, most: int = 2) -> TestResponse:
    """Go to a step of asking, with the first sessions that are offered."""
    page = visitor.get(WISHES)
    codes = offered(page.text)[:most]
    return visitor.get(f"{WISHES}?step={step}" + "".join(f"&wish={code}" for code in codes))


def offered(page: str) -> list[str]:
    boxes = [box for box in parsed(page).all("input") if box.get("name") == "wish"]
    return [box.get("value") for box in boxes]


def asked(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(wishes(visitor, "check"))


def asked_without_wish(visitor: Visitor) -> TestResponse:
    return visitor.send(wishes(visitor, "check"), {"wish": []})


def at_the_counter(visitor: Visitor, pattern: str) -> TestResponse:
    """Go on from the page of the first learner."""
    return visitor.click(visitor.get("/desk/learners/14"), pattern)


def booked_for(visitor: Visitor) -> TestResponse:
    page = visitor.click(at_the_counter(visitor, "/subject_2$"), A_SLOT)
    return visitor.goes_on(page, ON_BEHALF)


def changing_for(visitor: Visitor) -> TestResponse:
    free_to_move(visitor)
    booked_for(visitor)
    return at_the_counter(visitor, "/change$")


def new_place_for(visitor: Visitor) -> TestResponse:
    return visitor.click(changing_for(visitor), r"/change/\d+$")


def moved_for_empty(visitor: Visitor) -> TestResponse:
    return visitor.send(new_place_for(visitor), {"reason": ""})


def wishes_again(visitor: Visitor) -> TestResponse:
    page = visitor.click(asked(visitor), "/change")
    codes = "".join(f"&wish={code}" for code in offered(page.text)[:1])
    return visitor.get(f"{page.request.path}?step=check{codes}")


def asked_again(visitor: Visitor) -> TestResponse:
    return visitor.send(wishes_again(visitor), {"wish": []})


def wishes_for(visitor: Visitor) -> TestResponse:
    page = visitor.click(at_the_counter(visitor, "/subject_2$"), "/subject_2/request")
    codes = "".join(f"&wish={code}" for code in offered(page.text)[:2])
    return visitor.get(f"{page.request.path}?step=check{codes}")


def asked_for(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(wishes_for(visitor), ON_BEHALF)


def asked_for_empty(visitor: Visitor) -> TestResponse:
    return visitor.send(wishes_for(visitor))


def asked_again_for_empty(visitor: Visitor) -> TestResponse:
    asked_for(visitor)
    page = visitor.click(at_the_counter(visitor, r"/requests/\w+$"), "/change$")
    codes = "".join(f"&wish={code}" for code in offered(page.text)[:1])
    return visitor.send(visitor.get(f"{page.request.path}?step=check{codes}"))


EXAM_STEPS = {
    "exams-booked": Step("learner1", "bookings.show", booked),
    "exams-change": Step("learner1", "exams.change", changing),
    "exams-change-check": Step("learner1", "exams.check_change", new_place),
    "exams-moved": Step("learner1", "bookings.show", moved, sends="exams.move"),
    "exams-cancelled": Step("learner1", "bookings.show", cancelled),
    "exams-full": Step("learner1", "exams.book", full),
    "exams-closed": Step("learner1", "exams.book", closed),
    "exams-too-late": Step("learner1", "exams.give_up", too_late),
    "exams-wishes-order": Step("learner1", "exams.wishes", lambda visitor: wishes(visitor, "order")),
    "exams-wishes-check": Step("learner1", "exams.wishes", lambda visitor: wishes(visitor, "check")),
    "exams-wishes-none": Step("learner1", "exams.wishes", lambda visitor: wishes(visitor, "order", 0)),
    "exams-ask-empty": Step("learner1", "exams.ask", asked_without_wish),
    "exams-asked": Step("learner1", "exams.own_request", asked),
    "exams-wishes-again-check": Step("learner1", "exams.wishes_again", wishes_again),
    "exams-ask-again-empty": Step("learner1", "exams.ask_again", asked_again),
    "exams-wishes-for-check": Step("counter", "exams.wishes_for", wishes_for),
    "exams-asked-for": Step("counter", "desk.request_slip", asked_for),
    "exams-ask-for-empty": Step("counter", "exams.ask_for", asked_for_empty),
    "exams-ask-again-for-empty": Step("counter", "exams.ask_again_for", asked_again_for_empty),
    "exams-change-for": Step("counter", "exams.change_for", changing_for),
    "exams-change-check-for": Step("counter", "exams.check_change_for", new_place_for),
    "exams-move-for-empty": Step("counter", "exams.move_for", moved_for_empty),
}
