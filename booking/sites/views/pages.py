"""Every page of sites. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.sites.views import site
from booking.sites.views.blueprint import bp

MODULES = (site,)

__all__ = ["MODULES", "bp"]
