"""Since when a request of a vehicle ranks in a ranked round of a station: by its due day, the earlier first.

No law orders inspections, so this is a rule of the office. A mark that runs out sooner is needed sooner, and the day
is the register's: nobody gains by asking faster, more often or for another car. A car that is overdue goes first; its
delay already has its own consequences, and while it waits it may not be on the road.

Whoever gives up a place that a round gave counts from that minute if it is later than the due day. So an overdue car
cannot take and drop places again and again ahead of everybody, while giving up in good time costs nothing. A place
that the office took away leaves the time as it was.
"""

from datetime import date, datetime

from booking.bookings.rules import Moment, Ranking
from booking.inspections.rules import law
from booking.inspections.rules.due import standing
from booking.inspections.rules.facts import VehicleFacts
from booking.inspections.rules.settings import Settings
from booking.kernel.calendar import start_of
from booking.kernel.errors import Wording

DUE = Wording("检验有效期届满日", "the last day of the vehicle's mark")
GIVEN_UP = Wording("最近一次取消该车预约", "your latest cancellation of a place of this vehicle")


def ranking(facts: VehicleFacts, *, today: date, settings: Settings, given_up_at: datetime | None) -> Ranking:
    """Return the ranking time with every moment that bears on it; a day counts from its beginning at the office."""
    due_on = standing(facts, today=today, settings=settings).due_on
    moments = [Moment(DUE, start_of(due_on), law.OFFICE_RULE)]
    if given_up_at is not None:
        moments.append(Moment(GIVEN_UP, given_up_at.replace(second=0, microsecond=0), law.OFFICE_RULE))
    moments.sort(key=lambda moment: moment.at)
    return Ranking(moments[-1].at, tuple(moments))
