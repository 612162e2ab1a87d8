"""Closing a site or a day: who would be hit, the proposal, the second person's consent, what became of it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from booking.allotment.forms import ClosureForm, ConfirmForm, ScopeFields, refuse
from booking.allotment.queries import closures as queries
from booking.allotment.queries import site_changes
from booking.allotment.queries.impact import Told, told
from booking.allotment.service import closures as service
from booking.allotment.service.closures import Scope
from booking.allotment.service.impact import ImpactChangedError
from booking.allotment.views.blueprint import bp
from booking.allotment.views.desk import permissions
from booking.allotment.views.paging import beside, page_asked
from booking.allotment.views.ready import ready_choices, ready_text
from booking.allotment.views.withdrawals import Changed
from booking.allotment.views.words import service_choices
from booking.bookings.registered import all_lines, line_of
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError, ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId
from booking.plans.views.public import CLOSINGS
from booking.sites import queries as sites
from booking.sites.views.hits import SITE_HITS, SiteHits
from booking.web.errors import status_of
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import language, worded

Fields = TypeVar("Fields", bound=ScopeFields)

NOT_ASKED_YET = ("reason", "reason_en")
NO_REASONS = dict.fromkeys(NOT_ASKED_YET, "")
SITE_CHANGES = SiteHits(on_day=site_changes.on_day, outside_hours=site_changes.outside_hours)

bp.record_once(
    lambda state: state.app.extensions.update({CLOSINGS: queries.public_closings, SITE_HITS: SITE_CHANGES})
)


@bp.get("/desk/closures")
@may(Act.SEE_ROUNDS)
def closures() -> ResponseReturnValue:
    can = permissions()
    with reading(sessions()) as session:
        shown = queries.closures_shown(session, site_id=actor().site_id)
        left = [one for line in all_lines() for one in queries.left_over(session, line)] if can["see_people"] else ()
    return render_template("allotment/closures.html", closures=shown, left=left, can=can)


@bp.get("/desk/closures/new")
@may(Act.PROPOSE_CLOSURES)
def new_closure() -> ResponseReturnValue:
    """Show who would be hit by what stands in the address, before anything is stored."""
    asked = request.args if "first_day" in request.args else None
    fields = _with_choices(ScopeFields(asked))
    if asked is None or not fields.validate():
        return _new_page(fields, None), 200 if asked is None else 422
    return _new_page(fields, _with_choices(ClosureForm(formdata=None, data={**fields.data, **ready_text()})))


@bp.post("/desk/closures/new")
@may(Act.PROPOSE_CLOSURES)
def propose_closure() -> ResponseReturnValue:
    form = _with_choices(ClosureForm())
    if not form.validate_on_submit():
        return _new_page(form, form), 422
    try:
        with unit_of_work(sessions()) as session:
            number = service.propose(
                session,
                _scope(form),
                **form.reasons,
                seen=form.bookings_seen,
                actor=actor(),
                now=now(),
            )
    except ImpactChangedError as refused:
        return _new_page(form, form, Changed(form.bookings_seen, refused.hit)), status_of(refused)
    except (InvalidInputError, NotFoundError) as refused:
        refuse(form, refused)
        return _new_page(form, form), 422
    flash(_("The closure is proposed. Nothing is taken back until a second person consents."), "success")
    return redirect(url_for("allotment.closure", closure_id=number), 303)


@bp.get("/desk/closures/<int:closure_id>")
@may(Act.SEE_ROUNDS)
def closure(closure_id: int) -> ResponseReturnValue:
    return _closure_page(closure_id)


@bp.post("/desk/closures/<int:closure_id>")
@may(Act.APPROVE_CLOSURES)
def approve_closure(closure_id: int) -> ResponseReturnValue:
    form = ConfirmForm()
    try:
        with unit_of_work(sessions()) as session:
            service.approve(session, closure_id, seen=form.bookings_seen, actor=actor(), now=now())
    except ImpactChangedError as refused:
        return _closure_page(closure_id, changed=Changed(form.bookings_seen, refused.hit)), status_of(refused)
    except ConflictError as refused:
        return _closure_page(closure_id, refused), status_of(refused)
    flash(_("The sessions are taken back. Everybody in them is told within minutes and asked for again."), "success")
    return redirect(url_for("allotment.closure", closure_id=closure_id), 303)


def _with_choices(form: Fields) -> Fields:
    """Give the form its choices; site staff close their own site only."""
    own = actor().site_id
    with reading(sessions()) as session:
        found = [site for site in sites.sites(session) if own in (None, site.id)]
    named = [SelectChoice(str(site.id), site.named(language())) for site in found]
    form.site.choices = named if own else [SelectChoice("", _("All sites")), *named]
    form.service.choices = service_choices()
    form.line.choices = [SelectChoice(key, worded(line.name)) for key, line in all_lines().items()]
    form.line.data = form.line.data or next((site.facts.line for site in found if own), next(iter(all_lines())))
    return form


def _scope(form: ScopeFields) -> Scope:
    site_id = SiteId(int(form.site.data)) if form.site.data else None
    return Scope(form.line.data, site_id, form.service.data, form.first_day.data, form.last_day.data)


def _preview(session: Session, form: ScopeFields | None) -> queries.Preview | None:
    if form is None or any(field.errors for field in form if field.name not in NOT_ASKED_YET):
        return None
    return queries.preview(session, _scope(form), now=now(), page=page_asked())


def _new_page(fields: ScopeFields, form: ClosureForm | None, changed: Changed | None = None) -> str:
    with reading(sessions()) as session:
        preview = _preview(session, form)
        words = _told(session, preview, fields.line.data, form.reasons if form else NO_REASONS)
    kept = ("line", "site", "service", "first_day", "last_day")
    pages = beside(*kept, has_more=preview.has_more, anchor="people") if preview else None
    if form and preview:
        form.seen.data = str(preview.impact.bookings)
    return render_template(
        "allotment/closure_new.html",
        fields=fields,
        form=form,
        preview=preview,
        told=words,
        beside=pages,
        changed=changed,
        ready=ready_choices() if request.method == "GET" else (),
    )


def _told(session: Session, preview: queries.Preview | None, line: str, reasons: Mapping[str, str]) -> Sequence[Told]:
    """Return what everybody hit is told, as the first session's people read it."""
    if preview is None or not preview.slot_ids:
        return ()
    return told(session, line_of(line), preview.slot_ids[0], language=language(), **reasons)


def _closure_page(closure_id: int, refused: BookingError | None = None, changed: Changed | None = None) -> str:
    with reading(sessions()) as session:
        shown = queries.closure_shown(session, closure_id)
        if actor().site_id not in (None, shown.site_id):
            raise NotAllowedError
        preview = None if shown.approved_at else queries.preview(session, shown.scope, now=now(), page=page_asked())
        reasons = {"reason": shown.reason, "reason_en": shown.reason_en}
        words = _told(session, preview, shown.line, reasons)
        outcome = queries.outcome(session, shown) if shown.approved_at else None
        left = queries.left_over(session, shown.line) if outcome and permissions()["see_people"] else ()
    form = ConfirmForm(formdata=None, seen=str(preview.impact.bookings) if preview else "")
    return render_template(
        "allotment/closure.html",
        closure=shown,
        preview=preview,
        told=words,
        changed=changed,
        beside=beside(has_more=preview.has_more, anchor="people") if preview else None,
        outcome=outcome,
        left=left,
        refused=worded(refused.wording) if refused else None,
        form=form,
        is_own=shown.proposed_by == me().person_id,
        can=permissions(),
    )
