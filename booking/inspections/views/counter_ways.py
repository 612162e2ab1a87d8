"""Where the pages of the vehicle counter lead back to."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

SEE_OTHER = 303


def desk(vehicle_id: int) -> str:
    """Return the page of a vehicle at the counter."""
    return url_for("inspections.vehicle_at_desk", vehicle_id=vehicle_id)


def done(vehicle_id: int, message: str) -> ResponseReturnValue:
    """Lead back to the vehicle and say what was done."""
    flash(message, "success")
    return redirect(desk(vehicle_id), SEE_OTHER)


def slip(reference: str) -> ResponseReturnValue:
    """Lead to the slip of a booking, which says what was done."""
    return redirect(url_for("desk.booking_slip", reference=reference), SEE_OTHER)
