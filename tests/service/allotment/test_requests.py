"""Asking, changing, withdrawing: what is refused and how, and what each act leaves in the record."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from booking.allotment.errors import (
    AlreadyAskedError,
    ClosedWishError,
    DuplicateWishError,
    ForeignWishError,
    NothingOpenError,
    NoWishError,
    RequestRefusedError,
    RoundClosedError,
    TooManyWishesError,
    UnfitWishError,
)
from booking.allotment.models.requests import Request, RequestState, RequestWish, Standing
from booking.allotment.models.rounds import Leaf
from booking.allotment.service import requests
from booking.allotment.service.entering import rank_again, wishes_of
from booking.allotment.service.wishes import AnyAt, WishFor
from booking.audit.models import AuditEntry
from booking.bookings.models import BookingChannel
from booking.exams.line import EXAMS
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ConflictError, NotAllowedError, NotFoundError, StaleError
from booking.kernel.ids import SiteId, SlotId
from booking.slots.models import Lane
from tests import factories
from tests.service.allotment.city import CLOSE, DAY, DRAW, HOUR, MINUTE, OPENED, Town, asked, person_of

NEXT_DAY = DAY + timedelta(days=2)  # its round still collects when that of DAY is drawn


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


def stored(town: Town) -> tuple[int, int, int]:
    """Return how many requests, wishes and rows there are."""
    with reading(town.sessions) as session:
        kinds = (Request.id, RequestWish.place, Leaf.seq)
        requests_, wishes, rows = (session.scalar(select(func.count(kind))) or 0 for kind in kinds)
        return requests_, wishes, rows


def test_unfit_wishes_are_refused_each_by_its_own_name_and_nothing_is_stored(town: Town) -> None:
    first, second = town.add_slot(), town.add_slot(starts=time(10))
    with unit_of_work(town.sessions) as session:
        factories.setting(session, "rounds.most_wishes", "2")
        of_road = factories.slot(session, service="road")
        station = factories.site(session, services=("road",))
    learner = town.add_learner()
    town.open()
    refused: list[tuple[list[WishFor], type[UnfitWishError]]] = [
        ([], NoWishError),
        ([first, second, AnyAt(town.site_id)], TooManyWishesError),
        ([first, first], DuplicateWishError),
        ([AnyAt(town.site_id), AnyAt(town.site_id)], DuplicateWishError),
        ([first, of_road], ForeignWishError),
        ([SlotId(987_654)], ForeignWishError),
        ([AnyAt(SiteId(987_654))], ForeignWishError),
        ([AnyAt(station)], NothingOpenError),
    ]

    for wishes, error in refused:
        with pytest.raises(error):
            town.ask(learner, *wishes)

    assert stored(town) == (0, 0, 0)


def test_a_slot_of_a_closed_round_is_refused_before_and_after_its_list_is_sealed(town: Town) -> None:
    slot_id = town.add_slot()
    later = town.add_slot(day=NEXT_DAY)
    learner = town.add_learner()
    town.open()

    with pytest.raises(ClosedWishError):
        town.ask(learner, later, slot_id, now=CLOSE)  # the hour has struck, the scheduler has not
    town.advance(CLOSE)
    with pytest.raises(ClosedWishError):
        town.ask(learner, slot_id, now=CLOSE - HOUR)  # a web process whose clock is slow
    with pytest.raises(NothingOpenError):
        town.ask(learner, AnyAt(town.site_id), now=CLOSE + timedelta(days=2))

    assert stored(town) == (0, 0, 0)


def test_what_the_rules_refuse_is_refused_with_every_reason_and_recorded_once_for_each(
    town: Town,
) -> None:
    slot_id = town.add_slot()
    with unit_of_work(town.sessions) as session:
        learner = factories.account(session)
        factories.learner(session, person_of(learner), permit_issued_on=None)
    round_id = town.open()

    with pytest.raises(RequestRefusedError) as refusal:
        town.ask(learner, slot_id)
    reasons = refusal.value.reasons
    for _ in range(2):
        with unit_of_work(town.sessions) as session:
            wish = asked(learner, [slot_id])
            requests.note_refusal(session, EXAMS, wish, refusal.value.round_id, reasons, now=OPENED)
            requests.note_refusal(session, EXAMS, wish, refusal.value.round_id, reasons[::-1], now=OPENED)

    assert refusal.value.round_id == round_id
    assert len({reason.code for reason in reasons}) == len(reasons) == 2
    rows = town.rows(round_id)
    assert [(row["kind"], row["reason"]) for row in rows] == [
        ("refused", reasons[0].code),
        ("refused", reasons[1].code),
    ]
    assert stored(town)[0] == 0
    town.draw()
    town.require_sound()


def test_a_refused_change_leaves_no_trace_on_a_row_that_counts(town: Town) -> None:
    first = town.add_slot()
    learner = town.add_learner()
    round_id = town.open()
    town.ask(learner, first)
    with unit_of_work(town.sessions) as session:
        slot_of_other_class = factories.slot(session, site_id=town.site_id, classes="A1", method=town.method,
                                             lanes={Lane.ORDINARY: 1}, starts=time(14))  # fmt: skip
    second = town.open()
    assert second != round_id
    with pytest.raises(RequestRefusedError) as refusal:
        town.change(learner, town.request(learner).reference, slot_of_other_class)
    for number in (round_id, second):
        with unit_of_work(town.sessions) as session:
            requests.note_refusal(
                session, EXAMS, asked(learner, [slot_of_other_class]), number, refusal.value.reasons, now=OPENED
            )

    assert town.kinds(round_id) == ["apply"]
    assert town.kinds(second) == ["refused"]
    assert town.request(learner).version == 1


def test_a_closed_round_notes_no_refusal_any_more(town: Town) -> None:
    slot_id = town.add_slot()
    with unit_of_work(town.sessions) as session:
        learner = factories.account(session)
    round_id = town.open()
    with pytest.raises(RequestRefusedError) as refusal:
        town.ask(learner, slot_id)

    with pytest.raises(RoundClosedError), unit_of_work(town.sessions) as session:
        requests.note_refusal(session, EXAMS, asked(learner, [slot_id]), round_id, refusal.value.reasons, now=CLOSE)

    assert town.rows(round_id) == []


def test_the_same_form_sent_twice_is_one_request_and_another_form_is_a_second_request_refused(town: Town) -> None:
    slot_id = town.add_slot()
    learner = town.add_learner()
    round_id = town.open()

    made = {town.ask(learner, slot_id, request_key="form") for _ in range(2)}
    with pytest.raises(AlreadyAskedError):
        town.ask(learner, slot_id)

    assert len(made) == 1
    assert town.kinds(round_id) == ["apply"]
    assert town.told(learner) == ["request_received"]


def test_a_change_writes_replace_where_it_stays_withdraw_where_it_leaves_and_apply_where_it_comes(town: Town) -> None:
    first, second, third = town.add_slot(), town.add_slot(day=NEXT_DAY), town.add_slot(day=DAY + timedelta(days=3))
    learner = town.add_learner()
    town.open()
    reference = town.ask(learner, first, second)

    town.change(learner, reference, third, first, notice_hours=5)

    by_slot = {first: ["apply", "replace"], second: ["apply", "withdraw"], third: ["apply"]}
    rounds = {slot_id: town.round_of(slot_id) for slot_id in by_slot}
    with reading(town.sessions) as session:
        assert wishes_of(session, town.request(learner).id) == [third, first]
    assert {slot_id: town.kinds(rounds[slot_id]) for slot_id in by_slot} == by_slot
    assert town.entry(rounds[second], learner).standing is Standing.OUT
    assert (town.request(learner).version, town.request(learner).notice_hours) == (2, 5)
    assert town.told(learner) == ["request_received", "request_changed"]


def test_a_change_of_what_somebody_else_has_changed_is_stale_and_changes_nothing(town: Town) -> None:
    first, second = town.add_slot(), town.add_slot(starts=time(10))
    learner = town.add_learner()
    round_id = town.open()
    reference = town.ask(learner, first)
    town.change(learner, reference, second, version=1)

    with pytest.raises(StaleError):
        town.change(learner, reference, first, version=1)

    assert [row["wishes"] for row in town.rows(round_id)] == [[str(first)], [str(second)]]
    assert town.request(learner).version == 2


def test_a_change_after_one_round_has_closed_leaves_its_sealed_row_alone(town: Town) -> None:
    first, second = town.add_slot(), town.add_slot(day=NEXT_DAY)
    learner = town.add_learner()
    town.open()
    reference = town.ask(learner, first)
    town.advance(CLOSE)

    town.change(learner, reference, second, now=CLOSE + MINUTE)
    town.draw()

    sealed, later = town.round_of(first), town.round_of(second)
    assert town.kinds(sealed) == ["apply"]
    assert town.holders() == {learner.person_id: first}  # what was sealed is what was drawn
    assert town.kinds(later) == ["apply", "withdraw"]
    town.require_sound()


def test_withdrawing_before_the_close_leaves_the_round_and_twice_is_once(town: Town) -> None:
    slot_id = town.add_slot()
    learner = town.add_learner()
    round_id = town.open()
    reference = town.ask(learner, slot_id)

    town.withdraw(learner, reference)
    town.withdraw(learner, reference)
    with pytest.raises(StaleError):
        town.change(learner, reference, slot_id)
    again = town.ask(learner, slot_id)

    assert again != reference
    assert town.kinds(round_id) == ["apply", "withdraw", "apply"]
    assert town.told(learner) == ["request_received", "request_withdrawn", "request_received"]
    town.draw()
    town.require_sound()


def test_withdrawing_after_the_close_leaves_the_sealed_row_and_what_it_wins_goes_to_the_next(town: Town) -> None:
    slot_id = town.add_slot(ordinary=1)
    first, second = town.add_learners(2)
    round_id = town.open()
    reference = town.ask(first, slot_id)
    town.ask(second, slot_id)
    town.advance(CLOSE)

    town.withdraw(first, reference, now=CLOSE + HOUR)
    town.draw()

    assert town.kinds(round_id) == ["apply", "apply"]
    assert town.holders() == {second.person_id: slot_id}
    assert town.events(round_id) == [("cancelled", first.person_id, "withdrawn"), ("granted", second.person_id, "")]
    town.require_sound()


def test_what_is_granted_can_be_neither_withdrawn_nor_changed(town: Town) -> None:
    slot_id, later = town.add_slot(), town.add_slot(day=NEXT_DAY)
    learner = town.add_learner()
    town.open()
    reference = town.ask(learner, slot_id)
    town.draw()

    with pytest.raises(ConflictError):
        town.withdraw(learner, reference, now=DRAW)
    with pytest.raises((ConflictError, RequestRefusedError)):
        town.change(learner, reference, later, now=DRAW)

    assert town.request(learner).state is RequestState.GRANTED


def test_nobody_touches_somebody_elses_request_or_asks_for_somebody_else(town: Town) -> None:
    slot_id = town.add_slot()
    learner, other = town.add_learners(2)
    round_id = town.open()
    reference = town.ask(learner, slot_id)

    with pytest.raises(NotFoundError):
        town.withdraw(other, reference)
    with pytest.raises(NotFoundError):
        town.change(other, reference, slot_id)
    with pytest.raises(NotFoundError):
        town.ask(other, slot_id, person_id=learner.person_id)
    with pytest.raises(NotFoundError):
        town.withdraw(other, "ZZZZZZ")
    for role in (Role.SUPERVISOR, Role.PLANNER, Role.APPROVER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowedError):
            town.withdraw(town.add_staff(role), reference)

    assert town.kinds(round_id) == ["apply"]
    assert town.request(learner).state is RequestState.LIVE


def test_a_clerk_asks_on_behalf_with_a_reason_and_never_for_oneself(town: Town) -> None:
    slot_id = town.add_slot()
    learner, clerk = town.add_learner(), town.add_staff(Role.COUNTER)
    round_id = town.open()
    at_the_counter: dict[str, Any] = {"channel": BookingChannel.COUNTER, "reason": "不会上网"}

    with pytest.raises(NotAllowedError):
        town.ask(clerk, slot_id, **at_the_counter)
    town.ask(clerk, slot_id, person_id=learner.person_id, **at_the_counter)
    town.draw()

    request = town.request(learner)
    assert (request.asked_by, request.channel, request.reason) == (clerk.account_id, "counter", "不会上网")
    assert town.kinds(round_id) == ["apply"]
    assert town.told(learner) == ["request_received", "request_granted"]
    with reading(town.sessions) as session:
        made = session.scalars(select(AuditEntry).where(AuditEntry.act == "request made")).one()
        assert (made.account_id, made.reason) == (clerk.account_id, "不会上网")
    town.require_sound()


def test_a_new_result_ranks_anew_in_rounds_that_collect_and_in_no_other(town: Town) -> None:
    sealed_slot, open_slot = town.add_slot(), town.add_slot(day=NEXT_DAY)
    learner = town.add_learner()
    town.open()
    town.ask(learner, sealed_slot, open_slot)
    town.advance(CLOSE)
    with unit_of_work(town.sessions) as session:
        factories.passed(session, learner, "safety", day=date(2026, 11, 30))
        rank_again(session, EXAMS, EXAMS.holder(person_of(learner)), now=CLOSE + MINUTE)
    with unit_of_work(town.sessions) as session:
        rank_again(session, EXAMS, EXAMS.holder(person_of(learner)), now=CLOSE + 2 * MINUTE)

    sealed, still_open = town.round_of(sealed_slot), town.round_of(open_slot)
    assert town.kinds(sealed) == ["apply"]
    assert town.kinds(still_open) == ["apply", "replace"]
    times = [row["ranking_time"] for row in town.rows(still_open)]
    assert times == ["2026-03-10T16:00:00Z", "2026-11-29T16:00:00Z"]
    assert town.rows(still_open)[0]["wishes"] == town.rows(still_open)[1]["wishes"] == [str(open_slot)]


def test_the_notice_is_the_persons_own_or_the_offices(town: Town) -> None:
    slot_id = town.add_slot()
    one, other = town.add_learners(2)
    town.open()
    town.ask(one, slot_id)
    town.ask(other, slot_id, notice_hours=0)

    assert [town.request(actor).notice_hours for actor in (one, other)] == [48, 0]
