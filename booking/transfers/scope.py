"""What of a kind a file holds: some days, one site. Kinds that ask for neither hold everything."""

from dataclasses import dataclass
from datetime import date

from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId

MOST_DAYS = 366 * 6


@dataclass(frozen=True, slots=True)
class Scope:
    """The local days `first_day` to `last_day`, both included, and one site or (None) every site."""

    first_day: date | None = None
    last_day: date | None = None
    site_id: SiteId | None = None

    @property
    def days(self) -> tuple[date, date]:
        """Return both days of a kind that asks for them; raise `InvalidInputError`."""
        if self.first_day is None:
            raise InvalidInputError("first_day")
        if self.last_day is None or not 0 <= (self.last_day - self.first_day).days <= MOST_DAYS:
            raise InvalidInputError("last_day")
        return self.first_day, self.last_day

    @property
    def site(self) -> SiteId:
        """Return the site of a kind that asks for it; raise `InvalidInputError`."""
        if self.site_id is None:
            raise InvalidInputError("site_id")
        return self.site_id
