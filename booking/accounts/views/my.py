"""Pages of one's own data: what is kept, the language of messages, password, phone, sign-ins."""

import json
from dataclasses import asdict

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts.forms import CodeForm, LanguageForm, PasswordForm, PhoneForm, least_for
from booking.accounts.queries import login_of, masked_person, own_data, own_sign_ins
from booking.accounts.service import factor, own, passwords, people, signing_in
from booking.accounts.views import browser, door
from booking.accounts.views.blueprint import bp
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.identifiers import masked_mobile
from booking.web.guards import may
from booking.web.house import me, now, sessions

KEPT = "new_phone"


@bp.get("/my/data")
@may(Act.USE_OWN_ACCOUNT)
def my_data() -> ResponseReturnValue:
    """Show what is kept about the person who asks (PIPL art. 45)."""
    with reading(sessions()) as session:
        person = masked_person(session, me().person_id)
        sign_ins = own_sign_ins(session, me().account_id, now=now())
        has_factor = factor.has_factor(session, me().account_id)
    page = {"person": person, "sign_ins": sign_ins, "has_factor": has_factor}
    return render_template("accounts/my_data.html", form=LanguageForm(language=me().language), **page)


@bp.get("/my/data.json")
@may(Act.USE_OWN_ACCOUNT)
def my_data_file() -> ResponseReturnValue:
    """Hand out everything accounts keep about the person who asks, as a file (PIPL art. 45)."""
    with reading(sessions()) as session:
        content = {
            "person": asdict(own_data(session, me().person_id)),
            "login": login_of(session, me().account_id),
            "role": me().role,
            "sign_ins": [asdict(sign_in) for sign_in in own_sign_ins(session, me().account_id, now=now())],
        }
    text = json.dumps(content, default=str, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@bp.post("/my/data/language")
@may(Act.USE_OWN_ACCOUNT)
def my_language() -> ResponseReturnValue:
    """Set the language of messages."""
    form = LanguageForm()
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            people.set_language(session, me().person_id, form.language.data, actor=me().actor, now=now())
        flash(_("Your messages will come in the language you chose."), "success")
    return redirect(url_for("accounts.my_data"), 303)


@bp.route("/my/data/password", methods=["GET", "POST"])
@may(Act.USE_OWN_ACCOUNT)
def my_password() -> ResponseReturnValue:
    """Change the password; every other sign-in ends."""
    form = _password_form()
    if not form.validate_on_submit() or not _confirmed(form):
        page = render_template("accounts/my_password.html", form=form, least=form.least)
        return page, 422 if form.is_submitted() else 200
    password_hash = passwords.hashed(form.password.data, least=form.least)
    with unit_of_work(sessions()) as session:
        token = own.change_password(session, password_hash, actor=me().actor, now=now())
    browser.hold(token)
    flash(_("Your password is changed. Every other sign-in has been ended."), "success")
    return redirect(url_for("accounts.my_data"), 303)


@bp.route("/my/data/phone", methods=["GET", "POST"])
@may(Act.USE_OWN_ACCOUNT)
def my_phone() -> ResponseReturnValue:
    """Ask for a new mobile number, and send a code to it."""
    form = PhoneForm()
    if not form.validate_on_submit() or not _confirmed(form):
        return render_template("accounts/my_phone.html", form=form), 422 if form.is_submitted() else 200
    _send_code(form.phone.data)
    browser.keep(KEPT, own.sealed_phone(sessions().keyring, form.phone.data))
    return redirect(url_for("accounts.my_phone_code"), 303)


@bp.route("/my/data/phone/code", methods=["GET", "POST"])
@may(Act.USE_OWN_ACCOUNT)
def my_phone_code() -> ResponseReturnValue:
    """Ask for the code from the new phone, and take it over."""
    phone = browser.kept(KEPT, own.unsealed_phone)
    if phone is None:
        return redirect(url_for("accounts.my_phone"), 303)
    form = CodeForm()
    done = False
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            done = own.change_own_phone(session, phone, form.code.data, actor=me().actor, now=now())
        if not done:
            form.code.errors = [_("This code is not the one we sent, or it is too old. You can have a new one sent.")]
    if not done:
        page = render_template("accounts/my_phone_code.html", form=form, phone=masked_mobile(phone))
        return page, 422 if form.is_submitted() else 200
    browser.drop(KEPT)
    flash(_("Your mobile number is changed."), "success")
    return redirect(url_for("accounts.my_data"), 303)


@bp.post("/my/data/phone/code/again")
@may(Act.USE_OWN_ACCOUNT)
def my_phone_code_again() -> ResponseReturnValue:
    """Send another code to the new phone."""
    phone = browser.kept(KEPT, own.unsealed_phone)
    if phone is None:
        return redirect(url_for("accounts.my_phone"), 303)
    _send_code(phone)
    flash(_("Another code is on its way; the newest counts."), "success")
    return redirect(url_for("accounts.my_phone_code"), 303)


@bp.post("/my/data/sign-ins/<int:sign_in_id>/end")
@may(Act.USE_OWN_ACCOUNT)
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    with unit_of_work(sessions()) as session:
        signing_in.end_sign_in(session, sign_in_id, actor=me().actor, now=now())
    flash(_("The sign-in is ended."), "success")
    return redirect(url_for("accounts.my_data"), 303)


def _send_code(phone: str) -> None:
    with unit_of_work(sessions()) as session:
        own.ask_to_change_phone(session, phone, me().language, address=browser.address(), now=now())


def _password_form() -> PasswordForm:
    form = PasswordForm()
    with reading(sessions()) as session:
        data = own_data(session, me().person_id)
        login = login_of(session, me().account_id)
    form.least = least_for(me().role)
    form.names = (data.name, login or "")
    form.numbers = (data.phone, data.id_number)
    return form


def _confirmed(form: PasswordForm | PhoneForm) -> bool:
    """Say whether the present password was given; otherwise put the reason into the form."""
    if door.is_own_password(sessions(), me().account_id, form.current.data, address=browser.address(), now=now()):
        return True
    form.current.errors = [_("This is not your present password")]
    return False
