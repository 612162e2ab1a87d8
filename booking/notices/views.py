"""A person's messages, and for supervisors how sending stands."""

import re
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from booking.kernel.actors import Act, Role
from booking.kernel.db import reading, unit_of_work
from booking.notices.queries import channel_states, inbox, message_shown, stuck, unread_count
from booking.notices.service import mark_all_read, mark_read
from booking.web.guards import may
from booking.web.house import me, now, sessions

bp = Blueprint("notices", __name__)
PER_PAGE = 20
RECENTLY = timedelta(days=1)
# An address of this house in a message, such as that of a held place: letters by their hyphens, then its number.
OWN_ADDRESS = re.compile(r"(?<![\w/.:])(?:/[a-z-]+)+/[0-9]+(?![\w/])", re.ASCII)
CHANNELS = {"sms": _l("text message"), "mail": _l("e-mail")}


@bp.app_template_global()
def unread_messages() -> int:
    """Count what an applicant has not opened yet, for the frame of a page that is opened.

    Nothing is counted for the answer to a form: in a rush those are many, and say what became of the form.
    """
    if request.method != "GET" or not current_user.is_authenticated or me().role is not Role.APPLICANT:
        return 0
    with reading(sessions()) as session:
        return unread_count(session, me().person_id)


@bp.get("/my/messages", endpoint="inbox")
@may(Act.USE_OWN_ACCOUNT)
def show_inbox() -> ResponseReturnValue:
    """Show one's own messages, newest first."""
    before = request.args.get("before", type=int)
    with reading(sessions()) as session:
        found = inbox(session, me().person_id, before=before, limit=PER_PAGE + 1)
        unread = unread_count(session, me().person_id)
    page = found[:PER_PAGE]
    next_page = url_for("notices.inbox", before=page[-1].id) if len(found) > PER_PAGE else None
    return render_template(
        "notices/inbox.html", messages=page, unread=unread, next_page=next_page, is_first=not before
    )


@bp.post("/my/messages/read")
@may(Act.USE_OWN_ACCOUNT)
def read_all() -> ResponseReturnValue:
    """Mark every message as read."""
    with unit_of_work(sessions()) as session:
        mark_all_read(session, me().person_id, now=now())
    return redirect(url_for("notices.inbox"), 303)


@bp.get("/my/messages/<int:notice_id>")
@may(Act.USE_OWN_ACCOUNT)
def message(notice_id: int) -> ResponseReturnValue:
    """Show one message; opening it marks it as read."""
    with reading(sessions()) as session:
        shown = message_shown(session, me().person_id, notice_id)
    if not shown.is_read:
        with unit_of_work(sessions()) as session:
            mark_read(session, me().person_id, notice_id, now=now())
    named = OWN_ADDRESS.search(shown.text)
    way_on = named[0] if named else None
    return render_template("notices/message.html", message=shown, channels=CHANNELS, way_on=way_on)


@bp.get("/supervision/messages")
@may(Act.READ_AUDIT)
def outbox() -> ResponseReturnValue:
    """Show how many messages wait, went and were given up, without anybody's text or address."""
    with reading(sessions()) as session:
        states = channel_states(session, since=now() - RECENTLY)
        held_up = stuck(session)
    return render_template("notices/outbox.html", states=states, stuck=held_up, channels=CHANNELS)
