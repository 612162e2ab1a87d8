"""From what a person asks for to the rows of the rounds concerned, and what the rules say to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from booking.allotment.errors import (
    ClosedWishError,
    DuplicateWishError,
    ForeignWishError,
    NothingOpenError,
    NoWishError,
    RequestRefusedError,
    TooManyWishesError,
)
from booking.allotment.models.rounds import Round, RoundSlot, Stage
from booking.bookings.line import Line
from booking.kernel.calendar import local_day
from booking.kernel.errors import Refusal
from booking.kernel.ids import Holder, SiteId, SlotId
from booking.policies import queries as policies
from booking.sites.models import Site
from booking.slots.models import Slot, SlotState


@dataclass(frozen=True, slots=True)
class AnyAt:
    """A wish for any slot at a site."""

    site_id: SiteId


WishFor = SlotId | AnyAt


@dataclass(frozen=True, slots=True)
class Choice:
    """A slot that a request could be granted in a round that is collecting."""

    round_id: int
    slot: Slot


def require_fit(session: Session, line: Line, service: str, wishes: Sequence[WishFor], *, now: datetime) -> None:
    """Raise an `UnfitWishError` unless the wishes are some, not too many, each once, and of this service."""
    if not wishes:
        raise NoWishError
    most = policies.all_values(session, local_day(now)).number("rounds.most_wishes")
    if len(wishes) > most:
        raise TooManyWishesError
    if len(set(wishes)) < len(wishes):
        raise DuplicateWishError
    slot_ids = [wish for wish in wishes if not isinstance(wish, AnyAt)]
    found = {slot.id: slot for slot in session.scalars(select(Slot).where(Slot.id.in_(slot_ids)))}
    if any(slot_id not in found or found[slot_id].service != service for slot_id in slot_ids):
        raise ForeignWishError
    site_ids = [wish.site_id for wish in wishes if isinstance(wish, AnyAt)]
    known = set(session.scalars(select(Site.id).where(Site.id.in_(site_ids), Site.line == line.key)))
    if len(known) < len(site_ids):
        raise ForeignWishError


def open_choices(
    session: Session, line: Line, service: str, *, now: datetime, among: Sequence[WishFor] | None = None
) -> Sequence[Choice]:
    """Return every slot of the service in a round that takes requests, in order of time; or what wishes mean."""
    query = (
        select(RoundSlot.round_id, Slot)
        .join(Slot, Slot.id == RoundSlot.slot_id)
        .join(Round, Round.id == RoundSlot.round_id)
        .where(Round.line == line.key, Round.service == service)
        .where(Round.stage == Stage.COLLECTING, Round.closes_at > now, Slot.state == SlotState.PUBLISHED)
        .order_by(Slot.starts_at, Slot.id)
    )
    if among is not None:
        sites = [wish.site_id for wish in among if isinstance(wish, AnyAt)]
        wished = [wish for wish in among if not isinstance(wish, AnyAt)]
        query = query.where(or_(Slot.id.in_(wished), Slot.site_id.in_(sites)))
    return [Choice(round_id, slot) for round_id, slot in session.execute(query)]


def rows_by_round(
    session: Session, line: Line, holder: Holder, wishes: Sequence[WishFor], choices: Sequence[Choice], *,
    now: datetime,
) -> Mapping[int, list[str]]:  # fmt: skip
    """Return by round the wishes that its row will hold: those that the rules allow, in the order asked.

    A site wish stays one ("*7") where every slot of the site is allowed, else it becomes the slots that are. Raises
    `RequestRefusedError` with every reason where the rules allow nothing.
    """
    wished = [(wish, [choice for choice in choices if _is_meant(wish, choice.slot)]) for wish in wishes]
    meant = {choice.slot.id: choice for _, some in wished for choice in some}
    refused = line.refused(session, [(holder, choice.slot) for choice in meant.values()], now=now)
    allowed = {slot_id for slot_id in meant if (holder, SlotId(slot_id)) not in refused}
    if meant and not allowed:
        raise RequestRefusedError(_each_once(refused), min(choice.round_id for choice in meant.values()))
    found: dict[int, list[str]] = {}
    for wish, some in wished:
        for round_id in dict.fromkeys(choice.round_id for choice in some):
            there = [choice.slot for choice in some if choice.round_id == round_id]
            row = found.setdefault(round_id, [])
            row += [one for one in _row_wishes(wish, there, allowed) if one not in row]
    return {round_id: row for round_id, row in sorted(found.items()) if row}


def require_open(wishes: Sequence[WishFor], choices: Sequence[Choice], *, waits: bool) -> None:
    """Raise where a slot takes no requests now, or no site has one that does and the request may not wait."""
    open_slots = {choice.slot.id for choice in choices}
    if any(wish not in open_slots for wish in wishes if not isinstance(wish, AnyAt)):
        raise ClosedWishError
    meant = any(_is_meant(wish, choice.slot) for wish in wishes for choice in choices)
    if not meant and not waits:
        raise NothingOpenError


def as_columns(wish: WishFor) -> dict[str, int | None]:
    """Return a wish as the columns of its row."""
    if isinstance(wish, AnyAt):
        return {"slot_id": None, "site_id": wish.site_id}
    return {"slot_id": wish, "site_id": None}


def wish_list(text: str) -> list[str]:
    """Read the wishes of an entry."""
    found: list[str] = json.loads(text)
    return found


def _is_meant(wish: WishFor, slot: Slot) -> bool:
    return slot.site_id == wish.site_id if isinstance(wish, AnyAt) else slot.id == wish


def _row_wishes(wish: WishFor, there: Sequence[Slot], allowed: set[int]) -> list[str]:
    if isinstance(wish, AnyAt) and all(slot.id in allowed for slot in there):
        return [f"*{wish.site_id}"]
    return [str(slot.id) for slot in there if slot.id in allowed]


def _each_once(refused: Mapping[tuple[Holder, SlotId], Sequence[Refusal]]) -> list[Refusal]:
    """Return every reason once: of those that differ only in their day, the one that ends first."""
    reasons: dict[str, Refusal] = {}
    for refusal in (refusal for some in refused.values() for refusal in some):
        known = reasons.get(refusal.code)
        sooner = known is not None and known.earliest and refusal.earliest and refusal.earliest < known.earliest
        if known is None or sooner:
            reasons[refusal.code] = refusal
    return list(reasons.values())
