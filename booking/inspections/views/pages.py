"""Every page of vehicle inspections. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.inspections.views import (
    binding,
    booking,
    changing,
    garage,
    holds,
    outages,
    own,
    owners,
    planning,
    queue_public,
    several,
    start,
    station_arrivals,
    station_day,
    station_results,
    stations,
)
from booking.inspections.views.blueprint import bp

MODULES = (
    start,
    garage,
    binding,
    changing,
    owners,
    stations,
    booking,
    own,
    holds,
    several,
    station_day,
    station_arrivals,
    station_results,
    queue_public,
    planning,
    outages,
)

__all__ = ["MODULES", "bp"]
