"""Every page of the desk. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.desk.views import deciding, numbers, person, proposing, published, slips, start
from booking.desk.views.blueprint import bp

MODULES = (start, person, numbers, slips, proposing, deciding, published)

__all__ = ["MODULES", "bp"]
