"""Pages of sites for the office: the list, one site, changing it, and its opening days."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.forms.site import LINES, WEEKDAYS, ChooseDayForm, DayForm, NewSiteForm, day_form, mark, site_form
from booking.sites.forms.station import WAYS
from booking.sites.queries import DayShown, SiteShown
from booking.sites.rules.site import may_change, may_set_days
from booking.sites.rules.station import LINE
from booking.sites.service import days as opening
from booking.sites.service import site as service
from booking.sites.views.blueprint import bp
from booking.sites.views.hits import NOBODY, ToLookAt, once_looked_at, site_hits
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today


@bp.get("/desk/sites")
@may(Act.SEE_PLANS)
def desk() -> ResponseReturnValue:
    with reading(sessions()) as session:
        shown = queries.sites(session, active_only=False)
    return render_template("sites/desk.html", sites=shown, lines=dict(LINES), may_change=_may_change())


@bp.get("/desk/sites/<int:site_id>")
@may(Act.SEE_PLANS)
def show(site_id: int) -> ResponseReturnValue:
    return _site_page(SiteId(site_id), ChooseDayForm())


@bp.get("/desk/sites/<int:site_id>/days")
@may(Act.PROPOSE_PLANS)
def choose_day(site_id: int) -> ResponseReturnValue:
    form = ChooseDayForm(request.args)
    if not form.validate():
        return _site_page(SiteId(site_id), form), 422
    return redirect(url_for("sites.day", site_id=site_id, day=form.day.data.isoformat()), 303)


@bp.route("/desk/sites/new", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def add() -> ResponseReturnValue:
    _require(_may_change())
    form = NewSiteForm()
    if not form.validate_on_submit():
        return render_template("sites/new.html", form=form), 422 if form.errors else 200
    try:
        with unit_of_work(sessions()) as session:
            site_id = service.add_site(session, form.facts(), actor=actor(), now=now())
    except service.CodeTakenError:
        form.code.errors.append(_("Another site bears this code already"))
        return render_template("sites/new.html", form=form), 422
    flash(_("The site is added. Now say what it offers and how much it can take."), "success")
    return redirect(url_for("sites.change", site_id=site_id), 303)


@bp.route("/desk/sites/<int:site_id>/edit", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def change(site_id: int) -> ResponseReturnValue:
    _require(_may_change())
    with reading(sessions()) as session:
        shown = queries.site(session, SiteId(site_id))
    form = site_form(shown.facts)
    if not form.validate_on_submit():
        return render_template("sites/edit.html", site=shown, form=form), 422 if form.errors else 200
    with unit_of_work(sessions()) as session:
        facts, seen = form.facts(shown.facts), form.seen.data
        service.change_site(session, shown.id, facts, seen=seen, actor=actor(), now=now())
    flash(_("The site is changed."), "success")
    return redirect(url_for("sites.show", site_id=site_id), 303)


@bp.route("/desk/sites/<int:site_id>/days/<day>", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def day(site_id: int, day: str) -> ResponseReturnValue:
    asked, whose = _day(day), SiteId(site_id)
    _require(may_set_days(actor(), whose))
    with reading(sessions()) as session:
        shown, before = queries.site(session, whose), queries.day_set(session, whose, asked)
    form = day_form(before)
    if not form.validate_on_submit():
        return _day_page(shown, asked, before, form)
    closes = form.is_open is False or (form.is_open is None and before is not None and before.is_open)
    why, seen = form.reason.data, form.seen_on(asked)
    try:
        unseen = once_looked_at(
            lambda session: site_hits().on_day(session, whose, asked, now()) if closes else NOBODY,
            lambda session: opening.set_day(
                session, whose, asked, form.is_open, reason=why, actor=actor(), now=now(), seen=seen
            ),
        )
    except InvalidInputError as refusal:
        mark(form, refusal)
        return _day_page(shown, asked, before, form)
    if unseen:
        return _day_page(shown, asked, before, form, unseen)
    flash(_("The day is set. Plans published before stay; they can only be withdrawn."), "success")
    return redirect(url_for("sites.show", site_id=site_id), 303)


def _site_page(site_id: SiteId, form: ChooseDayForm) -> str:
    with reading(sessions()) as session:
        shown = queries.site(session, site_id)
        station = queries.station(session, site_id, now=now()) if shown.facts.line == LINE else None
        days = queries.days(session, site_id, today())
    return render_template(
        "sites/show.html",
        site=shown,
        station=station,
        days=days,
        form=form,
        lines=dict(LINES),
        weekdays=[label for number, label in WEEKDAYS if number in shown.facts.open_weekdays],
        may_change=_may_change(),
        may_set_days=role_may(actor(), Act.PROPOSE_PLANS) and may_set_days(actor(), site_id),
        ways=WAYS,
        may_keep=role_may(actor(), Act.KEEP_STATIONS),
        may_announce=role_may(actor(), Act.ANNOUNCE_OUTAGES) and may_set_days(actor(), site_id),
    )


def _day_page(
    site: SiteShown, day: date, before: DayShown | None, form: DayForm, unseen: ToLookAt | None = None
) -> ResponseReturnValue:
    page = render_template("sites/day.html", site=site, day=day, before=before, form=form, unseen=unseen)
    return page, 422 if form.errors else unseen.status if unseen else 200


def _may_change() -> bool:
    return role_may(actor(), Act.PROPOSE_PLANS) and may_change(actor())


def _require(is_allowed: bool) -> None:
    if not is_allowed:
        raise NotAllowedError


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise NotFoundError from failure
