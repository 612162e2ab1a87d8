"""Who is hit before anything that hurts: numbers by state and service, when, and what everybody is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Request, RequestState, RequestWish
from booking.allotment.service.messages import slot_facts
from booking.bookings.line import Line
from booking.bookings.models import LIVE, Booking
from booking.kernel.errors import Language
from booking.kernel.ids import SlotId
from booking.notices import service as notices
from booking.sites.models import Site
from booking.slots.models import Hold, HoldState, Slot

ACTS = ("booking_cancelled_by_office", "request_asked_again")
PLACE_OF = {"zh": "〔各人的编号〕", "en": "[each one's reference]"}
HOLDER_OF = {"zh": "〔各人的车辆〕", "en": "[each one's vehicle]"}
REASON_OF = {"zh": "〔您填写的原因〕", "en": "[the reason you enter]"}


@dataclass(frozen=True, slots=True)
class ServiceHit:
    """One service: its sessions that are hit, and the bookings in them."""

    service: str
    sessions: int
    bookings: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What is hit: live `bookings` in all and by state, requests that name a session, held places, first and last."""

    bookings: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    services: Sequence[ServiceHit] = ()
    sessions: int = 0
    requests: int = 0
    holds: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A message as everybody hit will read it, what differs from person to person in brackets."""

    title: str
    text: str


def impact_of(session: Session, slot_ids: Collection[SlotId]) -> Impact:
    """Return who is hit if these slots are taken back; four statements."""
    live = case((Booking.state.in_(LIVE), Booking.id))
    by_service = (
        select(Slot.service, func.count(Slot.id.distinct()), func.count(live), func.min(Slot.starts_at),
               func.max(Slot.ends_at))
        .outerjoin(Booking, Booking.slot_id == Slot.id)
        .where(Slot.id.in_(slot_ids))
        .group_by(Slot.service)
        .order_by(Slot.service)
    )  # fmt: skip
    rows = session.execute(by_service).all()
    states = (
        select(Booking.state, func.count())
        .where(Booking.slot_id.in_(slot_ids), Booking.state.in_(LIVE))
        .group_by(Booking.state)
        .order_by(Booking.state)
    )
    requests = (
        select(func.count(Request.id.distinct()))
        .join(RequestWish, RequestWish.request_id == Request.id)
        .where(RequestWish.slot_id.in_(slot_ids), Request.state == RequestState.LIVE)
    )
    holds = select(func.count()).where(Hold.slot_id.in_(slot_ids), Hold.state == HoldState.HELD)
    return Impact(
        bookings=sum(row[2] for row in rows),
        states={state.value: count for state, count in session.execute(states)},
        services=[ServiceHit(service, sessions, bookings) for service, sessions, bookings, *_ in rows],
        sessions=sum(row[1] for row in rows),
        requests=session.scalar(requests) or 0,
        holds=session.scalar(holds) or 0,
        first=min((row[3] for row in rows), default=None),
        last=max((row[4] for row in rows), default=None),
    )


def told(
    session: Session, line: Line, slot_id: SlotId, *, reason: str, language: Language, reason_en: str = ""
) -> Sequence[Told]:
    """Return the messages that everybody booked in this slot gets, word for word."""
    said = reason.strip() or REASON_OF[language]
    slot = session.get_one(Slot, slot_id)
    service = line.services[slot.service]
    facts = {
        **slot_facts(slot, session.get_one(Site, slot.site_id)),
        "service_zh": service.zh,
        "service_en": service.en,
        "reference": PLACE_OF[language],
        "holder": HOLDER_OF[language],
        "reason": said,
        "reason_en": reason_en.strip() or said,
    }
    return [Told(*notices.read_out(line.template(act), language, facts)) for act in ACTS]
