"""Who changed what and when: of a plan, of a session, of a site."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.audit.words import ACTS, KINDS, changes
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import PlanId, SiteId, SlotId
from booking.plans.queries import history
from booking.plans.queries.history import Objects
from booking.plans.queries.plans import plan_shown
from booking.plans.service.checks import require_own_site
from booking.plans.views.blueprint import bp
from booking.sites import queries as sites
from booking.slots.queries import slot_shown
from booking.web.guards import may
from booking.web.house import actor, sessions
from booking.web.language import full_day_span, language

MOST_DIGITS = 18


@bp.get("/desk/plans/<int:plan_id>/history")
@may(Act.SEE_PLANS)
def plan_history(plan_id: int) -> ResponseReturnValue:
    number = PlanId(plan_id)
    with reading(sessions()) as session:
        shown = plan_shown(session, number)
        require_own_site(actor(), shown.site_id)
        title = _("Plan no. %(plan)s", plan=plan_id)
        return _page(session, history.of_plan(session, number), title, url_for("plans.plan", plan_id=plan_id))


@bp.get("/desk/plans/slots/<int:slot_id>/history")
@may(Act.SEE_PLANS)
def slot_history(slot_id: int) -> ResponseReturnValue:
    with reading(sessions()) as session:
        slot = slot_shown(session, SlotId(slot_id))
        if slot is None:
            raise NotFoundError
        require_own_site(actor(), slot.site_id)
        title = _("Session %(number)s: %(when)s", number=slot_id, when=full_day_span(slot))
        return _page(session, history.of_slot(slot.id), title, url_for("plans.slot_plan", slot_id=slot_id))


@bp.get("/desk/sites/<int:site_id>/history")
@may(Act.SEE_PLANS)
def site_history(site_id: int) -> ResponseReturnValue:
    number = SiteId(site_id)
    with reading(sessions()) as session:
        title = sites.site(session, number).named(language())
        return _page(session, history.of_site(session, number), title, url_for("sites.show", site_id=site_id))


def _page(session: Session, objects: Objects, title: str, back: str) -> str:
    done, after = history.done_to(session, objects, before=_cursor())
    return render_template(
        "plans/history.html",
        title=title,
        back=back,
        done=done,
        next_page=url_for(str(request.endpoint), **{**(request.view_args or {}), "before": after}) if after else None,
        is_first=_cursor() is None,
        **words_of_log(),
    )


def words_of_log() -> dict[str, object]:
    """Return what a template needs to put entries of the log into words."""
    return {"log_acts": ACTS, "log_kinds": KINDS, "changes": changes}


def _cursor() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
