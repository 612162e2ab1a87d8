"""What a share is and how it is rounded. Pure: counts in, figures out.

The figure of this office: bookings made on line, of all bookings, in percent with two decimals, rounded half up.
Numerator and denominator always travel with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ONLINE = "internet"
CHANNELS = (ONLINE, "counter", "phone", "school")
OUTCOMES = ("booked", "passed", "failed", "absent", "cancelled")

HUNDREDTH = Decimal("0.01")


def share(online: int, total: int) -> Decimal | None:
    """Return `online` of `total` in percent, two decimals, half up; None where there is nothing to share.

    The quotient is cut to 28 digits before it is rounded. That cannot move it over a half: for any count that
    fits a database the quotient is either exactly on the half or far more than 28 digits can blur away from it.
    """
    if total == 0:
        return None
    return (Decimal(100 * online) / total).quantize(HUNDREDTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Count:
    """Bookings of one service (or of all, `service` ""): made on line, and in all."""

    service: str
    online: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.online <= self.total:
            raise ValueError(f"{self.online} of {self.total} bookings is not a share")

    @property
    def share(self) -> Decimal | None:
        """The share made on line in percent; None where there is no booking."""
        return share(self.online, self.total)


@dataclass(frozen=True, slots=True)
class Shares:
    """The counts of every service of a line, in the line's order, and of all together."""

    items: tuple[Count, ...]
    total: Count


@dataclass(frozen=True, slots=True)
class Channels:
    """Bookings of one service (or of all, `service` ""), by the channel they were made through."""

    service: str
    internet: int
    counter: int
    phone: int
    school: int

    @property
    def total(self) -> int:
        """All bookings, through whichever channel."""
        return self.internet + self.counter + self.phone + self.school


def by_service(counts: Mapping[tuple[str, str], int], services: Iterable[str]) -> tuple[Channels, ...]:
    """Arrange counts by (service, channel) as one row for each of `services`, zeros included."""
    return tuple(
        Channels(service, *(counts.get((service, channel), 0) for channel in CHANNELS)) for service in services
    )


def all_together(rows: Sequence[Channels]) -> Channels:
    """Return the sum of the rows, channel by channel."""
    return Channels("", *(sum(getattr(row, channel) for row in rows) for channel in CHANNELS))


def shares_of(rows: Sequence[Channels]) -> Shares:
    """Return the shares of the rows and of all together: the total is weighted, never a mean of percentages."""
    *items, total = (Count(row.service, row.internet, row.total) for row in (*rows, all_together(rows)))
    return Shares(tuple(items), total)
