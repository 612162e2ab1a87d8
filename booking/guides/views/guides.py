"""Writing guides: the clerk proposes, another person approves."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.guides.forms import DeclineForm, GuideForm, guide_form, mark
from booking.guides.queries import announcements, guides
from booking.guides.queries.guides import Guide
from booking.guides.rules.blocks import blocks
from booking.guides.rules.sections import changes
from booking.guides.service import guides as service
from booking.guides.service.guides import ProposalWaitingError
from booking.guides.views.blueprint import CONFLICT, SEE_OTHER, UNPROCESSABLE, bp
from booking.guides.views.public import words
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, StaleError
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions, today


@bp.get("/desk/guides")
@may(Act.SEE_GUIDES)
def desk() -> ResponseReturnValue:
    """Show guides and announcements to those who write them, what waits first."""
    with reading(sessions()) as session:
        shown = {
            "guides": guides.guides(session),
            "waiting": guides.waiting_guides(session),
            "announced": announcements.announcements(session),
        }
    may_write = role_may(actor(), Act.PROPOSE_GUIDES)
    return render_template("guides/desk.html", **shown, may_write=may_write, today=today())


@bp.route("/desk/guides/<name>/edit", methods=["GET", "POST"])
@may(Act.PROPOSE_GUIDES)
def edit(name: str) -> ResponseReturnValue:
    """Propose a new version, starting from the one in force. What was typed survives every refusal."""
    with reading(sessions()) as session:
        current, waiting = guides.guide(session, name), guides.waiting_guides(session).get(name)
    if request.method == "GET":
        return _edit_page(current, waiting, guide_form(current.content, current.number))
    form = GuideForm()
    if not form.validate():
        return _edit_page(current, waiting, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            given = {"seen": form.seen_number, "reason": form.reason.data, "actor": actor(), "now": now()}
            proposal_id = service.propose_guide(session, name, form.content(), **given)
    except InvalidInputError as refusal:
        mark(form, refusal)
        return _edit_page(current, waiting, form), UNPROCESSABLE
    except (StaleError, ProposalWaitingError):
        return _edit_page(current, waiting, form, clash=True), CONFLICT
    flash(_("Your version is noted. It is public once another person has approved it."), "success")
    return redirect(url_for("guides.proposal", guide_id=proposal_id), SEE_OTHER)


@bp.get("/desk/guides/proposals/<int:guide_id>")
@may(Act.SEE_GUIDES)
def proposal(guide_id: int) -> ResponseReturnValue:
    """Show what a proposal changes."""
    return _proposal_page(guide_id, DeclineForm())


@bp.post("/desk/guides/proposals/<int:guide_id>/approve")
@may(Act.APPROVE_GUIDES)
def approve(guide_id: int) -> ResponseReturnValue:
    """Make a proposal public."""
    with unit_of_work(sessions()) as session:
        name = guides.waiting_guide(session, guide_id).name
        service.approve_guide(session, guide_id, actor=actor(), now=now())
    flash(_("Approved. Everybody reads this version now."), "success")
    return redirect(url_for("guides.show", name=name), SEE_OTHER)


@bp.post("/desk/guides/proposals/<int:guide_id>/decline")
@may(Act.APPROVE_GUIDES)
def decline(guide_id: int) -> ResponseReturnValue:
    """Take a proposal off the table."""
    form = DeclineForm()
    if not form.validate_on_submit():
        return _proposal_page(guide_id, form), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        service.decline_guide(session, guide_id, reason=form.reason.data, actor=actor(), now=now())
    flash(_("Declined. The proposal is off the table; the log keeps it."), "success")
    return redirect(url_for("guides.desk"), SEE_OTHER)


def _edit_page(current: Guide, waiting: Guide | None, form: GuideForm, *, clash: bool = False) -> str:
    with reading(sessions()) as session:
        newest = guides.guide(session, current.name) if clash else current
    return render_template(
        "guides/edit.html", guide=current, waiting=waiting, form=form, clash=clash, newest=newest, **words()
    )


def _proposal_page(guide_id: int, form: DeclineForm) -> str:
    with reading(sessions()) as session:
        proposed = guides.waiting_guide(session, guide_id)
        current = guides.guide(session, proposed.name)
    return render_template(
        "guides/proposal.html",
        proposed=proposed,
        current=current,
        changed=list(changes(current.content, proposed.content)),
        form=form,
        is_own=proposed.proposed_by_person == me().person_id,
        may_approve=role_may(actor(), Act.APPROVE_GUIDES),
        titles=words()["titles"],
        blocks=blocks,
    )
