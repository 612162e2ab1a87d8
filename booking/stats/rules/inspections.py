"""What each figure of inspections is. Pure: bookings, visits and seats in; rows of figures out.

A car counts once for each booking that was kept, whether or not it came, and once for each visit without a booking.
So the channels of all cars add up to all cars. Waits and punctuality are those of `attendance.rules.figures`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from booking.attendance.rules.figures import Stay, figures
from booking.stats.rules.shares import ONLINE, share

WALK_IN = "walk_in"  # came without a booking, for a re-inspection too
CHANNELS = (ONLINE, "counter", "phone", WALK_IN)
DAYS_SHOWN = 30  # where nobody names a period, up to today
UNKNOWN = ""  # the kind of a vehicle that the office has no record of


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a count belongs: the station's code, the kind of vehicle and the channel."""

    station: str
    kind: str
    channel: str


@dataclass(frozen=True, slots=True)
class Booked:
    """Bookings of one cell that were kept; `absent` of them did not come."""

    cell: Cell
    count: int
    absent: int


@dataclass(frozen=True, slots=True)
class Came:
    """One visit."""

    cell: Cell
    stay: Stay


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats of a station's windows: those that could be served, and those that could not.

    `capacity` is without `blocked`, and `bookable` is its part that is not kept for walk-ins. Seats of windows that
    were withdrawn are in `withdrawn` only.
    """

    bookable: int = 0
    capacity: int = 0
    blocked: int = 0
    withdrawn: int = 0

    def __add__(self, other: "Seats") -> "Seats":
        return Seats(
            self.bookable + other.bookable,
            self.capacity + other.capacity,
            self.blocked + other.blocked,
            self.withdrawn + other.withdrawn,
        )


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share that never travels without what it is made of."""

    some: int
    total: int

    @property
    def share(self) -> Decimal | None:
        """In percent with two decimals, half up; None where there is nothing to share."""
        return share(self.some, self.total)


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one station, kind or channel, or of all together (`code` "").

    None stands where a figure has no meaning: a channel is on line or it is not, and a window is for several kinds
    and channels, so neither has a fill of its own.
    """

    code: str
    booked: int  # bookings that were kept
    of_all: Ratio  # cars of this row ÷ all cars
    online: Ratio | None  # booked on line ÷ cars
    fill: Ratio | None  # booked ÷ seats bookable on line
    served: Ratio | None  # tests begun ÷ seats
    on_time: Ratio  # on time ÷ booked cars that came
    absent: Ratio  # did not come ÷ booked cars of which it is known
    first_pass: Ratio  # passed ÷ first visits with a result
    reinspections: int
    started: int
    wait_median: Decimal | None  # minutes; None: nobody was started
    wait_nine_of_ten: Decimal | None
    seats: Seats | None

    @property
    def cars(self) -> int:
        """All cars of this row, booked or come."""
        return self.of_all.some


@dataclass(frozen=True, slots=True)
class Report:
    """The same cars four times: all together, and by station, kind and channel."""

    total: Row
    stations: Sequence[Row]
    kinds: Sequence[Row]
    channels: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything of a period that the figures are made of. `seats` has each station that is reported on, in order."""

    bookings: Sequence[Booked]
    visits: Sequence[Came]
    seats: Mapping[str, Seats]

    def by(self, key: Callable[[Cell], str]) -> Mapping[str, "Counted"]:
        """Part bookings and visits by a side of their cells."""
        bookings: defaultdict[str, list[Booked]] = defaultdict(list)
        visits: defaultdict[str, list[Came]] = defaultdict(list)
        for booked in self.bookings:
            bookings[key(booked.cell)].append(booked)
        for came in self.visits:
            visits[key(came.cell)].append(came)
        return {code: Counted(bookings[code], visits[code], {}) for code in {*bookings, *visits}}

    @property
    def cars(self) -> int:
        """Bookings that were kept, and visits without one."""
        return sum(booked.count for booked in self.bookings) + sum(
            came.stay.window_starts_at is None for came in self.visits
        )


NOTHING = Counted((), (), {})


def report(counted: Counted, kinds: Sequence[str]) -> Report:
    """Return the figures: a row for each of the stations, of `kinds` and of the channels, zeros included.

    What has another kind or channel comes after them, so that the rows add up to all cars.
    """
    cars = counted.cars

    def rows(key: Callable[[Cell], str], known: Iterable[str]) -> Sequence[tuple[str, Counted]]:
        parts = counted.by(key)
        return [(code, parts.get(code, NOTHING)) for code in _in_order(known, parts)]

    return Report(
        total=_row("", counted, cars, seats=sum(counted.seats.values(), Seats())),
        stations=[
            _row(code, part, cars, seats=counted.seats.get(code, Seats()))
            for code, part in rows(lambda cell: cell.station, counted.seats)
        ],
        kinds=[_row(code, part, cars) for code, part in rows(lambda cell: cell.kind, kinds)],
        channels=[
            _row(code, part, cars, has_online=False) for code, part in rows(lambda cell: cell.channel, CHANNELS)
        ],
    )


def _in_order(known: Iterable[str], found: Collection[str]) -> Sequence[str]:
    return list(dict.fromkeys((*known, *sorted(found))))


def _row(code: str, part: Counted, all_cars: int, *, seats: Seats | None = None, has_online: bool = True) -> Row:
    booked = sum(one.count for one in part.bookings)
    online = sum(one.count for one in part.bookings if one.cell.channel == ONLINE)
    stays = [one.stay for one in part.visits]
    day = figures(stays, absent=sum(one.absent for one in part.bookings), capacity=seats.capacity if seats else 0)
    first = [stay.outcome for stay in stays if not stay.is_reinspection and stay.outcome in ("passed", "failed")]
    return Row(
        code=code,
        booked=booked,
        of_all=Ratio(part.cars, all_cars),
        online=Ratio(online, part.cars) if has_online else None,
        fill=Ratio(booked, seats.bookable) if seats else None,
        served=Ratio(day.started, seats.capacity) if seats else None,
        on_time=Ratio(day.on_time, day.booked),
        absent=Ratio(day.absent, day.booked + day.absent),
        first_pass=Ratio(first.count("passed"), len(first)),
        reinspections=day.reinspections,
        started=day.started,
        wait_median=day.wait_median,
        wait_nine_of_ten=day.wait_nine_of_ten,
        seats=seats,
    )
