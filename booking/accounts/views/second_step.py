"""Between password and house: the code from the app, a code on paper, or setting the second factor up."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pyotp import TOTP

from booking.accounts.queries import LiveSignIn, login_of
from booking.accounts.service import factor, second_step
from booking.accounts.staff_forms import AppCodeForm, RecoveryForm
from booking.accounts.views import browser
from booking.accounts.views.blueprint import bp
from booking.kernel.db import reading, unit_of_work
from booking.web.codes import qr_code
from booking.web.guards import public
from booking.web.house import house, now, sessions
from booking.web.language import worded

SEE_OTHER, UNPROCESSABLE = 303, 422


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> ResponseReturnValue:
    """Ask for the code from the app, then go on to where the visitor wanted to go."""
    between = browser.between()
    if between is None:
        return _begin_again()
    form = AppCodeForm()
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            token = second_step.enter_with_code(session, between, form.code.data, now=now())
        if token is not None:
            browser.hold(token)
            return redirect(browser.way_on(), SEE_OTHER)
        form.code.errors = [_("This code does not fit, or has been used. Wait for the next one and enter that.")]
    page = render_template("accounts/sign_in_code.html", form=form, between=between)
    return page, UNPROCESSABLE if form.is_submitted() else 200


@bp.route("/sign-in/recovery", methods=["GET", "POST"])
@public
def sign_in_recovery() -> ResponseReturnValue:
    """Ask for one of the codes on paper."""
    between = browser.between()
    if between is None:
        return _begin_again()
    form = RecoveryForm()
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            token = second_step.enter_with_recovery_code(session, between, form.code.data, now=now())
        if token is not None:
            browser.hold(token)
            flash(_("That recovery code is used up. For a new phone, set the second factor up again here."), "notice")
            return redirect(url_for("accounts.my_factor"), SEE_OTHER)
        form.code.errors = [_("This is none of your recovery codes, or it has been used.")]
    page = render_template("accounts/sign_in_recovery.html", form=form)
    return page, UNPROCESSABLE if form.is_submitted() else 200


@bp.route("/sign-in/second-factor", methods=["GET", "POST"])
@public
def set_up_factor() -> ResponseReturnValue:
    """Show the key as picture and text, and let it count once a code from it has come back."""
    between = browser.between()
    key, login = _key_of(between)
    if between is None or key is None:
        return _begin_again()
    form = AppCodeForm()
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            done = second_step.set_up(session, between, form.code.data, now=now())
        if done is not None:
            browser.hold(done.token)
            # Not by way of a redirect: the codes would have to be kept somewhere until the next page.
            return render_template("accounts/recovery_codes.html", codes=done.recovery_codes, way_on=browser.way_on())
        form.code.errors = [
            _("This code does not fit. Check that the phone's clock is right, and enter the next one.")
        ]
    app = TOTP(key).provisioning_uri(name=login, issuer_name=worded(house().office.name))
    page = {
        "form": form,
        "between": between,
        "key": _in_groups(key),
        "address": app,
        "picture": qr_code(app, title=_("QR code of the key")),
    }
    return render_template("accounts/second_factor.html", **page), UNPROCESSABLE if form.is_submitted() else 200


def _begin_again() -> ResponseReturnValue:
    """Send whoever has no step in between, or no longer, to the password; whoever is in already goes on."""
    return redirect(browser.heading_on("accounts.sign_in"), SEE_OTHER)


def _key_of(between: LiveSignIn | None) -> tuple[str | None, str]:
    if between is None:
        return None, ""
    with reading(sessions()) as session:
        return factor.key_being_set_up(session, between.sign_in_id), login_of(session, between.account_id) or ""


def _in_groups(key: str) -> str:
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
