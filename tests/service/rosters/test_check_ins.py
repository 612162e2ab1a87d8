"""At the door: who is let in by what, every refusal with its reason, and nothing stored by any of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from booking.bookings.models import BookingState
from booking.bookings.ticket import Ticket, tail_of, ticket_text
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.errors import NotAllowedError
from booking.rosters.models import CheckIn, How
from booking.rosters.rules.standing import Standing
from booking.rosters.service.check_ins import check_in
from booking.rosters.service.refusing import RosterRefusedError
from tests import factories
from tests.service.rosters.exam_site import DAY, FAILED, SERVICE, ExamSite, Learner, at


@pytest.fixture
def site(sqlite_url: str, open_sessions: Callable[[str], Sessions]) -> ExamSite:
    return ExamSite(open_sessions(sqlite_url))


def ticket_of(site: ExamSite, learner: Learner, **changed: Any) -> str:
    says = {
        "reference": learner.reference,
        "line": "exams",
        "service": SERVICE,
        "site_code": "4408-T-001",
        "starts_at": at("10:00"),
        "id_tail": tail_of(learner.number),
        "changes": 0,
        **changed,
    }
    with reading(site.sessions) as session:
        return ticket_text(Ticket(**says), keyring_of(session))


def refused(site: ExamSite, learner: Learner, clock: str, **changed: Any) -> str:
    """Return the code of the refusal, after looking that nothing was stored by it."""
    with reading(site.sessions) as session:
        before = session.scalar(select(func.count()).select_from(CheckIn))
    with pytest.raises(RosterRefusedError) as failure:
        site.check_in(learner, clock, **changed)
    with reading(site.sessions) as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == before
    why = failure.value.refused
    assert why.what("zh")  # every gap of the wording is filled
    assert why.then("en")
    return why.code


def test_a_ticket_a_reference_or_a_document_each_lets_in_whom_it_names(site: ExamSite) -> None:
    slot_id = site.slot()
    by_ticket, by_reference, by_document = (site.booked(slot_id) for _ in range(3))

    answers = [
        site.check_in(by_ticket, "09:30", text=ticket_of(site, by_ticket).lower(), tail=""),
        site.check_in(by_reference, "09:31", text=f" {by_reference.reference.lower()} ", tail=by_reference.tail),
        site.check_in(by_document, "09:32", text=f"{by_document.number[:6]} {by_document.number[6:]}", tail=""),
    ]

    assert [answer.how for answer in answers] == [How.TICKET, How.REFERENCE, How.DOCUMENT]
    assert [answer.tail for answer in answers] == [one.tail for one in (by_ticket, by_reference, by_document)]
    rows = site.roster(slot_id, "09:33").rows
    assert all(row.state is BookingState.ATTENDED and row.standing is Standing.PRESENT for row in rows)
    assert sorted(row.check_in.arrival for row in rows if row.check_in) == [1, 2, 3]
    assert answers[0].undo_until == at("09:40")


def test_everything_that_speaks_against_it_is_refused_with_its_reason(site: ExamSite) -> None:
    elsewhere = ExamSite(site.sessions)
    today, later, tomorrow = site.slot(), site.slot("14:00"), site.slot(day=DAY + timedelta(days=1))
    learner, other, absent, tested = (site.booked(today) for _ in range(4))
    site.check_in(tested, "09:30")
    site.attempt(tested, "10:05", FAILED)
    site.attempt(tested, "10:10", FAILED, 2)
    site.jobs("10:20")
    site.absent(absent, "10:30")
    withdrawn = site.slot("16:00")
    cancelled = site.booked(withdrawn)
    site.withdraw(withdrawn, "08:30")

    assert refused(site, learner, "09:30", text="23456789AB") == "not-known"
    assert refused(site, learner, "09:30", text="440802200001019999") == "not-known"
    assert refused(site, learner, "09:30", text=ticket_of(site, learner)[:-8] + "AAAAAAAA") == "ticket-false"
    assert refused(site, learner, "09:30", tail="") == "identity-missing"
    assert refused(site, learner, "09:30", tail="9999") == "identity-differs"
    assert refused(site, learner, "09:30", text=ticket_of(site, learner), tail="9999") == "identity-differs"
    assert refused(elsewhere, learner, "09:30") == "other-site"
    assert refused(site, site.booked(tomorrow), "09:30") == "other-day"
    assert refused(site, absent, "10:35") == "absent"
    assert refused(site, tested, "10:25") == "tested"
    assert refused(site, cancelled, "15:30") == "slot-withdrawn"
    site.jobs("08:31")
    assert refused(site, cancelled, "15:30") == "slot-withdrawn"
    assert refused(site, site.booked(later), "09:30") == "too-early"
    assert refused(site, learner, "10:30") == "too-late"
    assert refused(site, learner, "09:30", at=at("09:33")) == "clock-ahead"
    assert refused(site, learner, "16:00", at=at("09:30")) == "clock-behind"
    site.check_in(learner, "10:29", device_key="a")
    assert refused(site, learner, "10:29", device_key="b") == "checked-in"
    assert refused(site, other, "10:29", device_key="a") == "key-used"


def test_a_check_in_without_network_counts_from_when_it_happened_and_keeps_both_instants(site: ExamSite) -> None:
    slot_id = site.slot()
    learner, too_late = site.booked(slot_id), site.booked(slot_id)

    answer = site.check_in(learner, "13:00", at=at("10:29"), device_key="key")
    again = site.check_in(learner, "13:05", at=at("10:29"), device_key="key")

    assert (answer.checked_in_at, answer.recorded_at, answer.is_repeat) == (at("10:29"), at("13:00"), False)
    assert (again.recorded_at, again.is_repeat) == (at("13:00"), True)
    assert refused(site, too_late, "13:00", at=at("10:30")) == "too-late"
    assert site.acts(learner) == ["booking made", "booking attended"]


def test_the_right_one_of_two_bookings_of_a_day_is_found_by_document(site: ExamSite) -> None:
    morning = site.booked(site.slot("09:00"))
    with unit_of_work(site.sessions) as session:
        factories.setting(session, "exams.same_day_subject_2_and_road", "yes")
    afternoon = site.booked(site.slot("14:00", service="road"), again=morning)

    assert site.check_in(morning, "08:30", text=morning.number, tail="").reference == morning.reference
    assert refused(site, morning, "08:31", text=morning.number) == "checked-in"
    assert site.check_in(morning, "13:30", text=morning.number, tail="").reference == afternoon.reference


def test_a_check_in_can_be_undone_for_ten_minutes_while_no_result_stands(site: ExamSite) -> None:
    slot_id = site.slot()
    learner, tested = site.booked(slot_id), site.booked(slot_id)
    for one in (learner, tested):
        site.check_in(one, "09:30")
    site.attempt(tested, "09:35", FAILED)

    site.undo_check_in(learner, "09:39")
    with pytest.raises(RosterRefusedError, match="nothing-to-undo"):
        site.undo_check_in(learner, "09:39")
    with pytest.raises(RosterRefusedError, match="has-result"):
        site.undo_check_in(tested, "09:39")
    site.check_in(learner, "09:50")
    with pytest.raises(RosterRefusedError, match="undo-over"):
        site.undo_check_in(learner, "10:00")

    assert site.state(learner) is BookingState.ATTENDED
    assert site.acts(learner)[1:] == ["booking attended", "attendance undone", "booking attended"]
    assert site.broken("10:00") == []


def test_nobody_checks_in_elsewhere_or_themselves(site: ExamSite) -> None:
    learner = site.booked(site.slot())
    elsewhere = ExamSite(site.sessions)
    shown = site.present(learner, at=at("09:30"))

    with pytest.raises(NotAllowedError), unit_of_work(site.sessions) as session:
        check_in(session, site.site_id, shown, actor=elsewhere.operator, now=at("09:30"))
    site.operator = replace(site.operator, person_id=learner.actor.person_id)
    with pytest.raises(NotAllowedError):
        site.check_in(learner, "09:30")


def test_a_check_in_taken_back_and_made_again_is_one_on_each_database(sessions: Sessions) -> None:
    """The whole way once on each database: in, back, in again, and the same device key once."""
    site = ExamSite(sessions)
    learner = site.booked(site.slot())

    site.check_in(learner, "09:30", device_key="first")
    site.undo_check_in(learner, "09:31")
    again = site.check_in(learner, "09:32", device_key="first")
    site.check_in(learner, "09:33", device_key="second")

    assert (again.is_repeat, again.is_undone) == (True, True)
    assert site.broken("09:34") == []
