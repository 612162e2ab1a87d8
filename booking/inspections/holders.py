"""How the core names a vehicle that holds a place, and back. Only this line reads the word."""

from booking.kernel.ids import Holder, VehicleId

KIND = "vehicle:"


def holder_of(vehicle_id: VehicleId) -> Holder:
    """Name the vehicle as the holder of places at stations."""
    return Holder(f"{KIND}{vehicle_id}")


def vehicle_of(holder: Holder) -> VehicleId:
    """Return the vehicle that holds a place at a station."""
    return VehicleId(int(holder.removeprefix(KIND)))


def is_vehicle(holder: Holder) -> bool:
    """Say whether a holder is one of this line's."""
    return holder.startswith(KIND)
