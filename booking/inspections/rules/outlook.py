"""What lies ahead of a vehicle: the mark that runs out next by the register, then every computed one after it."""

from datetime import date

from booking.inspections.rules.due import NEAR, DueStanding, Duty, standing, timeline
from booking.inspections.rules.facts import VehicleFacts
from booking.inspections.rules.months import months_between
from booking.inspections.rules.settings import Settings
from booking.kernel.calendar import ONE_DAY, years_later

YEARS = 10


def outlook(facts: VehicleFacts, *, today: date, settings: Settings) -> tuple[DueStanding, tuple[Duty, ...]]:
    """Return how the vehicle stands today, and its duties of the coming ten years, the governing one first.

    The register's day stands in for the computed one beside it. What was missed meanwhile is part of the standing.
    """
    now = standing(facts, today=today, settings=settings)
    first = Duty(now.due_on, now.step, now.basis, now.rule_set)
    computed = timeline(
        facts, first=max(now.due_on + ONE_DAY, today), last=years_later(today, YEARS), settings=settings
    )
    return now, (first, *(duty for duty in computed if months_between(now.due_on, duty.due_on) > NEAR))
