"""When a plan is published, when requests and bookings open and close, and until when they can be cancelled."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from booking.kernel.calendar import ONE_DAY, WorkingDays, at_local, local_day, start_of

FIRST_COME = "first_come"


@dataclass(frozen=True, slots=True)
class RoundSettings:
    """When a round closes and what follows it; objections, freeze and draw are on the day after the close."""

    close_days_before: int = 5  # Rules for the Work of Driving Tests, art. 9: the fifth day before the exam
    close_hour: time = time(17)
    objections_hour: time = time(12)
    draw_hour: time = time(21, 30)
    handing_on_hour: time = time(12)


@dataclass(frozen=True, slots=True)
class RoundTimes:
    """The instants (UTC) of a round after its opening; `handed_on_at` is the first for freed and leftover seats."""

    closes_at: datetime
    objections_until: datetime
    beacon_not_before: datetime
    handed_on_at: datetime


def round_times(close_day: date, settings: RoundSettings) -> RoundTimes:
    """Return the times of a round that closes on the local day `close_day`."""
    next_day = close_day + ONE_DAY
    return RoundTimes(
        closes_at=at_local(close_day, settings.close_hour),
        objections_until=at_local(next_day, settings.objections_hour),
        beacon_not_before=at_local(next_day, settings.draw_hour),
        handed_on_at=at_local(close_day + HANDED_ON_AFTER_CLOSE, settings.handing_on_hour),
    )


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of the bookable places in per cent, and its release: calendar days before the day, and an hour."""

    days_before: int
    hour: time
    percent: int = 100


@dataclass(frozen=True, slots=True)
class Closing:
    """How long before a window begins booking and cancelling it on line end, window by window."""

    book: timedelta
    cancel: timedelta


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """The office's settings for one planned day; hours are wall-clock times, days calendar days unless said.

    `portions` release the bookable places, the first one first; of each window, `walk_in_percent` is kept for whoever
    comes without a booking. With `closing`, each window closes by itself, else all close with the last working day.
    """

    publish_days_before: int = 11
    publish_hour: time = time(9)
    lead_days: int = 10  # Order 162, art. 52: at least ten days before the exam
    lead_hour: time = time(9)
    portions: tuple[Portion, ...] = (Portion(10, time(12)),)
    walk_in_percent: int = 0
    cancel_working_days: int = 1  # Order 162, arts. 46 and 110: one working day
    closing: Closing | None = None
    method: str = "ranked"
    rounds: RoundSettings = RoundSettings()


@dataclass(frozen=True, slots=True)
class Timetable:
    """The instants (UTC) in the life of one planned day.

    The scheduler publishes at `publish_at`; `publish_by` is the last lawful instant. With `round` set, requests are
    taken from publication until it closes. Bookings are taken in [opens_at, closes_at) and cancelled on line before
    `cancel_until`; with `closing`, `of_window` gives both for one window. `releases` are (instant, per cent).
    """

    publish_at: datetime
    publish_by: datetime
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime
    round: RoundTimes | None = None
    closing: Closing | None = None
    releases: tuple[tuple[datetime, int], ...] = ()

    def of_window(self, begins: datetime) -> "Timetable":
        """Return the timetable of one window, which may close by itself."""
        if self.closing is None:
            return self
        return replace(self, closes_at=begins - self.closing.book, cancel_until=begins - self.closing.cancel)

    def released(self, places: int) -> tuple[tuple[datetime, int], ...]:
        """Return how many of the bookable `places` are released when; the last portion takes what is left over."""
        portions = self.releases or ((self.opens_at, 100),)
        due, given = [], 0
        for number, (at, percent) in enumerate(portions, start=1):
            amount = places - given if number == len(portions) else part(places, percent)
            due.append((max(at, self.opens_at), amount))
            given += amount
        merged = {at: sum(n for when, n in due if when == at) for at, _ in due}
        return tuple((at, amount) for at, amount in merged.items() if amount)

    def published_at(self, instant: datetime) -> "Timetable":
        """Return the timetable of a publication at `instant`: nothing opens before it is public.

        A publication so late, by exemption, that no day is left for requests opens at once for whoever comes first.
        """
        if self.round and instant >= self.round.closes_at - ONE_DAY:
            return replace(self, opens_at=instant, round=None)
        return replace(self, opens_at=max(self.opens_at, instant))

    def opened_at(self, instant: datetime) -> "Timetable":
        """Return the timetable of a make-up session published at `instant`: what no round decides opens at once."""
        late = self.published_at(instant)
        return late if late.round else replace(late, opens_at=instant, releases=())

    def is_in_order(self, publication: datetime, begins: datetime) -> bool:
        """Whether there is time left: publication, a round's steps, opening, closing and the exam in this order."""
        times, window = self.round, self.of_window(begins)
        of_round = (times.closes_at, times.objections_until, times.beacon_not_before) if times else ()
        steps = (publication, *of_round, self.opens_at, window.closes_at, begins)
        in_order = all(first <= second for first, second in pairwise(steps)) and self.opens_at < window.closes_at
        return in_order and publication < (times or window).closes_at and window.cancel_until <= begins


def schedule(day: date, settings: PlanSettings, working_days: WorkingDays) -> Timetable:
    """Return the timetable of the exam day `day`.

    Closing and cancelling end with the last working day before the exam, at its 24:00 (Order 162, art. 46); an
    office that asks for no working day, or closes window by window, does so when the day begins. Where holidays
    move that end forward, a round and everything before it moves with it, so that a place can still be cancelled
    after the draw.
    """
    last_day = working_days.before(day, 0 if settings.closing else settings.cancel_working_days)
    closes_at = start_of(min(last_day + ONE_DAY, day))
    if settings.method == FIRST_COME:
        releases = tuple((_before(day, one.days_before, one.hour), one.percent) for one in settings.portions)
        return Timetable(
            publish_at=_before(day, settings.publish_days_before, settings.publish_hour),
            publish_by=_before(day, settings.lead_days, settings.lead_hour),
            opens_at=releases[0][0],
            closes_at=closes_at,
            cancel_until=closes_at,
            closing=settings.closing,
            releases=releases,
        )
    close_days = timedelta(settings.rounds.close_days_before)
    counted_from = min(day, local_day(closes_at) - HANDED_ON_BEFORE_END - HANDED_ON_AFTER_CLOSE + close_days)
    times = round_times(counted_from - close_days, settings.rounds)
    return Timetable(
        publish_at=_before(counted_from, settings.publish_days_before, settings.publish_hour),
        publish_by=_before(counted_from, settings.lead_days, settings.lead_hour),
        opens_at=times.handed_on_at,
        closes_at=closes_at,
        cancel_until=closes_at,
        round=times,
        closing=settings.closing,
    )


# The first seats are handed on two days after the close, and on the last day for cancelling at the latest. With
# requests closing five days ahead an ordinary Monday just fits: its last working day is three days before it.
HANDED_ON_AFTER_CLOSE = timedelta(days=2)
HANDED_ON_BEFORE_END = ONE_DAY


def part(places: int, percent: int) -> int:
    """Return `percent` of the places, half up."""
    return (places * percent + 50) // 100


def _before(day: date, days: int, hour: time) -> datetime:
    return at_local(day - timedelta(days=days), hour)
