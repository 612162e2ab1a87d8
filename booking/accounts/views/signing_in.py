"""Signing in and out, the privacy notice, and what too many tries get."""

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from booking.accounts.forms import SignInForm
from booking.accounts.models import SignInKind
from booking.accounts.queries import STAFF_IDLE
from booking.accounts.service import signing_in
from booking.accounts.service.throttle import TooManyTriesError
from booking.accounts.views import browser, door
from booking.accounts.views.blueprint import bp
from booking.kernel.db import unit_of_work
from booking.web.errors import TITLES
from booking.web.guards import public
from booking.web.house import me, now, sessions
from booking.web.language import moment

A_MINUTE = timedelta(minutes=1)
LASTS = {
    "applicant": signing_in.APPLICANT_LASTS // timedelta(hours=1),
    "staff": signing_in.STAFF_LASTS // timedelta(hours=1),
    "idle": STAFF_IDLE // A_MINUTE,
}


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in, then go on to where the visitor wanted to go."""
    if current_user.is_authenticated:
        return redirect(browser.way_on(), 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422 if form.is_submitted() else 200
    token = door.enter(
        sessions(), form.login.data, form.password.data, kind=SignInKind.WEB, address=browser.address(), now=now()
    )
    if token is None:
        form.login.errors = (_("Login and password do not belong together. Please check both."),)
        return _sign_in_page(form), 422
    return browser.let_in(token)


def _sign_in_page(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form, lasts=LASTS)


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
