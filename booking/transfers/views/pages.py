"""Every page of transfers. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.transfers.views import coming_in, going_out, one
from booking.transfers.views.blueprint import bp

MODULES = (coming_in, going_out, one)

__all__ = ["MODULES", "bp"]
