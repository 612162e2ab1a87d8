"""Giving a place to whoever's turn it is, or finding why that person cannot or will not take it any more."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Entry, Request, RequestState, Standing
from booking.allotment.service.entering import leave_rounds
from booking.allotment.service.messages import Told, sites_of, slot_facts, tell_many
from booking.audit import service as audit
from booking.bookings.giving import Given, give_places
from booking.bookings.line import Line
from booking.bookings.models import LIVE, Booking
from booking.kernel.actors import Actor
from booking.kernel.db import batched
from booking.kernel.ids import AccountId, Holder, PersonId
from booking.slots.models import Lane, Slot, SlotState

Turn = tuple[Entry, Request]
# Why a place was passed on, as the record says it; the wording is the pages'.
WITHDRAWN, HOLDS_ANOTHER, OVERLAP, NOT_ELIGIBLE, SLOT_CLOSED, TOO_LATE = (
    "withdrawn", "holds_another", "overlap", "not_eligible", "slot_closed", "too_late",
)  # fmt: skip
NEWS = (OVERLAP, NOT_ELIGIBLE, SLOT_CLOSED, TOO_LATE)  # to the person; the other two they did themselves


def passed_because(
    session: Session, line: Line, turns: Sequence[Turn], places: Mapping[int, Slot], *, now: datetime
) -> dict[Holder, str]:
    """Return by holder why the place of `entry.slot_id` is passed on; whoever is not in it can take it."""
    found: dict[Holder, str] = {}
    asked = []
    for entry, request in turns:
        slot = places[entry.slot_id or 0]
        if reason := _reason_at_once(request, slot, now):
            found[Holder(entry.holder)] = reason
        else:
            asked.append((Holder(entry.holder), slot))
    found.update(_overlapping(session, asked))
    refused = line.refused(session, [place for place in asked if place[0] not in found], now=now)
    found.update({holder: NOT_ELIGIBLE for holder, _ in refused})
    return found


def is_too_late(request: Request, slot: Slot, now: datetime) -> bool:
    """Whether a grant now would come later before the slot than the person allows."""
    return now > slot.starts_at - timedelta(hours=request.notice_hours)


def grant_all(
    session: Session,
    line: Line,
    turns: Sequence[tuple[Entry, Request, Lane]],
    places: Mapping[int, Slot],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Make the bookings, end the requests, leave the rounds that are still open, and tell everybody.

    The seats are taken in the ledger by the caller, in the lane given.
    """
    given = [
        Given(
            PersonId(request.person_id),
            Holder(entry.holder),
            places[entry.slot_id or 0],
            lane,
            f"round {entry.round_id} {entry.pid}",
            request.channel,
            AccountId(request.asked_by),
            request.reason,
        )
        for entry, request, lane in turns
    ]
    made = give_places(session, given, actor=actor, now=now)
    for entry, request, _ in turns:
        booking_id, _ = made[Holder(entry.holder)]
        entry.standing, entry.booking_id = Standing.GRANTED, booking_id
        request.state, request.ended_at, request.booking_id = RequestState.GRANTED, now, booking_id
    session.flush()  # the messages and the other rounds are statements that see the requests as ended
    audit.record_all(
        session, "request granted", "request",
        [(request.id, {"booking": request.booking_id}) for _, request, _ in turns], actor=actor, now=now,
    )  # fmt: skip
    sites = sites_of(session, [one.slot for one in given])
    told = (
        Told(
            request,
            f"booking {request.booking_id} booking_confirmed",
            {
                "booking": made[Holder(entry.holder)][1],
                **slot_facts(places[entry.slot_id or 0], sites[places[entry.slot_id or 0].site_id]),
            },
        )
        for entry, request, _ in turns
    )
    tell_many(session, "request_granted", told, line=line, now=now)
    leave_rounds(session, [request.id for _, request, _ in turns], now=now)


def tell_passed(
    session: Session, line: Line, turns: Sequence[Turn], places: Mapping[int, Slot], *, now: datetime
) -> None:
    """Tell those whose place went to the next in line why, unless they withdrew or hold another place."""
    asking = [turn for turn in turns if turn[0].passed_because in NEWS and turn[1].state is RequestState.LIVE]
    sites = sites_of(session, [places[entry.slot_id or 0] for entry, _ in asking])
    told = (
        Told(
            request,
            f"request {request.id} round {entry.round_id} passed over",
            {
                "why": entry.passed_because,
                **slot_facts(places[entry.slot_id or 0], sites[places[entry.slot_id or 0].site_id]),
            },
        )
        for entry, request in asking
    )
    tell_many(session, "request_passed", told, line=line, now=now)


def _reason_at_once(request: Request, slot: Slot, now: datetime) -> str:
    if slot.state is SlotState.WITHDRAWN:
        return SLOT_CLOSED
    if request.state is RequestState.GRANTED:
        return HOLDS_ANOTHER
    if request.state is not RequestState.LIVE:
        return WITHDRAWN
    # A draw that no scheduler made in time: a place that can be neither booked nor cancelled any more is no gift.
    return "" if now < slot.closes_at else TOO_LATE


def _overlapping(session: Session, asked: Sequence[tuple[Holder, Slot]]) -> Iterator[tuple[Holder, str]]:
    """Yield who is booked elsewhere at the same hour, or holds a live booking of the service already."""
    wanted = dict(asked)
    for some in batched(wanted):
        query = select(Booking.holder, Booking.service, Slot.starts_at, Slot.ends_at).join(
            Slot, Slot.id == Booking.slot_id
        )
        for row in session.execute(query.where(Booking.holder.in_(some), Booking.state.in_(LIVE))):
            holder, slot = Holder(row.holder), wanted[Holder(row.holder)]
            if row.service == slot.service:
                yield holder, HOLDS_ANOTHER
            elif row.starts_at < slot.ends_at and slot.starts_at < row.ends_at:
                yield holder, OVERLAP
