"""What everybody may see: sites, slots and shares."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from booking.api import schemas
from booking.api.views.blueprint import bp
from booking.api.words import language
from booking.kernel.db import reading
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId, SlotId
from booking.sites import queries as sites_of_the_office
from booking.sites.queries import SiteShown
from booking.slots import queries as slots_of_the_office
from booking.slots.models import Method
from booking.slots.queries import OpenSlot
from booking.stats.exports.shares import shares_as_data
from booking.stats.queries.shares import shares as shares_between
from booking.web.guards import public
from booking.web.house import now, sessions, today

REACH = timedelta(days=92)


class Chosen(TypedDict):
    """Which slots of a period; None is all."""

    line: str | None
    service: str | None
    site_id: SiteId | None


@bp.get("/sites")
@public
@bp.arguments(schemas.SitesAskedSchema, location="query")
@bp.response(200, schemas.SiteListSchema)
def sites(asked: dict[str, Any]) -> dict[str, object]:
    """List the sites in use, in order of id."""
    after, limit = int(asked.get("cursor", 0)), asked["limit"]
    with reading(sessions()) as session:
        found = sites_of_the_office.sites(session, asked.get("line"))
    left = sorted((site for site in found if site.id > after), key=lambda site: site.id)
    items = [_site(site) for site in left[:limit]]
    return {"items": items, "next_cursor": str(left[limit - 1].id) if len(left) > limit else None}


@bp.get("/slots")
@public
@bp.arguments(schemas.SlotsAskedSchema, location="query")
@bp.response(200, schemas.SlotListSchema)
def slots(asked: dict[str, Any]) -> dict[str, object]:
    """List published slots, and those withdrawn after that, with their counts, in order of time.

    A slot that a round decides (`ranked`, `lottery`) has the hours of its requests until what is left over is
    `first_come`, with the hours of booking.
    """
    limit = asked["limit"]
    first, last = _days(asked, today(), REACH)
    chosen = Chosen(line=asked.get("line"), service=asked.get("service"), site_id=asked.get("site"))
    with reading(sessions()) as session:
        after = None
        if "cursor" in asked:
            after = slots_of_the_office.slot_shown(session, SlotId(int(asked["cursor"])))
            if after is None:
                raise InvalidInputError("cursor")
        found = slots_of_the_office.slots_between(session, first, last, **chosen, after=after, limit=limit + 1)
    items = [_as_given(slot, now()) for slot in found[:limit]]
    return {"items": items, "next_cursor": str(found[limit - 1].id) if len(found) > limit else None}


@bp.get("/stats/shares")
@public
@bp.arguments(schemas.PeriodSchema, location="query")
@bp.response(200, schemas.SharesSchema)
def shares(asked: dict[str, date]) -> dict[str, object]:
    """Count bookings made on line and all bookings, by service; without days, of the present year."""
    year = today().year
    first, last = asked.get("first", date(year, 1, 1)), asked.get("last", date(year, 12, 31))
    if last < first:
        raise InvalidInputError("to")
    with reading(sessions()) as session:
        return shares_as_data(shares_between(session, first, last))


def _as_given(slot: OpenSlot, at: datetime) -> OpenSlot:
    if slot.requests_until is None:
        return slot
    if at >= slot.opens_at:
        return replace(slot, method=Method.FIRST_COME)
    return replace(slot, opens_at=slot.published_at, closes_at=slot.requests_until)


def _days(asked: dict[str, Any], present: date, reach: timedelta) -> tuple[date, date]:
    first: date = asked.get("first", min(present, asked.get("last", present)))
    return first, asked.get("last", first + reach)


def _site(site: SiteShown) -> dict[str, object]:
    facts = site.facts
    offers = [{"service": offer.service, "classes": _classes(offer.classes)} for offer in facts.offers]
    return {
        "id": site.id, "code": facts.code, "line": facts.line, "name": site.named(language()),
        "district": facts.district, "address": facts.address, "offers": offers,
    }  # fmt: skip


def _classes(listed: str) -> list[str]:
    return listed.split(",") if listed else []
