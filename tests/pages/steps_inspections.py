"""Steps of owners and agents, and of a station at its gate."""

from datetime import timedelta

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from booking.bookings.models import Booking, BookingState
from booking.inspections.models import Agency, How, Owner, OwnerKind
from booking.slots.models import Quota, Slot
from tests.conftest import NOW
from tests.pages.house import Visitor
from tests.pages.step import Step, sees
from tests.pages.steps_exams import free_to_move

SEVERAL = "/inspections/several"


def a_window(visitor: Visitor) -> TestResponse:
    """Go to the check page of a window that is free."""
    page = visitor.click(visitor.get("/inspections/vehicles"), r"/vehicles/\d+$")
    page = visitor.click(visitor.get(f"{page.request.path}/book"), r"/stations/\d+$")
    return visitor.click(page, r"/windows/\d+")


def full(visitor: Visitor) -> TestResponse:
    page = a_window(visitor)
    visitor.house.run(update(Quota).values(taken=Quota.released))
    return visitor.send(page)


def own_booking(visitor: Visitor) -> TestResponse:
    """Go to the booking that this owner has, as if no round had given it."""
    free_to_move(visitor)
    return visitor.click(visitor.get("/my/bookings"), r"/my/bookings/\w+$")


def new_window(visitor: Visitor) -> TestResponse:
    page = visitor.click(own_booking(visitor), "/change$")
    open_now = (Slot.service == "inspection_small", Slot.starts_at > NOW, Quota.taken < Quota.released)
    number = visitor.house.ask(
        select(Slot.id).join(Quota, Quota.slot_id == Slot.id).where(*open_now).order_by(Slot.id)
    )
    return visitor.get(f"{page.request.path}/{number}")


def too_late(visitor: Visitor) -> TestResponse:
    page = visitor.click(own_booking(visitor), "/cancel$")
    starts = select(Slot.starts_at).join(Booking, Booking.slot_id == Slot.id)
    mine = starts.where(Booking.state == BookingState.CONFIRMED).order_by(Slot.starts_at.desc())
    visitor.house.at(visitor.house.ask(mine) - timedelta(minutes=1))
    return visitor.send(page)


def days_for_several(visitor: Visitor, whole: str = "some") -> TestResponse:
    return visitor.get(f"{SEVERAL}?site=6&whole={whole}&vehicle=3&vehicle=5")


def checked_several(visitor: Visitor) -> TestResponse:
    return visitor.click(days_for_several(visitor), "day=2026-12-0")


def booked_several(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(checked_several(visitor))


def reminders_of_a_company(visitor: Visitor, answer: str = "") -> TestResponse:
    """Look at the reminders of the company, for which the agent acts in everything."""
    visitor.house.run(update(Agency).values(how=How.COUNTER, evidence="委托书"))
    number = visitor.house.ask(select(Owner.id).where(Owner.kind == OwnerKind.COMPANY).order_by(Owner.id))
    page = visitor.get(f"/inspections/reminders/{number}")
    return visitor.send(page, {"reminders": answer}, is_filled=False) if answer else page


def arrived(visitor: Visitor) -> TestResponse:
    """Type the plate of a car that is not expected."""
    return visitor.send(visitor.get("/station"), {"text": "粤G12345"}, action="/arrivals$")


def rating_empty(visitor: Visitor) -> TestResponse:
    page = visitor.click(visitor.get("/my/bookings"), r"/my/bookings/\w+$")
    return visitor.send(visitor.click(page, "/rating$"), is_filled=False)


INSPECTION_STEPS = {
    "inspections-full": Step("owner1", "inspections.take", full),
    "inspections-change-check": Step("owner-booked", "inspections.check_change", new_window),
    "inspections-too-late": Step("owner-booked", "inspections.give_up", too_late),
    "inspections-several-days": Step("owner4", "inspections.book_several", days_for_several),
    "inspections-several-check": Step("owner4", "inspections.book_several", checked_several),
    "inspections-several-done": Step("owner4", "inspections.several_done", booked_several),
    "inspections-company-reminders-wrong": Step(
        "owner4", "inspections.company_reminders", lambda visitor: reminders_of_a_company(visitor, "x")
    ),
    "inspections-company-reminders": Step("owner4", "inspections.company_reminders", reminders_of_a_company),
    "rating-empty": Step("owner-tested", "ratings.rate", rating_empty),
    "tickets-without-network": sees("learner1", "bookings.offline", "/offline"),
    "inspections-arrived-unknown": Step("station", "inspections.arrive", arrived),
}
