"""The opening hours of a station, and what it says of itself: prices, directions, position, method."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.errors import StaleError
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.models import Site, SiteHours, SiteService
from booking.sites.rules.site import fingerprint
from booking.sites.rules.station import (
    Hours,
    Terms,
    check_hours,
    check_terms,
    spans_on,
    spans_text,
    weekdays_of,
)
from booking.sites.service.site import lock, refuse_operators

WEEK = range(1, 8)


def set_hours(
    session: Session, site_id: SiteId, hours: Sequence[Hours], *, seen: str, actor: Actor, now: datetime
) -> None:
    """Give a station these hours in place of those it has; it is open on the weekdays that have any.

    Windows that are published stay as they are. Raise `StaleError` if the fingerprint of the hours is no longer
    `seen`, `InvalidInputError`, and `NotFoundError` for what is no station.
    """
    refuse_operators(actor)
    lock(session, site_id)
    before = queries.station(session, site_id, now=now).hours
    if fingerprint(before) != seen:
        raise StaleError
    check_hours(hours)
    if sorted(hours) == sorted(before):
        return
    session.execute(delete(SiteHours).where(SiteHours.site_id == site_id))
    if hours:
        session.execute(insert(SiteHours), [{"site_id": site_id, **asdict(span)} for span in sorted(hours)])
    session.execute(update(Site).where(Site.id == site_id).values(open_weekdays=weekdays_of(hours)))
    was, is_now = _week(before), _week(hours)
    audit.record(
        session,
        "opening hours set",
        "site",
        site_id,
        actor=actor,
        now=now,
        before={"hours": was},
        after={"hours": is_now},
    )


def set_terms(session: Session, site_id: SiteId, terms: Terms, *, seen: str, actor: Actor, now: datetime) -> None:
    """Make what a station says of itself `terms`; a service without a price there has none published.

    Raise `StaleError` if the fingerprint of the terms is no longer `seen`, `InvalidInputError`, and `NotFoundError`
    for what is no station.
    """
    refuse_operators(actor)
    lock(session, site_id)
    station = queries.station(session, site_id, now=now)
    if fingerprint(station.terms) != seen:
        raise StaleError
    services = [offer.service for offer in station.facts.offers]
    check_terms(terms, services)
    was, is_now = asdict(station.terms), asdict(terms)
    differing = [name for name in is_now if was[name] != is_now[name]]
    if not differing:
        return
    columns = {name: value for name, value in is_now.items() if name != "prices"}
    session.execute(update(Site).where(Site.id == site_id).values(**columns))
    prices = {price.service: price.fen for price in terms.prices}
    for service in services:
        priced = update(SiteService).where(SiteService.site_id == site_id, SiteService.service == service)
        session.execute(priced.values(price_fen=prices.get(service)))
    audit.record(
        session,
        "station terms changed",
        "site",
        site_id,
        actor=actor,
        now=now,
        before={name: was[name] for name in differing},
        after={name: is_now[name] for name in differing},
    )


def _week(hours: Sequence[Hours]) -> dict[str, str]:
    """Return hours for the log: by weekday, as people write them."""
    return {str(weekday): spans_text(spans) for weekday in WEEK if (spans := spans_on(hours, weekday))}
