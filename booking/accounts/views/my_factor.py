"""The second factor under one's own data: setting it up, or another one in its place."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts.service import factor, second_step
from booking.accounts.staff_forms import FactorForm, FirstFactorForm
from booking.accounts.views import browser, door
from booking.accounts.views.blueprint import bp
from booking.kernel.actors import Act, Role
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotAllowedError
from booking.web.guards import may
from booking.web.house import me, now, sessions

UNPROCESSABLE = 422


@bp.route("/my/data/second-factor", methods=["GET", "POST"])
@may(Act.USE_OWN_ACCOUNT)
def my_factor() -> ResponseReturnValue:
    """Ask for the password, and for a code where there is a factor; then lead to setting one up."""
    if me().role is Role.APPLICANT:
        raise NotAllowedError
    with reading(sessions()) as session:
        has_factor = factor.has_factor(session, me().account_id)
        left = factor.recovery_codes_left(session, me().account_id)
    form = FactorForm() if has_factor else FirstFactorForm()
    token = _begun(form) if form.validate_on_submit() else None
    if token is None:
        page = {"form": form, "has_factor": has_factor, "left": left}
        return render_template("accounts/my_factor.html", **page), UNPROCESSABLE if form.is_submitted() else 200
    browser.hold_between(token)
    return redirect(url_for("accounts.set_up_factor", next=url_for("accounts.my_data")), 303)


def _begun(form: FactorForm | FirstFactorForm) -> str | None:
    """Return the token of setting up, or put into the form what does not fit."""
    given, address = form.current.data, browser.address()
    if not door.is_own_password(sessions(), me().account_id, given, address=address, now=now()):
        form.current.errors = [_("This is not your present password")]
        return None
    code = form.code.data if isinstance(form, FactorForm) else ""
    with unit_of_work(sessions()) as session:
        token = second_step.begin_anew(session, code, actor=me().actor, now=now())
    if token is None and isinstance(form, FactorForm):
        form.code.errors = [_("This code does not fit, or has been used. Wait for the next one and enter that.")]
    return token
