"""Taking back a published session: proposed by one, consented to by another, public with its reason, final."""

import pytest
from sqlalchemy import select, update

from booking.audit.models import AuditEntry
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotFoundError, SamePersonError
from booking.kernel.ids import SlotId
from booking.plans.jobs import publish_due_plans
from booking.plans.models import Withdrawal
from booking.plans.queries.public import Filter, public_notices
from booking.plans.service.withdrawal import approve_withdrawal, decline_withdrawal, propose_withdrawal
from booking.slots.models import Slot, SlotState
from tests import factories
from tests.service.plans.desk import PUBLISH_AT, Desk, open_desk


def published(sessions: Sessions) -> tuple[Desk, SlotId]:
    desk = open_desk(sessions)
    plan_id = desk.approved()
    publish_due_plans(sessions, PUBLISH_AT)
    slot_id = desk.shown(plan_id).lines[0].slot_id
    assert slot_id is not None
    return desk, slot_id


def proposed(desk: Desk, slot_id: SlotId) -> int:
    with unit_of_work(desk.sessions) as session:
        return propose_withdrawal(session, slot_id, reason="台风预警", actor=desk.planner, now=PUBLISH_AT)


def state_of(sessions: Sessions, slot_id: SlotId) -> SlotState:
    with reading(sessions) as session:
        return session.get_one(Slot, slot_id).state


def test_a_proposal_alone_withdraws_nothing(sessions: Sessions) -> None:
    desk, slot_id = published(sessions)

    proposed(desk, slot_id)

    assert state_of(sessions, slot_id) is SlotState.PUBLISHED


def test_a_second_persons_consent_withdraws_and_tells_everybody_why(sessions: Sessions) -> None:
    desk, slot_id = published(sessions)
    number = proposed(desk, slot_id)

    with unit_of_work(sessions) as session:
        approve_withdrawal(session, number, actor=desk.approver, now=PUBLISH_AT)

    assert state_of(sessions, slot_id) is SlotState.WITHDRAWN
    with reading(sessions) as session:
        notices = public_notices(session, Filter(), now=PUBLISH_AT)
        of_slots = select(AuditEntry.act).where(AuditEntry.object_kind == "slot").order_by(AuditEntry.id)
        acts = session.scalars(of_slots).all()
    assert [(notice.state, notice.reason) for notice in notices] == [(SlotState.WITHDRAWN, "台风预警")]
    assert acts[-2:] == ["withdrawal proposed", "slot withdrawn"]


def test_the_proposer_cannot_consent_not_even_with_another_account(sessions: Sessions) -> None:
    desk, slot_id = published(sessions)
    number = proposed(desk, slot_id)
    with unit_of_work(sessions) as session:
        second_account = factories.account(session, Role.APPROVER, person_id=desk.planner.person_id)

    with pytest.raises(SamePersonError), unit_of_work(sessions) as session:
        approve_withdrawal(session, number, actor=second_account, now=PUBLISH_AT)

    assert state_of(sessions, slot_id) is SlotState.PUBLISHED


def test_a_withdrawal_is_proposed_once_and_final(sessions: Sessions) -> None:
    desk, slot_id = published(sessions)
    number = proposed(desk, slot_id)
    with pytest.raises(InvalidStateError):
        proposed(desk, slot_id)
    with unit_of_work(sessions) as session:
        approve_withdrawal(session, number, actor=desk.approver, now=PUBLISH_AT)

    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        approve_withdrawal(session, number, actor=desk.approver, now=PUBLISH_AT)
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        decline_withdrawal(session, number, actor=desk.approver, now=PUBLISH_AT)
    with pytest.raises(Exception, match="approved_withdrawal"), unit_of_work(sessions) as session:
        session.execute(update(Withdrawal).values(reason="another"))


def test_a_declined_proposal_leaves_the_slot_and_can_be_made_again(sessions: Sessions) -> None:
    desk, slot_id = published(sessions)
    number = proposed(desk, slot_id)

    with unit_of_work(sessions) as session:
        decline_withdrawal(session, number, actor=desk.approver, now=PUBLISH_AT)

    assert state_of(sessions, slot_id) is SlotState.PUBLISHED
    assert proposed(desk, slot_id) > 0


def test_a_session_that_is_over_or_does_not_exist_is_not_withdrawn(sessions: Sessions) -> None:
    desk, slot_id = published(sessions)
    with reading(sessions) as session:
        ends = session.get_one(Slot, slot_id).ends_at

    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        propose_withdrawal(session, slot_id, reason="晚了", actor=desk.planner, now=ends)
    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        propose_withdrawal(session, SlotId(999), reason="无", actor=desk.planner, now=PUBLISH_AT)
    with pytest.raises(InvalidInputError), unit_of_work(sessions) as session:
        propose_withdrawal(session, slot_id, reason=" ", actor=desk.planner, now=PUBLISH_AT)
