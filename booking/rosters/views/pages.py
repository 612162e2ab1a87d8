"""Every page of rosters. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.rosters.views import closing, day, device, files, gate, results, roster, syncing
from booking.rosters.views.blueprint import bp

MODULES = (day, roster, gate, syncing, results, files, closing, device)

__all__ = ["MODULES", "bp"]
