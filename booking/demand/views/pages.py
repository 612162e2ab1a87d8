"""The page of demand, and drafts made of its suggestion after a look."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.demand import service
from booking.demand.queries.facts import FORTNIGHT, demand_facts, first_open_monday
from booking.demand.rules.facts import PACE_DAYS, RATE_DAYS
from booking.demand.rules.placing import SESSION_PLACES
from booking.demand.rules.suggestion import suggest
from booking.demand.service import DraftPreview
from booking.demand.views.blueprint import bp
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError
from booking.plans.queries.board import monday_of, sites_to_plan
from booking.plans.views.asked import day_asked
from booking.plans.views.words import site_name
from booking.web.guards import may
from booking.web.house import actor, now, sessions

__all__ = ["bp"]

OK, SAVED, REFUSED = 200, 303, 422
MOST_AHEAD = timedelta(weeks=17)  # further ahead nobody knows who will be waiting


@bp.get("/desk/demand")
@may(Act.SEE_PLANS)
def demand() -> ResponseReturnValue:
    with reading(sessions()) as session:
        first = _first_asked(session)
        suggestion = suggest(demand_facts(session, first, now=now(), site_id=actor().site_id))
        names = _site_names(session)
    return render_template(
        "demand/demand.html",
        suggestion=suggestion,
        names=names,
        first=first,
        last=suggestion.facts.last,
        earlier=first - FORTNIGHT,
        later=first + FORTNIGHT,
        pace_days=PACE_DAYS,
        rate_days=RATE_DAYS,
        session_places=SESSION_PLACES,
        can_draft=role_may(actor(), Act.PROPOSE_PLANS),
    )


@bp.get("/desk/demand/drafts")
@may(Act.PROPOSE_PLANS)
def look_at_drafts() -> ResponseReturnValue:
    return _page(_preview()), OK


@bp.post("/desk/demand/drafts")
@may(Act.PROPOSE_PLANS)
def make_drafts() -> ResponseReturnValue:
    seen = request.form.get("seen", "")
    try:
        with unit_of_work(sessions()) as session:
            first = _first_asked(session)
            made = service.make_drafts(session, first, seen=seen, actor=actor(), now=now())
    except ConflictError:  # it comes to something else by now: that is shown, and nothing was saved
        return _page(_preview(), changed=True), REFUSED
    flash(
        _("Drafts saved: %(count)s. Submit them for approval when they are complete.", count=len(made)),
        "success",
    )
    return redirect(url_for("plans.board", week=monday_of(first).isoformat()), SAVED)


def _preview() -> DraftPreview:
    with reading(sessions()) as session:
        return service.preview_drafts(session, _first_asked(session), site_id=actor().site_id, now=now())


def _page(preview: DraftPreview, *, changed: bool = False) -> str:
    with reading(sessions()) as session:
        names = _site_names(session)
    facts = preview.suggestion.facts
    return render_template(
        "demand/drafts.html", preview=preview, names=names, first=facts.first, last=facts.last, changed=changed
    )


def _first_asked(session: Session) -> date:
    """Return the Monday of the fortnight asked for; what is too near or too far is the next one open."""
    soonest = first_open_monday(session, now=now())
    asked = day_asked(request.values.get("from"))
    return min(max(monday_of(asked), soonest), soonest + MOST_AHEAD) if asked else soonest


def _site_names(session: Session) -> dict[int, str]:
    return {site.id: site_name(site) for site in sites_to_plan(session)}
