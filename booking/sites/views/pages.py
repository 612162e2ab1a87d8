"""Every page of sites. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.sites.views import outages, site, stations
from booking.sites.views.blueprint import bp

MODULES = (site, stations, outages)

__all__ = ["MODULES", "bp"]
