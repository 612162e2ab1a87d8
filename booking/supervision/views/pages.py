"""Every page of supervision. Importing a module puts its pages on the blueprint; this names them all."""

from booking.supervision.views import checks, entry, fairness, finding, start, taking_out
from booking.supervision.views.blueprint import bp

MODULES = (checks, entry, fairness, finding, start, taking_out)

__all__ = ["MODULES", "bp"]
