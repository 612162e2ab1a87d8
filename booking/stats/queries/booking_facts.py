"""Facts of bookings and seats: how they were made and ended, what stayed free, what was given back and again."""

from collections.abc import Sequence

from sqlalchemy import String, and_, case, cast, func, literal, select

from booking.bookings.models import Booking, BookingState, Override, OverrideState
from booking.slots.models import Lane, Quota, Slot, SlotState
from booking.stats.models import PastBooking
from booking.stats.queries.days import DayOf, DaysFrom, GreatestOf, HoursFrom
from booking.stats.queries.facts import CANCELLED, Facts, Within, class_of, fact, of_bookings, of_history, text


def booked(within: Within) -> Sequence[Facts]:
    """Every granted place once, by the channel it was booked through."""
    return of_bookings(text(Booking.channel), within), of_history(PastBooking.channel, within)


def ended(within: Within) -> Sequence[Facts]:
    """The same places by what became of them."""
    past = case((PastBooking.outcome == "booked", BookingState.CONFIRMED.value), else_=PastBooking.outcome)
    return of_bookings(text(Booking.state), within), of_history(past, within)


def seats(within: Within) -> Sequence[Facts]:
    """Places that were offered, and those that were taken and not given back."""
    lane = case((Quota.lane == Lane.WALK_IN, "walk_in"), else_="offered")
    places = func.sum(Quota.capacity - Quota.blocked)
    offered = fact(Slot, lane, key=Slot.id, amount=places, state=text(Slot.state))
    offered = offered.join(Quota, Quota.slot_id == Slot.id).group_by(Slot.id, lane)
    kept = fact(Slot, literal("kept"), key=Booking.id, reference=Booking.reference, state=text(Booking.state)).join(
        Booking, and_(Booking.slot_id == Slot.id, Booking.state.not_in(CANCELLED))
    )
    return tuple(one.where(within(Slot.day), Slot.state == SlotState.PUBLISHED) for one in (offered, kept))


def lead(within: Within) -> Sequence[Facts]:
    """Bookings by the days between the booking and the test."""
    days = GreatestOf(DaysFrom(DayOf(Booking.created_at), Slot.day), literal(0))
    return (of_bookings(cast(days, String), within),)


def notice(within: Within) -> Sequence[Facts]:
    """Cancelled places by how long before they were given up."""
    days = DaysFrom(DayOf(Booking.ended_at), Slot.day)
    notice = case(
        (Booking.state == BookingState.CANCELLED_BY_OFFICE, "office"),
        (Booking.ended_at > Slot.cancel_until, "late"),
        (days >= 7, "7"),
        (days >= 3, "3"),
        (days >= 1, "1"),
        else_="0",
    )
    return (of_bookings(notice, within).where(Booking.state.in_(CANCELLED)),)


def freed(within: Within) -> Sequence[Facts]:
    """Pair each place freed in a slot with a later booking of the slot, each once, in order."""
    in_order = func.row_number().over(partition_by=Slot.id, order_by=(Booking.ended_at, Booking.id))
    freed = (
        select(
            Slot.day, Slot.line, Slot.service, Slot.site_id, Slot.id.label("slot_id"), Booking.id, Booking.reference
        )
        .add_columns(
            Booking.ended_at,
            in_order.label("n"),
            class_of(Booking.person_id, Slot.line, Slot.day).label("licence_class"),
        )
        .join(Booking, Booking.slot_id == Slot.id)
        .where(within(Slot.day), Slot.state == SlotState.PUBLISHED, Booking.state == BookingState.CANCELLED)
        .subquery()
    )
    first = select(freed.c.slot_id, func.min(freed.c.ended_at).label("since")).group_by(freed.c.slot_id).subquery()
    made_in_order = func.row_number().over(partition_by=Booking.slot_id, order_by=(Booking.created_at, Booking.id))
    made = (
        select(Booking.slot_id, Booking.created_at, made_in_order.label("n"))
        .join(first, and_(first.c.slot_id == Booking.slot_id, Booking.created_at >= first.c.since))
        .subquery()
    )
    is_given = made.c.created_at >= freed.c.ended_at
    facts = fact(
        freed.c,
        case((is_given, cast(HoursFrom(freed.c.ended_at, made.c.created_at), String)), else_="open"),
        key=freed.c.id,
        licence_class=freed.c.licence_class,
        reference=freed.c.reference,
        state=case((is_given, "given_again"), else_="left_open"),
    )
    joined = freed.outerjoin(made, and_(made.c.slot_id == freed.c.slot_id, made.c.n == freed.c.n))
    return (facts.select_from(joined),)


def lifted(within: Within) -> Sequence[Facts]:
    """Bookings for which refusals were lifted, by the reason."""
    overrides = of_bookings(text(Override.kind), within).join(Override, Override.booking_id == Booking.id)
    return (overrides.where(Override.state == OverrideState.APPROVED),)
