"""Every page of plans. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.plans.views import board, copying, drafts, editing, files, history, plan, public, steps
from booking.plans.views.blueprint import bp

MODULES = (public, board, plan, drafts, copying, editing, history, steps, files)

__all__ = ["MODULES", "bp"]
