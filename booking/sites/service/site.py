"""Adding and changing sites."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as
from booking.kernel.errors import ConflictError, NotAllowedError, StaleError, Wording
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.models import Site, SiteService
from booking.sites.rules.site import Offer, SiteFacts, check, fingerprint, may_change
from booking.sites.rules.station import LINE


class CodeTakenError(ConflictError):
    """Another site bears this code."""

    wording: ClassVar[Wording] = Wording(
        "这个代码已经有别的场地使用，请换一个。", "Another site bears this code already; choose another."
    )


CONFLICTS: dict[str, type[Exception]] = {
    "uq_site_code": CodeTakenError,
    "uq_site_service_site_id_service": StaleError,
}


def add_site(session: Session, facts: SiteFacts, *, actor: Actor, now: datetime) -> SiteId:
    """Add a site and return its id; raise `CodeTakenError` or `InvalidInputError`."""
    refuse_operators(actor)
    check(facts)
    with conflicts_as(CONFLICTS):
        site_id = SiteId(session.execute(insert(Site).values(**_columns(facts)).returning(Site.id)).scalar_one())
    _offer(session, site_id, facts.offers)
    audit.record(session, "site added", "site", site_id, actor=actor, now=now, after=asdict(facts))
    return site_id


def change_site(
    session: Session, site_id: SiteId, facts: SiteFacts, *, seen: str, actor: Actor, now: datetime
) -> None:
    """Make the site what `facts` say; its code and line stay what they are, and so do prices.

    The weekdays of a station follow from its hours and stay as well. Raise `StaleError` if the fingerprint of the
    site is no longer `seen`, `NotFoundError` or `InvalidInputError`.
    """
    refuse_operators(actor)
    lock(session, site_id)
    before = queries.site(session, site_id).facts
    if fingerprint(before) != seen:
        raise StaleError
    facts = replace(facts, code=before.code, line=before.line)
    if before.line == LINE:
        facts = replace(facts, open_weekdays=before.open_weekdays)
    check(facts)
    store(session, site_id, before, facts, actor=actor, now=now)


def store(
    session: Session, site_id: SiteId, before: SiteFacts, facts: SiteFacts, *, actor: Actor, now: datetime
) -> None:
    """Write what differs and log exactly that."""
    was, is_now = asdict(before), asdict(facts)
    differing = [name for name in is_now if was[name] != is_now[name]]
    if not differing:
        return
    session.execute(update(Site).where(Site.id == site_id).values(**_columns(facts)))
    if before.offers != facts.offers:
        _offer_now(session, site_id, before, facts)
    audit.record(
        session,
        "site changed",
        "site",
        site_id,
        actor=actor,
        now=now,
        before={name: was[name] for name in differing},
        after={name: is_now[name] for name in differing},
    )


def _columns(facts: SiteFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in SiteFacts.__dataclass_fields__ if name != "offers"}


def _offer(session: Session, site_id: SiteId, offers: Sequence[Offer]) -> None:
    rows = [{"site_id": site_id, **asdict(offer)} for offer in offers]
    if rows:
        with conflicts_as(CONFLICTS):
            session.execute(insert(SiteService), rows)


def _offer_now(session: Session, site_id: SiteId, before: SiteFacts, facts: SiteFacts) -> None:
    """Make the offers what they are now. Those that stay keep their rows: prices stand in them."""
    known = {offer.service: offer for offer in before.offers}
    services = [offer.service for offer in facts.offers]
    session.execute(delete(SiteService).where(SiteService.site_id == site_id, SiteService.service.not_in(services)))
    for offer in facts.offers:
        if offer.service in known and known[offer.service] != offer:
            kept = update(SiteService).where(SiteService.site_id == site_id, SiteService.service == offer.service)
            session.execute(kept.values(classes=offer.classes))
    _offer(session, site_id, [offer for offer in facts.offers if offer.service not in known])


def lock(session: Session, site_id: SiteId) -> None:
    """Let nobody else change the site before this unit of work ends: what was seen of it is compared after this."""
    # The row is locked on PostgreSQL; on SQLite a unit of work is the only writer anyway.
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update())


def refuse_operators(actor: Actor) -> None:
    """Raise `NotAllowedError` for those who run a site: what it is, the office says."""
    if not may_change(actor):
        raise NotAllowedError
