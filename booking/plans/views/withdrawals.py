"""Taking back a published session: proposing, consenting, declining."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError, NotFoundError
from booking.kernel.ids import PlanId, SlotId
from booking.plans.forms.steps import WithdrawalForm
from booking.plans.queries.board import plan_of_slot, proposed_withdrawals
from booking.plans.service import withdrawal
from booking.plans.service.checks import require_own_site
from booking.plans.views.blueprint import bp
from booking.plans.views.board import plan_page_again
from booking.slots.queries import slot_shown
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.get("/desk/plans/slots/<int:slot_id>")
@may(Act.SEE_PLANS)
def slot_plan(slot_id: int) -> ResponseReturnValue:
    with reading(sessions()) as session:
        plan_id = plan_of_slot(session, SlotId(slot_id))
    if plan_id is None:
        raise NotFoundError
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@bp.route("/desk/plans/slots/<int:slot_id>/withdraw", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def withdraw(slot_id: int) -> ResponseReturnValue:
    number, form = SlotId(slot_id), WithdrawalForm()
    with reading(sessions()) as session:
        slot, plan_id = slot_shown(session, number), plan_of_slot(session, number)
    if slot is None or plan_id is None:
        raise NotFoundError
    require_own_site(actor(), slot.site_id)
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("plans/withdraw.html", slot=slot, plan_id=plan_id, form=form), status
    try:
        with unit_of_work(sessions()) as session:
            withdrawal.propose_withdrawal(session, number, reason=form.reason.data, actor=actor(), now=now())
    except ConflictError as refused:
        return plan_page_again(plan_id, refused)
    flash(_("The withdrawal is proposed. It takes effect when a second person consents."), "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@bp.post("/desk/plans/withdrawals/<int:withdrawal_id>/approve")
@may(Act.APPROVE_PLANS)
def approve_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    plan_id = _plan_of(withdrawal_id)
    try:
        with unit_of_work(sessions()) as session:
            withdrawal.approve_withdrawal(session, withdrawal_id, actor=actor(), now=now())
    except ConflictError as refused:
        return plan_page_again(plan_id, refused)
    flash(_("The session is withdrawn. Everybody booked there is told and loses nothing else."), "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@bp.post("/desk/plans/withdrawals/<int:withdrawal_id>/decline")
@may(Act.APPROVE_PLANS)
def decline_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    plan_id = _plan_of(withdrawal_id)
    try:
        with unit_of_work(sessions()) as session:
            withdrawal.decline_withdrawal(session, withdrawal_id, actor=actor(), now=now())
    except ConflictError as refused:
        return plan_page_again(plan_id, refused)
    flash(_("The withdrawal is declined; the session stays."), "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def _plan_of(withdrawal_id: int) -> PlanId:
    with reading(sessions()) as session:
        slot_ids = [proposal.slot_id for proposal in proposed_withdrawals(session) if proposal.id == withdrawal_id]
        plan_id = plan_of_slot(session, slot_ids[0]) if slot_ids else None
    if plan_id is None:
        raise NotFoundError
    return plan_id
