"""Where the pages of an owner lead: the vehicle's own page, and booking."""

from flask import url_for

from booking.kernel.ids import VehicleId


def vehicle(vehicle_id: VehicleId, part: str | None = None) -> str:
    """Return the page of a vehicle, or a part of it."""
    return url_for("inspections.vehicle", vehicle_id=vehicle_id, _anchor=part)


def change(vehicle_id: VehicleId) -> str:
    """Return where a vehicle's particulars are corrected."""
    return url_for("inspections.change_vehicle", vehicle_id=vehicle_id)


def book(vehicle_id: VehicleId) -> str:
    """Return where a window is booked for a vehicle."""
    return url_for("inspections.book", vehicle_id=vehicle_id)


def booking(reference: str) -> str:
    """Return the page of a booking."""
    return url_for("bookings.show", reference=reference)


def request(reference: str) -> str:
    """Return the page of a request that waits for a round."""
    return url_for("inspections.own_request", reference=reference)


def hold(hold_id: int) -> str:
    """Return the page of a place that is held."""
    return url_for("inspections.hold", hold_id=hold_id)


def book_several() -> str:
    """Return where windows are booked for several vehicles in one go."""
    return url_for("inspections.book_several")
