"""Every page of driving tests. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.exams.views import behalf, desk, files, learner, own, records
from booking.exams.views.blueprint import bp

MODULES = (learner, own, desk, behalf, records, files)

__all__ = ["MODULES", "bp"]
