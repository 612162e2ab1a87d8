"""Every call of the API. Importing a module puts its calls on the blueprint, and this names them all."""

from booking.api.views import bookings, offers, openapi, own, requests, rounds
from booking.api.views.blueprint import bp

MODULES = (own, offers, bookings, requests, rounds, openapi)

__all__ = ["MODULES", "bp"]
