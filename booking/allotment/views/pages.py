"""Every page of rounds. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.allotment.views import applicants, closures, desk, mine, public, withdrawals
from booking.allotment.views.blueprint import bp

MODULES = (public, mine, desk, applicants, closures, withdrawals)

__all__ = ["MODULES", "bp"]
