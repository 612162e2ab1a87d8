"""The rosters of a day at a site, with their counts."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.ids import SiteId
from booking.rosters.forms import ChoiceForm
from booking.rosters.queries.rosters import open_rosters, rosters_of
from booking.rosters.views.access import UNPROCESSABLE, keeps_rosters, own_site
from booking.rosters.views.blueprint import bp
from booking.sites import queries as sites
from booking.sites.queries import SiteShown
from booking.web.guards import may
from booking.web.house import now, sessions, today
from booking.web.language import language

LINE = "exams"


@bp.get("/station/rosters")
@may(Act.SEE_ROSTERS)
def rosters() -> ResponseReturnValue:
    """Show the sessions of a day: an operator's own site, or any for the desk; and what was left open before."""
    form = ChoiceForm(request.args)
    is_wrong = not form.validate()
    day = form.day.data = form.day.data or today()
    with reading(sessions()) as session:
        choice = _sites(session)
        site = _chosen(choice, form)
        heads = rosters_of(session, site.id, day) if site else []
        left_open = open_rosters(session, site.id, before=today()) if site else []
    form.site.choices = [(one.id, one.named(language())) for one in choice]
    page = render_template(
        "rosters/day.html",
        form=form,
        site=site,
        day=day,
        heads=heads,
        left_open=left_open,
        may_choose=not keeps_rosters(),
        now=now(),
        is_today=day == today(),
    )
    return page, UNPROCESSABLE if is_wrong else 200


def _sites(session: Session) -> list[SiteShown]:
    if keeps_rosters():
        return [sites.site(session, own_site())]
    return list(sites.sites(session, LINE))


def _chosen(choice: list[SiteShown], form: ChoiceForm) -> SiteShown | None:
    """Return the site that was asked for, else the first."""
    wanted: SiteId | None = form.site.data
    found = next((one for one in choice if one.id == wanted), choice[0] if choice else None)
    form.site.data = found.id if found else None
    return found
