"""Since when a request for a test ranks: Rules for the Work of Driving Tests, art. 9.

The latest of acceptance, last exam taken or missed, and last place of the subject given up by the learner. A place
that the office took away leaves the time as it was.
"""

from collections.abc import Sequence
from datetime import date, datetime

from booking.bookings.rules import Moment, Ranking
from booking.exams.rules.facts import Attempt, Outcome
from booking.kernel.calendar import start_of
from booking.kernel.errors import Wording

ARTICLE_9 = Wording("《机动车驾驶人考试工作规范》第九条", "Rules for the Work of Driving Tests, art. 9")
ACCEPTED = Wording("驾驶证申请受理", "your application for the licence was accepted")
TAKEN = Wording("最近一次考试", "your latest test")
MISSED = Wording("最近一次缺考", "your latest missed test")
GIVEN_UP = Wording("最近一次取消本科目预约", "your latest cancellation of a place of this subject")


def ranking(accepted_on: date, attempts: Sequence[Attempt], given_up_at: datetime | None) -> Ranking:
    """Return the ranking time with every moment that bears on it; days count from their beginning at the office."""
    moments = [Moment(ACCEPTED, start_of(accepted_on), ARTICLE_9)]
    if attempts:
        latest = max(attempts, key=lambda attempt: attempt.day)
        what = MISSED if latest.outcome is Outcome.ABSENT else TAKEN
        moments.append(Moment(what, start_of(latest.day), ARTICLE_9))
    if given_up_at is not None:
        moments.append(Moment(GIVEN_UP, given_up_at.replace(second=0, microsecond=0), ARTICLE_9))
    moments.sort(key=lambda moment: moment.at)
    return Ranking(moments[-1].at, tuple(moments))
