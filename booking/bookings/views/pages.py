"""Every page of bookings. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.bookings.views import checking, device, own
from booking.bookings.views.blueprint import bp

MODULES = (own, checking, device)

__all__ = ["MODULES", "bp"]
