"""Pages of the office's settings (what holds, since when and why; the second person's consent) and its calendar."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.calendar import ONE_DAY
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotFoundError
from booking.policies import queries, service
from booking.policies.forms import DayForm, DeclineForm, Proposal, day_form, mark, proposal_form
from booking.policies.queries import Entry, InForce
from booking.policies.rules.catalogue import contradictions
from booking.policies.rules.holidays import DayState
from booking.policies.rules.setting import Group, Values
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today
from booking.web.language import language

bp = Blueprint("policies", __name__)

FIRST_YEAR, LAST_YEAR = 2004, 2099
SOON = timedelta(days=60)  # how far ahead plans are made: a year without data matters from then on
MONTH = {"zh": "y年M月", "en": "MMMM y"}

GROUPS = {
    Group.PLANS: _l("Plans"),
    Group.PLACES: _l("Places and bookings"),
    Group.ROUNDS: _l("Requests and rounds"),
    Group.EXAM_DAY: _l("The day of a test"),
    Group.INSPECTIONS: _l("Vehicle inspections"),
    Group.EXAM_LAW: _l("Points that the exam law leaves open"),
    Group.ORDER_139: _l("Order 139, for dates before April 2022"),
    Group.INSPECTION_LAW: _l("Points that the inspection law leaves open"),
    Group.ACCOUNTS: _l("Signing in of staff"),
    Group.SUPERVISION: _l("Supervision: from when on somebody looks"),
}


@bp.get("/desk/settings")
@may(Act.SEE_SETTINGS)
def settings() -> ResponseReturnValue:
    with reading(sessions()) as session:
        shown = queries.settings_shown(session, today())
    groups = [(title, [s for s in shown if s.setting.group is group]) for group, title in GROUPS.items()]
    waiting = [entry for s in shown for entry in s.proposals]
    problems = list(contradictions(Values({s.setting.name: s.value for s in shown})))
    return render_template("policies/settings.html", groups=groups, waiting=waiting, problems=problems)


@bp.get("/desk/settings/<name>")
@may(Act.SEE_SETTINGS)
def setting(name: str) -> ResponseReturnValue:
    with reading(sessions()) as session:
        shown = queries.setting_shown(session, name, today())
    return _setting_page(shown, proposal_form(shown.setting, from_day=today() + ONE_DAY))


@bp.post("/desk/settings/<name>")
@may(Act.PROPOSE_SETTINGS)
def propose(name: str) -> ResponseReturnValue:
    with reading(sessions()) as session:
        shown = queries.setting_shown(session, name, today())
    form = proposal_form(shown.setting)
    if not form.validate_on_submit():
        return _setting_page(shown, form), 422
    try:
        with unit_of_work(sessions()) as session:
            day, why = form.effective_from.data, form.reason.data
            service.propose(session, name, form.value.data, effective_from=day, reason=why, actor=actor(), now=now())
    except InvalidInputError as refusal:
        mark(form, refusal)
        return _setting_page(shown, form), 422
    flash(_("Your proposal is noted. It takes effect once another person has approved it."), "success")
    return redirect(url_for("policies.setting", name=name), 303)


@bp.get("/desk/settings/proposals/<int:policy_id>")
@may(Act.SEE_SETTINGS)
def proposal(policy_id: int) -> ResponseReturnValue:
    return _proposal_page(policy_id, DeclineForm())


@bp.post("/desk/settings/proposals/<int:policy_id>/approve")
@may(Act.APPROVE_SETTINGS)
def approve(policy_id: int) -> ResponseReturnValue:
    with unit_of_work(sessions()) as session:
        service.approve(session, policy_id, actor=actor(), now=now())
    flash(_("Approved. The value holds from its day on."), "success")
    return redirect(url_for("policies.settings"), 303)


@bp.post("/desk/settings/proposals/<int:policy_id>/decline")
@may(Act.APPROVE_SETTINGS)
def decline(policy_id: int) -> ResponseReturnValue:
    form = DeclineForm()
    if not form.validate_on_submit():
        return _proposal_page(policy_id, form), 422
    with unit_of_work(sessions()) as session:
        service.decline(session, policy_id, reason=form.reason.data, actor=actor(), now=now())
    flash(_("Declined. The proposal is off the table; the log keeps it."), "success")
    return redirect(url_for("policies.settings"), 303)


@bp.get("/desk/calendar")
@may(Act.SEE_SETTINGS)
def calendar() -> ResponseReturnValue:
    first = _month(request.args.get("month", ""))
    with reading(sessions()) as session:
        month = queries.month(session, first)
        year = queries.calendar(session, date(first.year, 1, 1), date(first.year, 12, 31))
        unknown = queries.unknown_years(session, min(first, today()), max(first, today() + SOON))
    return render_template(
        "policies/calendar.html",
        month=month,
        title=format_date(first, MONTH[language()], rebase=False),
        year=year,
        unknown=[number for number in unknown if number == first.year or number >= today().year],
        names=_names(),
        today=today(),
        may_edit=role_may(actor(), Act.PROPOSE_SETTINGS),
    )


@bp.route("/desk/calendar/<day>", methods=["GET", "POST"])
@may(Act.PROPOSE_SETTINGS)
def calendar_day(day: str) -> ResponseReturnValue:
    asked = _day(day)
    with reading(sessions()) as session:
        state = queries.day_state(session, asked)
    form = day_form(state)
    if not form.validate_on_submit():
        return _day_page(asked, state, form)
    try:
        with unit_of_work(sessions()) as session:
            args = (asked, form.is_worked, form.name.data)
            why, seen = form.reason.data, form.seen_state
            service.set_day(session, *args, reason=why, actor=actor(), now=now(), seen=seen)
    except InvalidInputError as refusal:
        mark(form, refusal)
        return _day_page(asked, state, form)
    flash(_("The calendar is changed. Plans published before keep their hours."), "success")
    return redirect(url_for("policies.calendar", month=f"{asked:%Y-%m}"), 303)


def _setting_page(shown: InForce, form: Proposal) -> str:
    may_propose = role_may(actor(), Act.PROPOSE_SETTINGS)
    return render_template(
        "policies/setting.html",
        shown=shown,
        form=form,
        may_propose=may_propose,
        may_read_log=role_may(actor(), Act.READ_AUDIT),
        today=today(),
        me_id=actor().person_id,
    )


def _proposal_page(policy_id: int, form: DeclineForm) -> str:
    with reading(sessions()) as session:
        entry = queries.proposal(session, policy_id)
        before = queries.setting_shown(session, entry.name, entry.effective_from)
        values = queries.all_values(session, entry.effective_from)
    return render_template(
        "policies/proposal.html",
        entry=entry,
        before=before,
        form=form,
        problems=list(contradictions(_with(values, entry))),
        may_approve=role_may(actor(), Act.APPROVE_SETTINGS),
        is_own=entry.proposed_by == actor().person_id,
        is_over=entry.effective_from < today(),
    )


def _with(values: Values, entry: Entry) -> Values:
    """Return what would hold if the proposal were approved."""
    return Values({**values, entry.name: entry.value})


def _day_page(day: date, state: DayState, form: DayForm) -> ResponseReturnValue:
    page = render_template("policies/calendar_day.html", day=day, state=state, form=form, names=_names())
    return page, 422 if form.errors else 200


def _names() -> Mapping[str, str]:
    return service.ENGLISH_NAMES if language() == "en" else {}


def _month(text: str) -> date:
    """Return the first day of the month asked for, or of the present one."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else today().replace(day=1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise NotFoundError from failure
