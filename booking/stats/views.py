"""The public figures: a page and the same as a file. Nobody signs in for them."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.kernel.db import reading
from booking.lines import service_names
from booking.stats.exports.shares import shares_as_csv
from booking.stats.forms import PeriodForm, period_form
from booking.stats.queries.shares import Days, by_channel, known_days, sites_of
from booking.stats.rules.shares import Channels, Shares, all_together, shares_of
from booking.web.guards import public
from booking.web.house import sessions, today
from booking.web.language import worded

bp = Blueprint("stats", __name__)
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A count under the name that readers know it by."""

    label: str
    online: int
    total: int
    share: Decimal | None


@bp.get("/stats")
@public
def shares() -> ResponseReturnValue:
    """Show the shares of a period."""
    with reading(sessions()) as session:
        form = _asked(session)
        if not form.validate():
            return render_template("stats/refused.html", form=form), UNPROCESSABLE
        channels = by_channel(session, form.days.first, form.days.last, site_id=form.site_id)
        known = known_days(session)
    return render_template("stats/shares.html", form=form, query=_query(form), **_figures(channels, known))


@bp.get("/stats.csv")
@public
def shares_csv() -> ResponseReturnValue:
    """Give the shares of a period as a file."""
    with reading(sessions()) as session:
        form = _asked(session)
        if not form.validate():
            return render_template("stats/refused.html", form=form), UNPROCESSABLE
        channels = by_channel(session, form.days.first, form.days.last, site_id=form.site_id)
    name = f"shares-{form.days.first}-{form.days.last}.csv"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(shares_as_csv(shares_of(channels)), mimetype="text/csv", headers=headers)


def _asked(session: Session) -> PeriodForm:
    return period_form(request.args, sites_of(session), today())


def _query(form: PeriodForm) -> dict[str, str]:
    """The period and site as they stand in an address."""
    return {"from": form.days.first.isoformat(), "to": form.days.last.isoformat(), "site": form.site.data}


def _figures(channels: tuple[Channels, ...], known: Days | None) -> dict[str, object]:
    counted = shares_of(channels)
    rows = _rows(counted)
    return {
        "shares": counted,
        "rows": rows,
        # A subject without any booking would look like one that nobody booked on line.
        "bars": [row for row in rows if row.total],
        "channels": [*((_name(row.service), row) for row in channels), (_("All together"), all_together(channels))],
        "known": known,
    }


def _rows(counted: Shares) -> list[ShareRow]:
    named = [*((_name(item.service), item) for item in counted.items), (_("All together"), counted.total)]
    return [ShareRow(label, count.online, count.total, count.share) for label, count in named]


def _name(service: str) -> str:
    names = service_names()
    return worded(names[service]) if service in names else service
