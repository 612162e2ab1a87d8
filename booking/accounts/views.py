"""Pages of accounts: signing in and out, the privacy notice, and the table of all addresses."""

from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from booking.accounts import browser, door, views_my, views_registration, views_reset
from booking.accounts.forms import SignInForm
from booking.accounts.models import SignInKind
from booking.accounts.service import signing_in
from booking.accounts.service.people import PhoneFullError
from booking.accounts.service.registration import RegistrationRefusedError
from booking.accounts.service.throttle import TooManyTriesError
from booking.kernel.db import unit_of_work
from booking.web.errors import TITLES
from booking.web.guards import public
from booking.web.house import SignedIn, me, now, sessions
from booking.web.language import moment

A_MINUTE = timedelta(minutes=1)

bp = Blueprint("accounts", __name__)


def load_signed_in(token: str) -> SignedIn | None:
    """Return who holds the sign-in behind a cookie, or None when it has ended."""
    return browser.signed_in(token)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in, then go on to where the visitor wanted to go."""
    if current_user.is_authenticated:
        return redirect(browser.way_on(), 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422 if form.is_submitted() else 200
    token = door.enter(
        sessions(), form.login.data, form.password.data, kind=SignInKind.WEB, address=browser.address(), now=now()
    )
    if token is None:
        form.form_errors.append(_("Login and password do not belong together. Please check both."))
        return render_template("accounts/sign_in.html", form=form), 422
    browser.hold(token)
    return redirect(browser.way_on(), 303)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this sign-in; whoever has none already is sent on all the same."""
    if current_user.is_authenticated:
        with unit_of_work(sessions()) as session:
            signing_in.end_sign_in(session, me().sign_in_id, actor=me().actor, now=now())
    cookie.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("home.index"), 303)


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say who keeps what about people, why and how long (PIPL art. 17)."""
    return render_template("accounts/privacy.html")


@bp.app_errorhandler(TooManyTriesError)
def too_many_tries(error: TooManyTriesError) -> ResponseReturnValue:
    """Say from when it works again."""
    again_at = error.again_at.replace(second=0, microsecond=0) + A_MINUTE  # pages show no seconds
    text = _("There were too many tries. It works again from %(moment)s.", moment=moment(again_at))
    ways = [(_("Back to the page"), request.path.removesuffix("/again")), (_("Home"), url_for("home.index"))]
    page = render_template("errors/error.html", status=429, title=TITLES[429], text=text, ways=ways)
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(max(1, round((error.again_at - now()).total_seconds())))
    return response


GET, BOTH, POST = ["GET"], ["GET", "POST"], ["POST"]
for address, methods, view in (
    ("/register", GET, views_registration.register),
    ("/register/details", BOTH, views_registration.register_details),
    ("/register/code", BOTH, views_registration.register_code),
    ("/register/code/again", POST, views_registration.register_code_again),
    ("/forgot-password", BOTH, views_reset.forgot_password),
    ("/forgot-password/code", BOTH, views_reset.reset_password),
    ("/my/data", GET, views_my.my_data),
    ("/my/data.json", GET, views_my.my_data_file),
    ("/my/data/language", POST, views_my.my_language),
    ("/my/data/password", BOTH, views_my.my_password),
    ("/my/data/phone", BOTH, views_my.my_phone),
    ("/my/data/phone/code", BOTH, views_my.my_phone_code),
    ("/my/data/sign-ins/<int:sign_in_id>/end", POST, views_my.end_sign_in),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
bp.register_error_handler(RegistrationRefusedError, views_registration.refused)
bp.register_error_handler(PhoneFullError, views_registration.refused)
