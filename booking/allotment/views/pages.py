"""Every page of rounds. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.allotment.views import closures, desk, mine, public
from booking.allotment.views.blueprint import bp

MODULES = (public, mine, desk, closures)

__all__ = ["MODULES", "bp"]
