"""How a person's request stands in its rounds, and how rounds stand as everybody may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Entry, Request, RequestState, Standing
from booking.allotment.models.rounds import Round, RoundSlot, Stage
from booking.allotment.service.entering import wishes_of
from booking.allotment.service.opening import LANES
from booking.allotment.service.wishes import AnyAt, wish_list
from booking.bookings.models import Booking
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import Holder, PersonId
from booking.slots.models import Lane, Method, Quota

# Whoever is in the list, and whoever the draw has dealt with, are the people of a round.
OUTCOMES = (Standing.IN, Standing.GRANTED, Standing.WAITING, Standing.PASSED)


@dataclass(frozen=True, slots=True)
class RequestStanding:
    """A request for its holder. `preferences` and `any_at_sites` are its wishes, each kind in the order asked."""

    id: int
    person_id: PersonId
    holder: Holder
    reference: str
    line: str
    service: str
    state: RequestState
    version: int
    carry_on: bool
    notice_hours: int
    created_at: datetime
    changed_at: datetime
    booking: str | None
    preferences: Sequence[int] = ()
    any_at_sites: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class EntryStanding:
    """One round of a request. `seq` is the number of its latest row there.

    `position` counts from 1: before the draw for reference (None in a lottery, and for whoever is out), after it the
    place in the order. `queue` is None for whoever does not wait.
    """

    round_id: int
    service: str
    day: date
    method: Method
    stage: Stage
    closes_at: datetime
    beacon_not_before: datetime
    seq: int
    pid: str
    lane: Lane
    ranking_time: datetime | None
    wishes: Sequence[str]
    standing: Standing
    position: int | None
    queue: int | None
    slot_id: int | None
    passed_because: str


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """A round in numbers: `people` who are in its list, `places` that it gives, `granted` at the last count."""

    id: int
    line: str
    service: str
    day: date
    method: Method
    stage: Stage
    opens_at: datetime
    closes_at: datetime
    objections_until: datetime
    beacon_not_before: datetime
    drawn_at: datetime | None
    announcement_hash: str
    outcome_hash: str
    rows: int
    people: int
    places: int
    granted: int
    waiting: int


SHOWN = (
    Request.id, Request.person_id, Request.holder, Request.reference, Request.line, Request.service, Request.state,
    Request.version,
    Request.carry_on, Request.notice_hours, Request.created_at, Request.changed_at,
    Booking.reference.label("booking"),
)  # fmt: skip
REQUESTS = select(*SHOWN).outerjoin(Booking, Booking.id == Request.booking_id)


def request_standing(session: Session, reference: str, person_id: PersonId) -> RequestStanding:
    """Return a person's request with its wishes; raise `NotFoundError` for anybody else's."""
    query = REQUESTS.where(Request.reference == reference.strip().upper(), Request.person_id == person_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    wishes = wishes_of(session, row["id"])
    slots = tuple(wish for wish in wishes if not isinstance(wish, AnyAt))
    sites = tuple(wish.site_id for wish in wishes if isinstance(wish, AnyAt))
    return RequestStanding(**row, preferences=slots, any_at_sites=sites)


def page_of_requests(
    session: Session, person_id: PersonId, *, before: int | None, limit: int
) -> Sequence[RequestStanding]:
    """Return a person's requests without their wishes, the last made first, from the one made `before` on."""
    query = REQUESTS.where(Request.person_id == person_id).order_by(Request.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Request.id < before)
    return [RequestStanding(**row) for row in session.execute(query).mappings()]


def made_with(session: Session, person_id: PersonId, request_key: str) -> str | None:
    """Return the reference of the request that came with this key, or None."""
    query = select(Request.reference).where(Request.person_id == person_id, Request.request_key == request_key)
    return session.scalar(query)


def entries_of(session: Session, request_id: int) -> Sequence[EntryStanding]:
    """Return how a request stands in each of its rounds, the earliest day first."""
    query = (
        select(Entry, Round)
        .join(Round, Round.id == Entry.round_id)
        .where(Entry.request_id == request_id)
        .order_by(Round.day, Round.id)
    )
    return [_entry(session, entry, round_) for entry, round_ in session.execute(query)]


def position(session: Session, entry: Entry) -> int | None:
    """Return the place that an entry would have if nobody else came: one more than those who sort before it.

    For reference only: by lane and ranking time, ties not yet broken. None in a lottery, and for whoever is out.
    """
    if entry.ranking_time is None or entry.standing is not Standing.IN:
        return None
    better = LANES[: LANES.index(entry.lane)]
    before = or_(Entry.lane.in_(better), and_(Entry.lane == entry.lane, Entry.ranking_time < entry.ranking_time))
    listed = (Entry.round_id == entry.round_id, Entry.standing == Standing.IN)
    return 1 + (session.scalar(select(func.count()).select_from(Entry).where(*listed, before)) or 0)


def round_summaries(
    session: Session,
    *,
    service: str | None = None,
    day: date | None = None,
    only: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[RoundSummary]:
    """Return rounds in numbers, the last opened first, from the one opened `before` on; three statements."""
    query = select(Round).order_by(Round.id.desc()).limit(limit)
    if service is not None:
        query = query.where(Round.service == service)
    if day is not None:
        query = query.where(Round.day == day)
    if only is not None:
        query = query.where(Round.id == only)
    if before is not None:
        query = query.where(Round.id < before)
    rounds = session.scalars(query).all()
    ids = [round_.id for round_ in rounds]
    people, places = _people(session, ids), _places(session, ids)
    return [_summary(round_, people.get(round_.id, {}), places.get(round_.id, 0)) for round_ in rounds]


def _entry(session: Session, entry: Entry, round_: Round) -> EntryStanding:
    return EntryStanding(
        round_id=round_.id,
        service=round_.service,
        day=round_.day,
        method=round_.method,
        stage=round_.stage,
        closes_at=round_.closes_at,
        beacon_not_before=round_.beacon_not_before,
        seq=entry.seq,
        pid=entry.pid,
        lane=entry.lane,
        ranking_time=entry.ranking_time,
        wishes=wish_list(entry.wishes),
        standing=entry.standing,
        position=entry.place or position(session, entry),
        queue=entry.queue or None,
        slot_id=entry.slot_id,
        passed_because=entry.passed_because,
    )


def _people(session: Session, round_ids: Sequence[int]) -> Mapping[int, Mapping[Standing, int]]:
    query = select(Entry.round_id, Entry.standing, func.count()).where(Entry.round_id.in_(round_ids))
    found: dict[int, dict[Standing, int]] = {}
    for round_id, standing, count in session.execute(query.group_by(Entry.round_id, Entry.standing)):
        found.setdefault(round_id, {})[standing] = count
    return found


def _places(session: Session, round_ids: Sequence[int]) -> Mapping[int, int]:
    query = (
        select(RoundSlot.round_id, func.sum(Quota.capacity))
        .join(Quota, Quota.slot_id == RoundSlot.slot_id)
        .where(RoundSlot.round_id.in_(round_ids), Quota.lane.in_(LANES))
    )
    return {round_id: int(places) for round_id, places in session.execute(query.group_by(RoundSlot.round_id))}


def _summary(round_: Round, people: Mapping[Standing, int], places: int) -> RoundSummary:
    taken = {name: getattr(round_, name) for name in RoundSummary.__dataclass_fields__ if hasattr(Round, name)}
    return RoundSummary(
        **taken,
        rows=round_.leaves - 1,
        people=sum(people.get(standing, 0) for standing in OUTCOMES),
        places=places,
        granted=people.get(Standing.GRANTED, 0),
        waiting=people.get(Standing.WAITING, 0),
    )
