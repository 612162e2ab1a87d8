"""What owners decide: who acts for them, whether they are reminded, and where they look for a station."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts.service.throttle import TooManyTriesError
from booking.inspections.forms.owners import CONSENT, OFF, ON, AgentForm, RemindersForm
from booking.inspections.forms.vehicles import SureForm
from booking.inspections.queries.agencies import (
    OwnerShown,
    agents_of,
    company_shown,
    own_owner,
    principals_of,
)
from booking.inspections.service import agents as service
from booking.inspections.service.owners import owner_of_person, set_district, set_reminders
from booking.inspections.views.blueprint import bp
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import OwnerId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import clock, worded

SEE_OTHER, CONFLICT, UNPROCESSABLE, TOO_MANY = 303, 409, 422, 429


@bp.get("/inspections/agents")
@may(Act.BOOK_FOR_ONESELF)
def agents() -> ResponseReturnValue:
    """Show who acts for the reader, and for whom the reader acts."""
    return _agents_page(AgentForm())


@bp.post("/inspections/agents")
@may(Act.BOOK_FOR_ONESELF)
def grant() -> ResponseReturnValue:
    """Let somebody act for the reader's vehicles."""
    form = AgentForm()
    if not form.validate_on_submit():
        return _agents_page(form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            owner_id = owner_of_person(session, me().person_id, actor=actor(), now=now())
            made = service.grant_agency_by_phone(
                session,
                owner_id,
                form.name.data,
                form.phone.data,
                actor=actor(),
                now=now(),
                evidence=worded(CONSENT),
            )
    except service.AlreadyAgentError as error:
        return _refused(form, worded(error.wording), CONFLICT)
    except InvalidInputError:
        return _refused(form, _("This is you yourself: for your own vehicles you need no agent"), UNPROCESSABLE)
    except TooManyTriesError as error:
        sentence = _("Too many tries; try again after %(clock)s, or come to the counter", clock=clock(error.again_at))
        return _refused(form, sentence, TOO_MANY)
    if made is None:
        sentence = _("Nobody of this name is registered here with this number. The agent has to register first")
        return _refused(form, sentence, UNPROCESSABLE)
    flash(_("The agent is noted and has been told."), "success")
    return redirect(url_for("inspections.agents"), SEE_OTHER)


@bp.post("/inspections/agents/<int:agency_id>/end")
@may(Act.BOOK_FOR_ONESELF)
def end_agency(agency_id: int) -> ResponseReturnValue:
    """End a consent, as owner or as agent."""
    form = SureForm()
    if not form.validate_on_submit():
        return _agents_page(AgentForm(formdata=None)), UNPROCESSABLE
    with unit_of_work(sessions()) as session:
        service.end_agency(session, agency_id, actor=actor(), now=now())
    flash(_("It has ended, and both of you have been told."), "success")
    return redirect(url_for("inspections.agents"), SEE_OTHER)


@bp.route("/inspections/reminders", methods=["GET", "POST"])
@may(Act.BOOK_FOR_ONESELF)
def reminders() -> ResponseReturnValue:
    """Switch the reader's own reminders, and say where to look for a station."""
    with reading(sessions()) as session:
        known = own_owner(session, me().person_id)
        companies = [one for one in principals_of(session, me().person_id) if one.is_company and one.covers_all]
    form = _reminders_form(known)
    if not form.validate_on_submit():
        page = {"form": form, "owner": known, "companies": companies}
        return render_template("inspections/reminders.html", **page), UNPROCESSABLE if form.errors else 200
    _choose(form, None)
    return redirect(url_for("inspections.reminders"), SEE_OTHER)


@bp.route("/inspections/reminders/<int:owner_id>", methods=["GET", "POST"])
@may(Act.BOOK_FOR_ONESELF)
def company_reminders(owner_id: int) -> ResponseReturnValue:
    """Switch the reminders of a company for which the reader acts in everything."""
    with reading(sessions()) as session:
        known = company_shown(session, OwnerId(owner_id), person_id=me().person_id)
    form = _reminders_form(known)
    if not form.validate_on_submit():
        page = {"form": form, "owner": known, "companies": ()}
        return render_template("inspections/reminders.html", **page), UNPROCESSABLE if form.errors else 200
    _choose(form, known.owner_id)
    return redirect(url_for("inspections.company_reminders", owner_id=owner_id), SEE_OTHER)


def _reminders_form(known: OwnerShown | None) -> RemindersForm:
    is_off = known is not None and known.reminders_off
    return RemindersForm(reminders=OFF if is_off else ON, district=known.district if known else "")


def _choose(form: RemindersForm, owner_id: OwnerId | None) -> None:
    with unit_of_work(sessions()) as session:
        whose = owner_id or owner_of_person(session, me().person_id, actor=actor(), now=now())
        set_reminders(session, whose, off=form.reminders.data == OFF, actor=actor(), now=now())
        set_district(session, whose, form.district.data, actor=actor(), now=now())
    flash(_("Your choice is saved."), "success")


def _refused(form: AgentForm, sentence: str, status: int) -> ResponseReturnValue:
    form.phone.errors = [sentence]
    return _agents_page(form), status


def _agents_page(form: AgentForm) -> str:
    with reading(sessions()) as session:
        page = {"mine": agents_of(session, me().person_id), "theirs": principals_of(session, me().person_id)}
    return render_template("inspections/agents.html", form=form, **page)
