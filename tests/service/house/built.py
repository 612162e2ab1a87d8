"""A city that was built, and what the tests ask of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from booking.accounts import queries as accounts
from booking.attendance.models import Visit
from booking.bookings.models import Booking
from booking.demo.documents import invented_phone
from booking.demo.owners import FIRST_PHONE
from booking.demo.signins import Login
from booking.demo.stations import PILOT
from booking.inspections.models import Reminder
from booking.inspections.queries.vehicles import ShownVehicle, garage
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, reading
from booking.sites import queries as sites
from booking.slots.models import Hold, Slot
from tests.conftest import NOW

TODAY = local_day(NOW)


@dataclass(frozen=True, slots=True)
class Built:
    """A city that was built, and the sign-ins that came of it."""

    sessions: Sessions
    logins: Sequence[Login] = ()

    def vehicles(self, number: int) -> list[ShownVehicle]:
        """Return the vehicles of a named owner."""
        with reading(self.sessions) as session:
            (person,) = accounts.find_people(session, phone_of(number))
            return list(garage(session, person.person_id, now=NOW))

    def states_today(self) -> Counter[str]:
        """Count today's visits at the first station by their state."""
        with reading(self.sessions) as session:
            here = sites.site_by_code(session, PILOT.place.code).id
            states = session.scalars(select(Visit.state).where(Visit.site_id == here, Visit.day == TODAY))
            return Counter(state.value for state in states)

    def counts(self) -> dict[str, int]:
        """Count what inspections have left behind."""
        kinds = {
            "visits": select(Visit.kind, Visit.state, func.count()).group_by(Visit.kind, Visit.state),
            "bookings": select(Booking.channel, Booking.state, func.count())
            .where(Booking.line == "inspections")
            .group_by(Booking.channel, Booking.state),
            "holds": select(Hold.purpose, Hold.state, func.count()).group_by(Hold.purpose, Hold.state),
            "reminders": select(Reminder.days_before, Reminder.hold_id.is_(None), func.count()).group_by(
                Reminder.days_before, Reminder.hold_id.is_(None)
            ),
            "slots": select(Slot.line, Slot.service, func.count()).group_by(Slot.line, Slot.service),
        }
        with reading(self.sessions) as session:
            return {
                f"{name} {first} {second}": number
                for name, query in kinds.items()
                for first, second, number in session.execute(query)
            }


def phone_of(number: int) -> str:
    return invented_phone(FIRST_PHONE + number + 1)
