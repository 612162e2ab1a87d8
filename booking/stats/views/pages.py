"""Every page of figures. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.stats.views import downloads, figures, inspections, rows, shares
from booking.stats.views.blueprint import bp

MODULES = (shares, inspections, figures, rows, downloads)

__all__ = ["MODULES", "bp"]
