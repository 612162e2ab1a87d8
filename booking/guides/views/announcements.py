"""Writing announcements: one person writes, another approves, and whoever may write one may take it down."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.guides.forms import AnnouncementForm, DeclineForm, mark
from booking.guides.queries import announcements
from booking.guides.rules.blocks import blocks
from booking.guides.service import announcements as service
from booking.guides.views.blueprint import SEE_OTHER, UNPROCESSABLE, bp
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions, today


@bp.route("/desk/announcements/new", methods=["GET", "POST"])
@may(Act.PROPOSE_GUIDES)
def announce() -> ResponseReturnValue:
    """Write an announcement for a second person."""
    form = AnnouncementForm(first_day=today())
    if not form.is_submitted():
        return render_template("guides/announce.html", form=form)
    if not form.validate():
        return render_template("guides/announce.html", form=form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            new_id = service.propose_announcement(session, form.announced(), actor=actor(), now=now())
    except InvalidInputError as refusal:
        mark(form, refusal)
        return render_template("guides/announce.html", form=form), UNPROCESSABLE
    flash(_("Your announcement is noted. It is public once another person has approved it."), "success")
    return redirect(url_for("guides.announced", announcement_id=new_id), SEE_OTHER)


@bp.get("/desk/announcements/<int:announcement_id>")
@may(Act.SEE_GUIDES)
def announced(announcement_id: int) -> ResponseReturnValue:
    """Show an announcement as everybody will see it, with what can be done about it."""
    return _page(announcement_id, DeclineForm())


@bp.post("/desk/announcements/<int:announcement_id>/approve")
@may(Act.APPROVE_GUIDES)
def approve_announcement(announcement_id: int) -> ResponseReturnValue:
    """Make an announcement public."""
    with unit_of_work(sessions()) as session:
        service.approve_announcement(session, announcement_id, actor=actor(), now=now())
    flash(_("Approved. Everybody sees it from its first day on."), "success")
    return redirect(url_for("guides.announced", announcement_id=announcement_id), SEE_OTHER)


@bp.post("/desk/announcements/<int:announcement_id>/decline")
@may(Act.APPROVE_GUIDES)
def decline_announcement(announcement_id: int) -> ResponseReturnValue:
    """Take a proposed announcement off the table."""
    form = DeclineForm()
    if not form.validate_on_submit():
        return _page(announcement_id, form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        service.decline_announcement(session, announcement_id, reason=form.reason.data, actor=actor(), now=now())
    flash(_("Declined. The proposal is off the table; the log keeps it."), "success")
    return redirect(url_for("guides.desk"), SEE_OTHER)


@bp.post("/desk/announcements/<int:announcement_id>/end")
@may(Act.PROPOSE_GUIDES)
def end_announcement(announcement_id: int) -> ResponseReturnValue:
    """Take a public announcement down."""
    with unit_of_work(sessions()) as session:
        service.end_announcement(session, announcement_id, actor=actor(), now=now())
    flash(_("Taken down. Nobody sees it any more."), "success")
    return redirect(url_for("guides.desk"), SEE_OTHER)


def _page(announcement_id: int, form: DeclineForm) -> str:
    with reading(sessions()) as session:
        one = announcements.announcement(session, announcement_id)
    return render_template(
        "guides/announced.html",
        one=one,
        form=form,
        is_own=one.proposed_by_person == me().person_id,
        may_approve=role_may(actor(), Act.APPROVE_GUIDES),
        may_end=role_may(actor(), Act.PROPOSE_GUIDES),
        stands=one.stands_on(today()),
        today=today(),
        blocks=blocks,
    )
