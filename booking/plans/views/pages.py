"""Every page of plans. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.plans.views import board, drafts, files, public, steps, withdrawals
from booking.plans.views.blueprint import bp

MODULES = (public, board, drafts, steps, withdrawals, files)

__all__ = ["MODULES", "bp"]
