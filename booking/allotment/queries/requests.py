"""A person's requests as pages and the API show them: the request, its wishes, and how it stands in its rounds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, Select, case, func, select
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Entry, Request, RequestState, RequestWish, Standing
from booking.allotment.models.rounds import Leaf, Round, RoundSlot, Stage
from booking.allotment.service.wishes import AnyAt, WishFor
from booking.bookings.models import Booking, BookingChannel
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import Holder, PersonId, SiteId, SlotId
from booking.sites.models import Site
from booking.slots.models import Lane, Method, Quota, Slot, SlotState


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """One request; `booking` is the reference of the place it was granted, "" where it has none."""

    id: int
    reference: str
    line: str
    service: str
    person_id: PersonId
    holder: Holder
    state: RequestState
    channel: BookingChannel
    version: int
    carry_on: bool
    notice_hours: int
    is_make_up: bool
    created_at: datetime
    changed_at: datetime
    ended_at: datetime | None  # null: live
    booking: str

    @property
    def is_live(self) -> bool:
        """Whether it can still be granted, changed and withdrawn."""
        return self.state is RequestState.LIVE


@dataclass(frozen=True, slots=True)
class WishedSlot:
    """A session, or any session at a site (`slot_id` None): what a wish stands for."""

    site_id: SiteId
    site_name: str
    site_name_en: str
    slot_id: SlotId | None = None
    service: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def code(self) -> str:
        """The wish as forms and the record write it: "12", or "*3" for any session at a site."""
        return f"*{self.site_id}" if self.slot_id is None else str(self.slot_id)

    @property
    def wish(self) -> WishFor:
        """The wish as services take it."""
        return AnyAt(self.site_id) if self.slot_id is None else self.slot_id


@dataclass(frozen=True, slots=True)
class AskableSlot:
    """A session of a round that is collecting. `places` counts all lanes of the round."""

    round_id: int
    slot_id: SlotId
    site_id: SiteId
    site_name: str
    site_name_en: str
    day: date
    starts_at: datetime
    ends_at: datetime
    classes: str
    method: Method
    places: int
    requests_until: datetime
    objections_until: datetime
    drawn_from: datetime
    opens_at: datetime
    cancel_until: datetime


@dataclass(frozen=True, slots=True)
class RoundSlotShown:
    """A session of a round, with its places over all lanes."""

    round_id: int
    slot: WishedSlot
    places: int


@dataclass(frozen=True, slots=True)
class Stand:
    """How a request stands in one round. `opens_at` is the hour at which freed seats are first handed on.

    `row_wishes` are the wishes, and `leaf` the hash, of the latest row in the record; `places` the seats of the round
    over all its lanes.
    """

    round_id: int
    day: date
    method: Method
    stage: Stage
    closes_at: datetime
    objections_until: datetime
    drawn_from: datetime
    drawn_at: datetime | None  # null: not drawn
    opens_at: datetime
    last_sale_at: datetime
    places: int
    pid: str
    seq: int
    lane: Lane
    ranking_time: datetime | None  # null: a lottery
    row_wishes: tuple[str, ...]
    leaf: str
    standing: Standing
    place: int
    queue: int
    slot_id: SlotId | None  # null: its turn has not come
    passed_because: str


def requests_of(session: Session, person_id: PersonId, *, limit: int = 100) -> Sequence[ShownRequest]:
    """Return a person's requests, live ones first, then the latest first; one statement."""
    query = _shown().where(Request.person_id == person_id).order_by(Request.id.desc()).limit(limit)
    found = [ShownRequest(**row) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda request: not request.is_live)


