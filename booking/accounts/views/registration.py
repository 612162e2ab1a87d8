"""Pages of registering: what we keep and why, who you are, the code from your phone."""

from collections.abc import Callable
from dataclasses import replace

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from booking.accounts.forms import CodeForm, DetailsForm
from booking.accounts.rules import LEAST_APPLICANT
from booking.accounts.service import passwords, registration
from booking.accounts.service.people import PhoneFullError
from booking.accounts.service.registration import Applicant, RegistrationRefusedError
from booking.accounts.views import browser
from booking.accounts.views.blueprint import bp
from booking.kernel.db import unit_of_work
from booking.kernel.identifiers import masked_mobile
from booking.web.guards import public
from booking.web.house import now, sessions
from booking.web.language import language, worded

KEPT = "registering"


@bp.context_processor
def _ways() -> dict[str, Callable[[str], str]]:
    return {"heading_on": browser.heading_on}


@bp.get("/register")
@public
def register() -> ResponseReturnValue:
    """Begin with the privacy notice."""
    if current_user.is_authenticated:
        return redirect(browser.way_on(), 303)
    return render_template("accounts/register.html")


@bp.route("/register/details", methods=["GET", "POST"])
@public
def register_details() -> ResponseReturnValue:
    """Ask who registers, and send the code."""
    form = DetailsForm()
    if not form.validate_on_submit():
        return render_template("accounts/register_details.html", form=form), 422 if form.is_submitted() else 200
    applicant = Applicant(
        name=form.name.data,
        document=form.document,
        born_on=form.born_on.data,
        phone=form.phone.data,
        password_hash="",
        language=language(),
    )
    _ask(applicant)  # before hashing, so that whoever asks too often keeps no processor busy
    password_hash = passwords.hashed(form.password.data, least=LEAST_APPLICANT)
    browser.keep(KEPT, replace(applicant, password_hash=password_hash).sealed(sessions().keyring))
    return redirect(browser.heading_on("accounts.register_code"), 303)


@bp.route("/register/code", methods=["GET", "POST"])
@public
def register_code() -> ResponseReturnValue:
    """Ask for the code, open the account, and go in."""
    applicant = browser.kept(KEPT, registration.unsealed)
    if applicant is None:
        return redirect(browser.heading_on("accounts.register"), 303)
    form = CodeForm()
    token = None
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            token = registration.register(session, applicant, form.code.data, now=now())
        if token is None:
            form.code.errors = [_("This code is not the one we sent, or it is too old. You can have a new one sent.")]
    if token is None:
        phone = masked_mobile(applicant.phone)
        page = render_template("accounts/register_code.html", form=form, phone=phone)
        return page, 422 if form.is_submitted() else 200
    browser.hold(token)
    flash(_("Your account is open, and you are signed in."), "success")
    return redirect(browser.way_on(), 303)


@bp.post("/register/code/again")
@public
def register_code_again() -> ResponseReturnValue:
    """Send another code."""
    applicant = browser.kept(KEPT, registration.unsealed)
    if applicant is None:
        return redirect(browser.heading_on("accounts.register"), 303)
    _ask(applicant)
    flash(_("Another code is on its way; the newest counts."), "success")
    return redirect(browser.heading_on("accounts.register_code"), 303)


@bp.errorhandler(RegistrationRefusedError)
@bp.errorhandler(PhoneFullError)
def refused(error: RegistrationRefusedError | PhoneFullError) -> ResponseReturnValue:
    """Say why the account was not opened, and what to do."""
    browser.drop(KEPT)
    return render_template("accounts/register_refused.html", text=worded(error.wording)), 409


def _ask(applicant: Applicant) -> None:
    with unit_of_work(sessions()) as session:
        registration.ask_to_register(session, applicant, address=browser.address(), now=now())
