"""Staff accounts as the office keeps them: who has a second factor, and resets by two persons."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts.forms import weakness_text
from booking.accounts.models import ResetOf
from booking.accounts.rules import LEAST_STAFF
from booking.accounts.service import factor, resets, throttle
from booking.accounts.service.passwords import WeakPasswordError
from booking.accounts.staff_forms import RESETS, ConfirmForm, KeyForm, ResetDeclineForm, ResetProposalForm
from booking.accounts.staff_queries import reset_shown, resets_shown, staff_account_shown, staff_accounts
from booking.accounts.views import browser
from booking.accounts.views.blueprint import bp
from booking.kernel.actors import Act, Role
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError, SamePersonError
from booking.kernel.ids import AccountId
from booking.web.errors import status_of
from booking.web.guards import may, public
from booking.web.house import actor, me, now, sessions
from booking.web.language import worded

SEE_OTHER, UNPROCESSABLE = 303, 422


@bp.get("/desk/accounts")
@may(Act.SEE_ACCOUNTS)
def staff_list() -> ResponseReturnValue:
    """Show every staff account, and what waits for the second person."""
    with reading(sessions()) as session:
        accounts, decided = staff_accounts(session), resets_shown(session)
        needed = {role for role in Role if factor.must_have(session, role, now=now())}
    return render_template(
        "accounts/staff.html",
        accounts=accounts,
        resets=decided,
        needed=needed,
        words=RESETS,
        may_propose=role_may(actor(), Act.PROPOSE_ACCOUNTS),
        now=now(),
    )


@bp.route("/desk/accounts/<int:account_id>/reset", methods=["GET", "POST"])
@may(Act.PROPOSE_ACCOUNTS)
def propose_reset(account_id: int) -> ResponseReturnValue:
    """Propose to set back a second factor or a password; a supervisor decides."""
    with reading(sessions()) as session:
        account = staff_account_shown(session, AccountId(account_id))
    form = ResetProposalForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(sessions()) as session:
                what, why = ResetOf(form.what.data), form.reason.data
                resets.propose_reset(session, account.account_id, what, reason=why, actor=actor(), now=now())
        except (ConflictError, SamePersonError) as refused:
            form.form_errors.append(worded(refused.wording))
        else:
            flash(_("Your proposal is noted. A supervisor decides on it within two days."), "success")
            return redirect(url_for("accounts.staff_list"), SEE_OTHER)
    page = render_template("accounts/staff_reset.html", form=form, account=account)
    return page, UNPROCESSABLE if form.is_submitted() else 200


@bp.get("/desk/accounts/resets/<int:reset_id>")
@may(Act.SEE_ACCOUNTS)
def reset(reset_id: int) -> ResponseReturnValue:
    """Show one reset with everything that the second person needs."""
    return _reset_page(reset_id, ResetDeclineForm(formdata=None))


@bp.post("/desk/accounts/resets/<int:reset_id>/approve")
@may(Act.APPROVE_ACCOUNTS)
def approve_reset(reset_id: int) -> ResponseReturnValue:
    """Approve it, which does it at once."""
    try:
        with unit_of_work(sessions()) as session:
            resets.approve_reset(session, reset_id, actor=actor(), now=now())
    except (ConflictError, SamePersonError) as refused:
        return _reset_page(reset_id, ResetDeclineForm(formdata=None), worded(refused.wording)), status_of(refused)
    flash(_("Done. Every sign-in of that account has ended, and the person is told."), "success")
    return redirect(url_for("accounts.staff_list"), SEE_OTHER)


@bp.post("/desk/accounts/resets/<int:reset_id>/decline")
@may(Act.APPROVE_ACCOUNTS)
def decline_reset(reset_id: int) -> ResponseReturnValue:
    """Decline it with a reason."""
    form = ResetDeclineForm()
    if not form.validate_on_submit():
        return _reset_page(reset_id, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            resets.decline_reset(session, reset_id, reason=form.reason.data, actor=actor(), now=now())
    except (ConflictError, SamePersonError) as refused:
        return _reset_page(reset_id, form, worded(refused.wording)), status_of(refused)
    flash(_("Declined. Nothing was changed."), "success")
    return redirect(url_for("accounts.staff_list"), SEE_OTHER)


@bp.route("/forgot-password/staff", methods=["GET", "POST"])
@public
def staff_password() -> ResponseReturnValue:
    """Take the key that came by text message after two persons agreed, and set a new password."""
    form = KeyForm()
    if not form.validate_on_submit() or not _is_set(form):
        page = render_template("accounts/staff_password.html", form=form, least=LEAST_STAFF)
        return page, UNPROCESSABLE if form.is_submitted() else 200
    flash(_("Your new password is set. Please sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"), SEE_OTHER)


def _is_set(form: KeyForm) -> bool:
    """Say whether the password is set; otherwise put the reason into the form. Every try is counted first."""
    with unit_of_work(sessions()) as session:
        network = throttle.neighbourhood(browser.address())
        throttle.count(session, throttle.WRONG_PASSWORDS, f"key of {form.login.data.lower()}", now=now())
        throttle.count(session, throttle.WRONG_FROM_ADDRESS, network, now=now())
    try:
        with unit_of_work(sessions()) as session:
            given = form.login.data, form.key.data, form.password.data
            if resets.set_password_by_key(session, *given, now=now()):
                return True
        form.key.errors = [_("Login name and key do not belong together, or the key is too old or has been used.")]
    except WeakPasswordError as weak:
        form.password.errors = [weakness_text(weak.problem, LEAST_STAFF)]
    return False


def _reset_page(reset_id: int, form: ResetDeclineForm, refused: str = "") -> str:
    with reading(sessions()) as session:
        shown = reset_shown(session, reset_id)
    is_own = me().person_id in (shown.proposed_by, shown.person_id)
    return render_template(
        "accounts/staff_reset_decide.html",
        reset=shown,
        words=RESETS,
        form=form,
        confirm=ConfirmForm(formdata=None),
        refused=refused,
        is_own=is_own,
        may_decide=role_may(actor(), Act.APPROVE_ACCOUNTS) and not is_own and shown.is_open(now()),
        is_late=not shown.is_open(now()) and shown.decided_at is None,
    )