def shown_request(session: Session, reference: str, *, person_id: PersonId | None) -> ShownRequest:
    """Return one request; raise `NotFoundError` when there is none or it is not `person_id`'s.

    `person_id` None is for clerks, who see every request.
    """
    query = _shown().where(Request.reference == reference.strip().upper())
    if person_id is not None:
        query = query.where(Request.person_id == person_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    return ShownRequest(**row)


def live_requests(session: Session, holder: Holder) -> Mapping[str, str]:
    """Return the references of a holder's live requests by service; there is one of each at most."""
    query = select(Request.service, Request.reference).where(
        Request.holder == holder, Request.state == RequestState.LIVE
    )
    return {row.service: row.reference for row in session.execute(query)}


def reference_by_key(session: Session, person_id: PersonId, request_key: str) -> str | None:
    """Return the request that this very form has made already, or None."""
    query = select(Request.reference).where(Request.person_id == person_id, Request.request_key == request_key)
    return session.scalar(query)


def wishes_shown(session: Session, request_id: int) -> Sequence[WishedSlot]:
    """Return the wishes of a request in order; one statement."""
    query = (
        select(RequestWish.slot_id, Slot.service, Slot.starts_at, Slot.ends_at, Site.id, Site.name, Site.name_en)
        .outerjoin(Slot, Slot.id == RequestWish.slot_id)
        .join(Site, Site.id == func.coalesce(Slot.site_id, RequestWish.site_id))
        .where(RequestWish.request_id == request_id)
        .order_by(RequestWish.place)
    )
    return [_wished(row) for row in session.execute(query).mappings()]


def described(session: Session, wishes: Sequence[WishFor]) -> Mapping[WishFor, WishedSlot]:
    """Return what wishes stand for, whatever their service or state; unknown ones are left out. Two statements."""
    slot_ids = [wish for wish in wishes if not isinstance(wish, AnyAt)]
    site_ids = [wish.site_id for wish in wishes if isinstance(wish, AnyAt)]
    of_slots = (
        select(Slot.id.label("slot_id"), Slot.service, Slot.starts_at, Slot.ends_at, Site.id, Site.name, Site.name_en)
        .join(Site, Site.id == Slot.site_id)
        .where(Slot.id.in_(slot_ids))
    )
    found: dict[WishFor, WishedSlot] = {
        SlotId(row["slot_id"]): _wished(row) for row in session.execute(of_slots).mappings()
    }
    for row in session.execute(select(Site.id, Site.name, Site.name_en).where(Site.id.in_(site_ids))):
        found[AnyAt(SiteId(row.id))] = WishedSlot(SiteId(row.id), row.name, row.name_en)
    return found


def askable_slots(session: Session, line: str, service: str, *, now: datetime) -> Sequence[AskableSlot]:
    """Return the sessions of a service that take requests, in order of time; one statement."""
    names = ("site_id", "day", "starts_at", "ends_at", "classes", "method", "opens_at", "cancel_until")
    query = (
        select(
            RoundSlot.round_id,
            Slot.id.label("slot_id"),
            *(getattr(Slot, name) for name in names),
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
            func.sum(Quota.capacity).label("places"),
            Round.closes_at.label("requests_until"),
            Round.objections_until,
            Round.beacon_not_before.label("drawn_from"),
        )
        .join(RoundSlot, RoundSlot.slot_id == Slot.id)
        .join(Round, Round.id == RoundSlot.round_id)
        .join(Site, Site.id == Slot.site_id)
        .join(Quota, Quota.slot_id == Slot.id)
        .where(Round.line == line, Round.service == service, Quota.lane != Lane.WALK_IN)
        .where(Round.stage == Stage.COLLECTING, Round.closes_at > now, Slot.state == SlotState.PUBLISHED)
        .group_by(Slot.id, RoundSlot.round_id, Site.id, Round.id)
        .order_by(Slot.starts_at, Slot.site_id, Slot.id)
    )
    return [AskableSlot(**row) for row in session.execute(query).mappings()]


def stands_of(session: Session, request_id: int) -> Sequence[Stand]:
    """Return how a request stands in each round that it entered, in order of their days; one statement."""
    of_entry = ("pid", "seq", "lane", "ranking_time", "wishes", "standing", "place", "queue", "slot_id")
    of_round = ("day", "method", "stage", "closes_at", "objections_until", "drawn_at")
    query = (
        select(
            Entry.round_id,
            *(getattr(Entry, name) for name in (*of_entry, "passed_because")),
            *(getattr(Round, name) for name in of_round),
            Round.beacon_not_before.label("drawn_from"),
            Leaf.leaf,
            func.min(Slot.opens_at).label("opens_at"),
            func.max(Slot.closes_at).label("last_sale_at"),
            func.sum(case((Slot.state == SlotState.PUBLISHED, Quota.capacity), else_=0)).label("places"),
        )
        .join(Round, Round.id == Entry.round_id)
        .join(Leaf, (Leaf.round_id == Entry.round_id) & (Leaf.seq == Entry.seq))
        .join(RoundSlot, RoundSlot.round_id == Entry.round_id)
        .join(Slot, Slot.id == RoundSlot.slot_id)
        .join(Quota, Quota.slot_id == Slot.id)
        .where(Entry.request_id == request_id, Quota.lane != Lane.WALK_IN)
        .group_by(Entry.round_id, Entry.holder, Round.id, Leaf.round_id, Leaf.seq)
        .order_by(Round.day, Round.id)
    )
    found = []
    for row in session.execute(query).mappings():
        values = dict(row)
        found.append(Stand(row_wishes=tuple(json.loads(values.pop("wishes"))), **values))
    return found


def slots_of_rounds(session: Session, round_ids: Sequence[int]) -> Sequence[RoundSlotShown]:
    """Return the sessions of rounds with their places, in order of time; one statement."""
    query = (
        select(
            RoundSlot.round_id, Slot.id.label("slot_id"), Slot.service, Slot.starts_at, Slot.ends_at,
            Site.id, Site.name, Site.name_en, func.sum(Quota.capacity).label("places"),
        )
        .join(Slot, Slot.id == RoundSlot.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .join(Quota, Quota.slot_id == Slot.id)
        .where(RoundSlot.round_id.in_(round_ids), Quota.lane != Lane.WALK_IN)
        .group_by(RoundSlot.slot_id, Slot.id, Site.id)
        .order_by(Slot.starts_at, Slot.site_id, Slot.id)
    )  # fmt: skip
    rows = session.execute(query).mappings()
    return [RoundSlotShown(row["round_id"], _wished(row), row["places"]) for row in rows]


def _shown() -> Select[tuple[object, ...]]:
    names = [name for name in ShownRequest.__dataclass_fields__ if name != "booking"]
    return select(
        *(getattr(Request, name) for name in names), func.coalesce(Booking.reference, "").label("booking")
    ).outerjoin(Booking, Booking.id == Request.booking_id)


def _wished(row: RowMapping) -> WishedSlot:
    site = (SiteId(row["id"]), row["name"], row["name_en"])
    return WishedSlot(*site, row["slot_id"], row["service"] or "", row["starts_at"], row["ends_at"])
