"""Which refusals of driving tests two persons may lift for one booking, and why the others never are."""

from collections.abc import Mapping

from booking.kernel.errors import Wording

# What the public page of overrides calls each rule: waits and counts, which nothing but time or a count sets.
LIFTABLE: Mapping[str, Wording] = {
    "subject-2-too-soon": Wording("科目二的等待天数", "the wait before subject 2"),
    "road-too-soon": Wording("科目三道路的等待天数", "the wait before the road test"),
    "too-soon-after-failure": Wording("不合格后的等待天数", "the wait after a test that was not passed"),
    "too-soon-after-absence": Wording("缺考后的等待天数", "the wait after an absence"),
    "five-bookings-used": Wording("科目预约次数上限", "the number of bookings of a subject"),
    "other-test-that-day": Wording("科目二与科目三道路不同日", "subject 2 and the road test not on one day"),
}

_LAW = Wording("法定条件，车管所无权免除。", "The law sets this condition; the office cannot waive it.")
_SAFETY = Wording(
    "关系道路安全：没有通过前一科目的人不能上路考试。",
    "For safety on the road: nobody is tested there without the tests that come before.",
)
_NOTHING = Wording(
    "约了也没有意义：这一科不需要再考。", "A booking would be for nothing: this test is not to be taken."
)
_TWICE = Wording("一个人同一科目、同一时间只有一个名额。", "One person has one place in a subject and at an hour.")

NEVER_LIFTED: Mapping[str, Wording] = {
    "class-not-in-order": _LAW,
    "class-only-by-upgrade": _LAW,
    "too-young": _LAW,
    "too-old": _LAW,
    "permit-missing": _LAW,
    "permit-ran-out": _LAW,
    "subject-2-failed-five-times": _LAW,
    "road-failed-five-times": _LAW,
    "subject-1-first": _SAFETY,
    "subject-2-first": _SAFETY,
    "road-first": _SAFETY,
    "subject-not-needed": _NOTHING,
    "already-passed": _NOTHING,
    "already-booked": _TWICE,
    "overlapping": _TWICE,
    "exam-day-past": Wording("考试日期已过。", "The day is over."),
    "no-record": Wording("没有学车档案，先建档。", "There is no learner's record; open one first."),
    "class-not-served": Wording("这个场次没有该车型的考试车。", "This session has no vehicle of the class."),
}
