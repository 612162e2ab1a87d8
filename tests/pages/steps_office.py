"""Steps of those who plan, approve, supervise and keep rounds and files in order."""

from datetime import datetime, timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.allotment import jobs
from booking.allotment.beacons import build_beacons
from booking.allotment.models.requests import Request, RequestState
from booking.allotment.models.rounds import Round
from booking.exams.line import EXAMS
from tests.pages.house import Visitor
from tests.pages.step import Step, sees

WITHDRAWAL = "/desk/plans/withdrawals/1"
CLOSURE = "/desk/closures/new?line=exams&site=3&service=&first_day=2026-12-04&last_day=2026-12-04"
RIGHT = "lane=priority&day=2026-02-01&clock=00:00"
ASKED = select(Request).where(Request.line == "exams", Request.state == RequestState.LIVE).order_by(Request.id)


def after_the_close(visitor: Visitor) -> str:
    """Move the clock to the hours in which rows may be corrected, and return the address of somebody's row."""
    house = visitor.house
    row = house.ask(ASKED)
    closed = (Round.service == row.service, Round.stage == "collecting")
    number = house.ask(select(Round.id).where(*closed).order_by(Round.id))
    _go_to(visitor, house.ask(select(Round.closes_at).where(Round.id == number)) + timedelta(minutes=5))
    return f"/desk/rounds/{number}/applicants/{row.holder}/correct"


def _go_to(visitor: Visitor, instant: datetime) -> None:
    house = visitor.house
    house.at(instant)
    jobs.advance_rounds(house.sessions, EXAMS, build_beacons(is_demo=True, mirrors=()), instant)


def correcting(visitor: Visitor) -> TestResponse:
    return visitor.get(f"{after_the_close(visitor)}?{RIGHT}")


def correcting_empty(visitor: Visitor) -> TestResponse:
    return visitor.send(correcting(visitor), is_filled=False)


def correction(visitor: Visitor) -> TestResponse:
    """See as approver what the counter has proposed."""
    counter = visitor.house.visitor("counter")
    counter.goes_on(correcting(counter), {"reason": "科目一成绩单日期"})
    return visitor.get("/desk/rounds/corrections/1")


def correction_done(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(correction(visitor))


def withdrawal_declined(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(visitor.get(WITHDRAWAL), action="/decline$")


def withdrawal_done(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(visitor.get(WITHDRAWAL), action="/approve$")


def closure_empty(visitor: Visitor) -> TestResponse:
    return visitor.send(visitor.get(CLOSURE), is_filled=False)


OFFICE_STEPS = {
    "rounds-correct": Step("counter", "allotment.correct", correcting),
    "rounds-correct-empty": Step("counter", "allotment.propose_correction", correcting_empty),
    "rounds-correction": Step("approver", "allotment.correction", correction),
    "rounds-correction-done": Step(
        "approver", "allotment.desk_round", correction_done, sends="allotment.approve_correction"
    ),
    "rounds-numbers": sees("planner", "allotment.numbers", "/desk/rounds/62/numbers"),
    "withdrawal": sees("approver", "allotment.show_withdrawal", WITHDRAWAL),
    "withdrawal-declined": Step("approver", "plans.plan", withdrawal_declined, sends="allotment.decline_withdrawal"),
    "withdrawal-done": Step("approver", "plans.plan", withdrawal_done, sends="allotment.approve_withdrawal"),
    "closure-empty": Step("planner", "allotment.propose_closure", closure_empty),
    "closure-impact": sees("planner", "allotment.new_closure", CLOSURE),
    "override-slip": sees("counter", "desk.override_slip", "/desk/slips/overrides/1"),
    "drafts-of-the-suggestion": sees("planner", "demand.look_at_drafts", "/desk/demand/drafts?from=2026-12-21"),
}
