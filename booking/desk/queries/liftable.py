"""Which places that are free now a holder is refused for reasons that two persons may lift."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.bookings.line import Line
from booking.kernel.errors import Refusal
from booking.kernel.ids import Holder, SlotId
from booking.slots.models import Slot
from booking.slots.queries import OpenSlot, slots_between

DAYS_AHEAD = 30
MOST_LOOKED_AT, MOST_SHOWN, MOST_OF_A_DAY = 300, 20, 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A free slot, and all that speaks against it; each of it may be lifted."""

    slot: OpenSlot
    refusals: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be proposed. `never` are reasons that nobody may lift, `free` whether a place needs no override."""

    slots: Sequence[Choice]
    never: Sequence[Refusal]
    free: bool


def choices(
    session: Session, line: Line, holder: Holder, service: str, *, today: date, day: date | None = None, now: datetime
) -> Choices:
    """Return free places of a service at which something that may be lifted refuses the holder.

    They are those of one local `day`, or the first few of each of the next days.
    """
    first, last = (day, day) if day else (today, today + timedelta(DAYS_AHEAD))
    found = slots_between(session, first, last, line=line.key, service=service, now=now)
    open_now = [slot for slot in found if slot.is_open(now) and slot.remaining > 0][:MOST_LOOKED_AT]
    refused = _refused(session, line, holder, [slot.id for slot in open_now], now=now)
    never = {one.code: one for reasons in refused.values() for one in reasons if one.code in line.never_lifted}
    shown = [
        Choice(slot, refused[slot.id])
        for slot in open_now
        if refused.get(slot.id) and not any(one.code in line.never_lifted for one in refused[slot.id])
    ]
    few = shown if day else _few_of_each_day(shown)
    return Choices(few[:MOST_SHOWN], list(never.values()), any(slot.id not in refused for slot in open_now))


def _few_of_each_day(shown: Sequence[Choice]) -> list[Choice]:
    taken: Counter[date] = Counter()
    few = []
    for one in shown:
        taken[one.slot.day] += 1
        if taken[one.slot.day] <= MOST_OF_A_DAY:
            few.append(one)
    return few


def refusals_of(session: Session, line: Line, holder: Holder, slot_id: SlotId, *, now: datetime) -> Sequence[Refusal]:
    """Return what speaks against one slot now."""
    return _refused(session, line, holder, [slot_id], now=now).get(slot_id, ())


def _refused(
    session: Session, line: Line, holder: Holder, slot_ids: Sequence[SlotId], *, now: datetime
) -> dict[SlotId, Sequence[Refusal]]:
    rows = session.scalars(select(Slot).where(Slot.id.in_(slot_ids))).all()
    asked = line.refused(session, [(holder, slot) for slot in rows], now=now)
    return {slot_id: reasons for (_, slot_id), reasons in asked.items()}
