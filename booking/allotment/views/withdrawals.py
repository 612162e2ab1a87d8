"""Taking back a published session: who is hit is looked at before it is proposed, and again before consent."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.allotment.forms import ConfirmForm, WithdrawForm
from booking.allotment.queries.closures import holders_of
from booking.allotment.queries.impact import impact_of, told
from booking.allotment.service import impact as service
from booking.allotment.service.impact import ImpactChangedError
from booking.allotment.views.blueprint import bp
from booking.allotment.views.paging import beside, page_asked
from booking.allotment.views.ready import ready_choices, ready_text
from booking.bookings.registered import line_of
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError, NotFoundError
from booking.kernel.ids import PlanId, SlotId
from booking.plans.queries.board import ProposedWithdrawal, plan_of_slot, proposed_withdrawals
from booking.plans.service import withdrawal
from booking.plans.service.checks import require_own_site
from booking.plans.views.plan import plan_page_again
from booking.slots.queries import slot_shown
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import language

OK, DONE, CHANGED, REFUSED = 200, 303, 409, 422


@dataclass(frozen=True, slots=True)
class Changed:
    """How many bookings were looked at, and how many are hit now."""

    seen: int
    hit: int


@bp.route("/desk/plans/slots/<int:slot_id>/withdraw", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def withdraw(slot_id: int) -> ResponseReturnValue:
    number, form = SlotId(slot_id), WithdrawForm(**ready_text())
    if not form.validate_on_submit():
        return _page(number, form), REFUSED if request.method == "POST" else OK
    try:
        with unit_of_work(sessions()) as session:
            service.propose_withdrawal(
                session, number, seen=form.bookings_seen, actor=actor(), now=now(), **form.reasons
            )
    except ImpactChangedError as refused:
        return _page(number, form, changed=Changed(form.bookings_seen, refused.hit)), CHANGED
    except ConflictError as refused:
        return plan_page_again(_plan_of(number), refused)
    flash(_("The withdrawal is proposed. It takes effect when a second person consents."), "success")
    return redirect(url_for("plans.plan", plan_id=_plan_of(number)), DONE)


@bp.get("/desk/plans/withdrawals/<int:withdrawal_id>")
@may(Act.APPROVE_PLANS)
def show_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    proposal = _proposal(withdrawal_id)
    return _page(proposal.slot_id, ConfirmForm(), proposal), OK


@bp.post("/desk/plans/withdrawals/<int:withdrawal_id>/approve")
@may(Act.APPROVE_PLANS)
def approve_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    proposal, form = _proposal(withdrawal_id), ConfirmForm()
    try:
        with unit_of_work(sessions()) as session:
            service.approve_withdrawal(session, withdrawal_id, seen=form.bookings_seen, actor=actor(), now=now())
    except ImpactChangedError as refused:
        return _page(proposal.slot_id, form, proposal, changed=Changed(form.bookings_seen, refused.hit)), CHANGED
    except ConflictError as refused:
        return plan_page_again(_plan_of(proposal.slot_id), refused)
    flash(_("The session is withdrawn. Everybody booked there is told and loses nothing else."), "success")
    return redirect(url_for("plans.plan", plan_id=_plan_of(proposal.slot_id)), DONE)


@bp.post("/desk/plans/withdrawals/<int:withdrawal_id>/decline")
@may(Act.APPROVE_PLANS)
def decline_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    proposal = _proposal(withdrawal_id)
    try:
        with unit_of_work(sessions()) as session:
            withdrawal.decline_withdrawal(session, withdrawal_id, actor=actor(), now=now())
    except ConflictError as refused:
        return plan_page_again(_plan_of(proposal.slot_id), refused)
    flash(_("The withdrawal is declined; the session stays."), "success")
    return redirect(url_for("plans.plan", plan_id=_plan_of(proposal.slot_id)), DONE)


def _page(
    slot_id: SlotId,
    form: WithdrawForm | ConfirmForm,
    proposal: ProposedWithdrawal | None = None,
    *,
    changed: Changed | None = None,
) -> str:
    """Show who is hit now; the form goes on from that number."""
    with reading(sessions()) as session:
        shown = _hit(session, slot_id, proposal)
    form.seen.data = str(shown["impact"].bookings)
    return render_template(
        "allotment/withdraw.html",
        form=form,
        proposal=proposal,
        changed=changed,
        ready=ready_choices() if proposal is None else (),
        is_own=proposal is not None and proposal.proposed_by_person == me().person_id,
        **shown,
    )


def _hit(session: Session, slot_id: SlotId, proposal: ProposedWithdrawal | None) -> dict[str, Any]:
    reasons = {name: getattr(proposal, name, "") for name in ("reason", "reason_en")}
    slot, plan_id = slot_shown(session, slot_id), plan_of_slot(session, slot_id)
    if slot is None or plan_id is None:
        raise NotFoundError
    require_own_site(actor(), slot.site_id)
    holders, has_more = holders_of(session, [slot_id], page=page_asked())
    return {
        "slot": slot,
        "plan_id": plan_id,
        "impact": impact_of(session, [slot_id]),
        "told": told(session, line_of(slot.line), slot_id, language=language(), **reasons),
        "holders": holders,
        "beside": beside(has_more=has_more, anchor="people"),
    }


def _proposal(withdrawal_id: int) -> ProposedWithdrawal:
    with reading(sessions()) as session:
        found = [one for one in proposed_withdrawals(session) if one.id == withdrawal_id]
    if not found:
        raise NotFoundError
    return found[0]


def _plan_of(slot_id: SlotId) -> PlanId:
    with reading(sessions()) as session:
        plan_id = plan_of_slot(session, slot_id)
    if plan_id is None:
        raise NotFoundError
    return plan_id
