"""Whoever holds a ticket in hand, and nothing else, has it checked here; and the keys that check it elsewhere."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from booking.bookings.forms import CheckForm
from booking.bookings.ticket import public_keys
from booking.bookings.ticket_check import Checked, check_ticket
from booking.bookings.views.blueprint import bp
from booking.kernel.db import reading
from booking.web.guards import public
from booking.web.house import now, sessions

UNPROCESSABLE = 422


@bp.get("/tickets/check")
@public
def check_form() -> ResponseReturnValue:
    """Ask for the text of a ticket's code."""
    return _check_page(CheckForm())


@bp.post("/tickets/check")
@public
def check() -> ResponseReturnValue:
    """Say whether the office signed it and whether its booking stands; no address and no log holds any of it."""
    form = CheckForm()
    if not form.validate_on_submit():
        return _check_page(form), UNPROCESSABLE
    with reading(sessions()) as session:
        found = check_ticket(session, form.text.data, now=now())
    return _check_page(CheckForm(formdata=None), found)


@bp.get("/tickets/key")
@public
def key() -> ResponseReturnValue:
    """Give the public keys of the tickets, the one in use last, for whoever checks them without us."""
    keys = public_keys(sessions().keyring)
    return Response("".join(f"{name} {key.hex()}\n" for name, key in keys.items()), mimetype="text/plain")


def _check_page(form: CheckForm, found: Checked | None = None) -> str:
    return render_template("bookings/check.html", form=form, found=found, checked_at=now())
