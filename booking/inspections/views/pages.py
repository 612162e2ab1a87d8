"""Every page of vehicle inspections. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.inspections.views import binding, booking, changing, garage, holds, own, owners, start, stations
from booking.inspections.views.blueprint import bp

MODULES = (start, garage, binding, changing, owners, stations, booking, own, holds)

__all__ = ["MODULES", "bp"]
