"""What people are told of their requests, in the transaction of the act itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts import queries as accounts
from booking.allotment.models.requests import Request
from booking.allotment.models.rounds import Round
from booking.bookings.line import Line
from booking.kernel.actors import Role
from booking.kernel.calendar import local_day
from booking.kernel.db import batched
from booking.kernel.ids import Holder, PersonId
from booking.notices import service as notices
from booking.notices.service import Telling
from booking.sites.models import Site
from booking.slots.models import Slot


@dataclass(frozen=True, slots=True)
class Asker:
    """What a message says of a request, where a round's thousands would be too heavy as rows of the ORM."""

    id: int
    person_id: int
    holder: str
    service: str
    reference: str


@dataclass(frozen=True, slots=True)
class Told:
    """One person's part of a message that many get: the event by which it is told once, and its own facts."""

    request: Request | Asker
    event: str
    facts: Mapping[str, object]


def tell_of_request(
    session: Session,
    act: str,
    request: Request,
    *,
    line: Line,
    now: datetime,
    event: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write the line's message of one act on one request; `event` tells repeated acts of one kind apart."""
    event = f"request {request.id} {event or act}"
    tell_many(session, act, [Told(request, event, facts or {})], line=line, now=now)


def tell_many(session: Session, act: str, told: Iterable[Told], *, line: Line, now: datetime) -> None:
    """Write the line's message of the same act to many people, some hundreds at a time."""
    for some in batched(told):
        people = accounts.recipients(session, [PersonId(one.request.person_id) for one in some])
        called = line.called(session, [Holder(one.request.holder) for one in some])
        tellings = (
            Telling(
                people[PersonId(one.request.person_id)],
                line.template(act),
                one.event,
                {**_facts(line, one.request), "holder": called[Holder(one.request.holder)], **one.facts},
            )
            for one in some
        )
        notices.tell_all(session, tellings, now=now)


def slot_facts(slot: Slot, site: Site) -> dict[str, object]:
    """Return what a message says of a slot."""
    return {
        "day": local_day(slot.starts_at),
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "cancel_until": slot.cancel_until,
        "site": site.name,
        "site_en": site.name_en or site.name,
        "address": site.address,
    }


def sites_of(session: Session, slots: Iterable[Slot]) -> dict[int, Site]:
    """Return the sites of slots by id."""
    ids = {slot.site_id for slot in slots}
    return {site.id: site for site in session.scalars(select(Site).where(Site.id.in_(ids)))}


def alarm(session: Session, round_: Round, problem: str, *, now: datetime) -> None:
    """Tell every supervisor that a round cannot be drawn, and why."""
    people = accounts.recipients(session, accounts.holders_of(session, Role.SUPERVISOR))
    facts = {"round": round_.id, "day": round_.day, "problem": problem}
    notices.tell_all(
        session,
        [
            Telling(to, "round_alarm", f"round {round_.id} alarm {now:%Y%m%d%H%M%S} {person_id}", facts)
            for person_id, to in people.items()
        ],
        now=now,
    )


def _facts(line: Line, request: Request | Asker) -> dict[str, object]:
    service = line.services[request.service]
    return {"reference": request.reference, "service_zh": service.zh, "service_en": service.en}
