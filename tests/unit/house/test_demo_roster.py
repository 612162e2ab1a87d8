"""The demo city's exam site has a session under way whatever hour it is."""

from datetime import date, time, timedelta
from itertools import pairwise

from booking.demo.rosters import SERVICE, SITE, sessions_of_today
from booking.kernel.calendar import at_local, local_day, local_time

DAY = date(2026, 11, 28)  # a Saturday


def test_a_session_is_under_way_at_every_hour_and_the_next_one_follows_it() -> None:
    for minute in range(6, 23 * 60 + 55, 7):
        now = at_local(DAY, time.min) + timedelta(minutes=minute)

        planned = sessions_of_today(now)[SITE, SERVICE, local_day(now)]

        hours = [(line.starts, line.ends) for line in planned.lines]
        assert hours[0][0] <= local_time(now) < hours[0][1], local_time(now)
        assert all(starts < ends for starts, ends in hours)
        assert all(one[1] <= other[0] for one, other in pairwise(hours))
        assert planned.day == DAY
