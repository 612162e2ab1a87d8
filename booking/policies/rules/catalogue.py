"""Every office setting by its name, and which values do not fit together."""

from collections.abc import Iterator, Mapping
from datetime import time

from booking.kernel.errors import Wording
from booking.policies.rules.accounts import ACCOUNTS
from booking.policies.rules.exam_day import EXAM_DAY
from booking.policies.rules.exam_law import EXAM_LAW
from booking.policies.rules.inspection_law import INSPECTION_LAW
from booking.policies.rules.inspections import INSPECTIONS
from booking.policies.rules.ratings import RATINGS
from booking.policies.rules.rounds import ROUNDS
from booking.policies.rules.setting import MONTHS, WORKING_DAYS, Group, Kind, Setting, Values
from booking.policies.rules.supervision import SUPERVISION

ARTICLE_52 = Wording("公安部令第162号第五十二条", "Order 162, art. 52")

PLANS: tuple[Setting, ...] = (
    Setting(
        "plans.publish_days_before",
        Group.PLANS,
        Kind.NUMBER,
        11,
        Wording("计划提前几天公布", "Days from publication to the test"),
        Wording(
            "批准后的计划在考试日之前这么多天（自然日）自动公布。",
            "An approved plan is published by itself this many calendar days before the day of the test.",
        ),
        ARTICLE_52,
        least=10,
        most=90,
    ),
    Setting(
        "plans.publish_hour",
        Group.PLANS,
        Kind.CLOCK,
        time(9),
        Wording("计划公布的钟点", "Hour of publication"),
        Wording("计划在公布日的这个时间公布。", "On its day, a plan is published at this time."),
    ),
    Setting(
        "plans.lead_days",
        Group.PLANS,
        Kind.NUMBER,
        10,
        Wording("计划最迟提前几天公布", "Days before the test by which a plan must be public"),
        Wording(
            "法律要求至少提前十天；更晚公布需要写明理由并由另一人同意。可以更早，不能更晚。",
            "The law asks for ten days at least; a later publication needs a reason and a second person. "
            "The office may set more days, never fewer.",
        ),
        ARTICLE_52,
        least=10,
        most=60,
    ),
    Setting(
        "plans.lead_hour",
        Group.PLANS,
        Kind.CLOCK,
        time(9),
        Wording("最迟公布的钟点", "Hour by which a plan must be public"),
        Wording("在最迟公布日的这个时间以前必须公布。", "On the last day for it, a plan is public by this time."),
    ),
)
PLACES: tuple[Setting, ...] = (
    Setting(
        "exams.method",
        Group.PLACES,
        Kind.CHOICE,
        "ranked",
        Wording("考试名额的分配方式", "How places of tests are given"),
        Wording(
            "对以后起草的计划生效；已经起草或公布的不变。",
            "Holds for plans drafted later; those drafted or published already keep theirs.",
        ),
        Wording("《机动车驾驶人考试工作规范》第九条", "Rules for the Work of Driving Tests, art. 9"),
        choices={
            "ranked": Wording("按排序时间统一排号", "in one batch, by ranking time"),
            "lottery": Wording("统一抽签", "in one batch, by lottery"),
            "first_come": Wording("先到先得", "first come, first served"),
        },
    ),
    Setting(
        "exams.release_days_before",
        Group.PLACES,
        Kind.NUMBER,
        10,
        Wording("考试日前几天放号", "Days from release to the test"),
        Wording(
            "已公布场次的名额在考试日之前这么多天（自然日）可以预约。",
            "Places of a published session can be booked from this many calendar days before the test.",
        ),
        least=1,
        most=60,
    ),
    Setting(
        "exams.release_hour",
        Group.PLACES,
        Kind.CLOCK,
        time(12),
        Wording("放号的钟点", "Hour of release"),
        Wording("名额在放号日的这个时间放出。", "On the day of release, places can be booked from this time."),
    ),
    Setting(
        "exams.priority_months",
        Group.PLACES,
        Kind.NUMBER,
        6,
        Wording("证明快到期的优先名额", "Priority when the permit ends soon"),
        Wording(
            "学习驾驶证明剩余有效期不足这么多个月的学员可以使用优先名额。",
            "People whose learner's permit ends in fewer months than this may take priority places.",
        ),
        least=0,
        most=36,
        unit=MONTHS,
    ),
    Setting(
        "slots.freed_seats_hour",
        Group.PLACES,
        Kind.CLOCK,
        time(12),
        Wording("退回名额重新放出的钟点", "Hour at which freed seats return"),
        Wording(
            "退回的名额不会立即放出，而是每天在这个公布的时间一起放出。",
            "A seat that was given back is never on sale at once; all return at this announced time of day.",
        ),
    ),
    Setting(
        "bookings.cancel_working_days",
        Group.PLACES,
        Kind.NUMBER,
        1,
        Wording("网上取消预约的期限", "Last day to cancel on line"),
        Wording(
            "考试日之前这么多个工作日以前可以在网上取消；之后只能到窗口办理。不得比法律规定的一个工作日更严。",
            "A booking can be cancelled on line until this many working days before the test, later only at the "
            "counter. The law asks for one day; the office may ask for less, never more.",
        ),
        Wording("公安部令第162号第四十六条、第一百一十条", "Order 162, art. 46 and 110"),
        least=0,
        most=1,
        unit=WORKING_DAYS,
    ),
)
SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        *PLANS,
        *PLACES,
        *ROUNDS,
        *EXAM_DAY,
        *INSPECTIONS,
        *EXAM_LAW,
        *INSPECTION_LAW,
        *RATINGS,
        *SUPERVISION,
        *ACCOUNTS,
    )
}


FREEZING = 30  # minutes in which the frozen list becomes public, before anybody can know the random value


def minutes(hour: time) -> int:
    """Return how many minutes of the day have passed by the clock time."""
    return hour.hour * 60 + hour.minute


def contradictions(values: Values) -> Iterator[Wording]:
    """Say what in these values does not fit together; each is allowed by itself."""
    # Days before the test count backwards: more days is earlier, and so is a smaller hour.
    published = (-values.number("plans.publish_days_before"), values.clock("plans.publish_hour"))
    due = (-values.number("plans.lead_days"), values.clock("plans.lead_hour"))
    first, second = (
        (-values.number(f"inspections.{days}"), values.clock(f"inspections.{hour}"))
        for days, hour in (("release_days_before", "release_hour"), ("second_days_before", "second_hour"))
    )
    released = min(first, (-values.number("exams.release_days_before"), values.clock("exams.release_hour")))
    if published > due:
        yield Wording(
            "计划的公布时间晚于最迟公布时间，每个计划都会被拒绝公布。",
            "Plans would be published later than they must be, so that every one of them would be refused.",
        )
    if minutes(values.clock("rounds.draw_hour")) < minutes(values.clock("rounds.objections_hour")) + FREEZING:
        yield Wording(
            "随机数公开时间必须比异议截止时间晚至少半小时。",
            "The random value must come half an hour after objections have ended, or later.",
        )
    if -values.number("rounds.close_days_before") <= published[0] + 1:
        yield Wording("公布后没有留出提交申请的时间。", "No time is left for requests after the publication.")
    if released < published:
        yield Wording("放号时间早于计划公布时间。", "Places would be released before the plan is public.")
    if second < first:
        yield Wording(
            "检验名额的第二次放号早于第一次。", "The second release of inspections would come before the first."
        )
