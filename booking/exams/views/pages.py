"""Every page of driving tests. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.exams.views import (
    behalf,
    behalf_requests,
    desk,
    learner,
    own,
    own_request,
    records,
    requesting,
    start,
)
from booking.exams.views.blueprint import bp

MODULES = (learner, own, requesting, own_request, desk, behalf, behalf_requests, records, start)

__all__ = ["MODULES", "bp"]
