"""Pages for those who have forgotten their password."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts.forms import ForgottenForm, ResetForm, weakness_text
from booking.accounts.rules import LEAST_APPLICANT
from booking.accounts.service import own
from booking.accounts.service.own import Forgetful
from booking.accounts.service.passwords import WeakPasswordError
from booking.accounts.views import browser
from booking.accounts.views.blueprint import bp
from booking.kernel.db import unit_of_work
from booking.kernel.identifiers import masked_mobile
from booking.web.guards import public
from booking.web.house import now, sessions

KEPT = "forgotten"


@bp.route("/forgot-password", methods=["GET", "POST"])
@public
def forgot_password() -> ResponseReturnValue:
    """Ask whose password it is, and send a code if such a person has this phone."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgot_password.html", form=form), 422 if form.is_submitted() else 200
    who = Forgetful(form.id_number.data, form.phone.data)
    _send_code(who)
    browser.keep(KEPT, who.sealed(sessions().keyring))
    return redirect(url_for("accounts.reset_password"), 303)


@bp.route("/forgot-password/code", methods=["GET", "POST"])
@public
def reset_password() -> ResponseReturnValue:
    """Ask for the code and a new password."""
    who = browser.kept(KEPT, own.unsealed_forgetful)
    if who is None:
        return redirect(url_for("accounts.forgot_password"), 303)
    form = ResetForm()
    done = False
    if form.validate_on_submit():
        done = _reset(form, who)
    if not done:
        page = render_template("accounts/reset_password.html", form=form, phone=masked_mobile(who.phone))
        return page, 422 if form.is_submitted() else 200
    browser.drop(KEPT)
    flash(_("Your new password is set. Please sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@bp.post("/forgot-password/code/again")
@public
def reset_password_again() -> ResponseReturnValue:
    """Send another code, to whom the first was sent."""
    who = browser.kept(KEPT, own.unsealed_forgetful)
    if who is None:
        return redirect(url_for("accounts.forgot_password"), 303)
    _send_code(who)
    flash(_("Another code is on its way; the newest counts."), "success")
    return redirect(url_for("accounts.reset_password"), 303)


def _send_code(who: Forgetful) -> None:
    with unit_of_work(sessions()) as session:
        own.ask_to_reset_password(session, who, address=browser.address(), now=now())


def _reset(form: ResetForm, who: Forgetful) -> bool:
    """Say whether the password is set; otherwise put the reason into the form."""
    try:
        with unit_of_work(sessions()) as session:
            if own.reset_password(session, who, form.code.data, form.password.data, now=now()):
                return True
        form.code.errors = [_("This code is not the one we sent, or it is too old. You can have a new one sent.")]
    except WeakPasswordError as weak:
        form.password.errors = [weakness_text(weak.problem, LEAST_APPLICANT)]
    return False
