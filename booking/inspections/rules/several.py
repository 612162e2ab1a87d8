"""Several vehicles on one day at one station: which of them takes which window. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.kernel.ids import SlotId, VehicleId


@dataclass(frozen=True, slots=True)
class Seats:
    """A window with so many free places."""

    slot_id: SlotId
    starts_at: datetime
    ends_at: datetime
    free: int


def assigned(wanted: Mapping[VehicleId, Collection[SlotId]], windows: Sequence[Seats]) -> Mapping[VehicleId, SlotId]:
    """Give each vehicle one of the windows that it may take, in the order in which the vehicles are named.

    They come one after the other, without a gap, where the day has room for that; the earliest such run is taken.
    Where it has none, as many as possible get a place, several in one window if need be, the earliest first.
    """
    in_time = sorted((one for one in windows if one.free > 0), key=lambda one: (one.starts_at, one.slot_id))
    fits = {vehicle: [one for one in in_time if one.slot_id in allowed] for vehicle, allowed in wanted.items()}
    return next(_runs(fits), None) or _packed(fits)


def _runs(fits: Mapping[VehicleId, Sequence[Seats]]) -> Iterator[Mapping[VehicleId, SlotId]]:
    """Yield every way to let the vehicles come one after the other without a gap, the earliest first."""
    for first in next(iter(fits.values()), ()):
        run = [first]
        for windows in list(fits.values())[1:]:
            following = (one for one in windows if one.starts_at == run[-1].ends_at)
            run += list(following)[:1]
        if len(run) == len(fits):
            yield {vehicle: one.slot_id for vehicle, one in zip(fits, run, strict=True)}


def _packed(fits: Mapping[VehicleId, Sequence[Seats]]) -> Mapping[VehicleId, SlotId]:
    """Give places to as many vehicles as possible: whoever finds none moves another one on (augmenting paths)."""
    holders: defaultdict[SlotId, list[VehicleId]] = defaultdict(list)

    def place(vehicle: VehicleId, tried: set[SlotId]) -> bool:
        for one in fits[vehicle]:
            if len(holders[one.slot_id]) < one.free:
                holders[one.slot_id].append(vehicle)
                return True
        return any(make_room(one.slot_id, vehicle, tried) for one in fits[vehicle] if one.slot_id not in tried)

    def make_room(slot_id: SlotId, vehicle: VehicleId, tried: set[SlotId]) -> bool:
        tried.add(slot_id)
        moved = next((other for other in holders[slot_id] if place(other, tried)), None)
        if moved is not None:
            holders[slot_id].remove(moved)
            holders[slot_id].append(vehicle)
        return moved is not None

    for vehicle in fits:
        place(vehicle, set())
    return {vehicle: slot_id for slot_id, there in holders.items() for vehicle in there}
