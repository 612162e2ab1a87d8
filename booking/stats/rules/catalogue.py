"""The figures of this office, each with its definition in words. docs/figures.md is written from this table."""

from booking.kernel.errors import Wording
from booking.stats.rules.figures import Figure, Kind, Unit

BOTH_LINES = ("exams", "inspections")
CHANNELS = {
    "internet": Wording("网上", "On line"),
    "counter": Wording("窗口", "Counter"),
    "phone": Wording("电话", "Telephone"),
    "school": Wording("驾校", "Driving school"),
}
ENDINGS = {
    "confirmed": Wording("待考", "To come"),
    "attended": Wording("已到场", "Attended"),
    "passed": Wording("合格", "Passed"),
    "failed": Wording("不合格", "Not passed"),
    "absent": Wording("缺席", "Absent"),
    "cancelled": Wording("本人取消", "Cancelled by the holder"),
    "cancelled_by_office": Wording("车管所取消", "Cancelled by the office"),
}
NOTICE = {
    "7": Wording("提前 7 天及以上", "7 days or more"),
    "3": Wording("提前 3 至 6 天", "3 to 6 days"),
    "1": Wording("提前 1 至 2 天", "1 or 2 days"),
    "0": Wording("当天", "The same day"),
    "late": Wording("截止后到窗口", "After the deadline, at the counter"),
    "office": Wording("车管所取消", "By the office"),
}
TESTS = {
    "first_passed": Wording("首考合格", "First test passed"),
    "first_failed": Wording("首考不合格", "First test not passed"),
    "again_passed": Wording("再考合格", "Later test passed"),
    "again_failed": Wording("再考不合格", "Later test not passed"),
}
TRIES = {
    "first_passed": Wording("第一次合格", "Passed at the first try"),
    "first_failed": Wording("第一次不合格", "Failed at the first try"),
    "retest_passed": Wording("补考合格", "Retest passed"),
    "retest_failed": Wording("补考不合格", "Retest not passed"),
}
STANDINGS = {
    "granted": Wording("已得名额", "Granted"),
    "waiting": Wording("候补", "Waiting"),
    "passed": Wording("放弃递补", "Passed over"),
    "in": Wording("待排号", "Not yet drawn"),
    "seats": Wording("名额", "Places"),
}
WISHES = {str(place): Wording(f"第 {place} 志愿", f"Wish {place}") for place in range(1, 6)}
LIFTED = {
    "office_error": Wording("车管所差错", "Error of the office"),
    "system_fault": Wording("系统故障", "Fault of the system"),
    "court": Wording("法院裁判", "Ruling of a court"),
    "hardship": Wording("特殊困难", "Hardship"),
}
SEATS = {
    "offered": Wording("投放名额", "Places offered"),
    "kept": Wording("已用名额", "Places taken"),
    "walk_in": Wording("现场名额", "Places for walk-ins"),
}

FIGURES: tuple[Figure, ...] = (
    Figure(
        "online", Wording("网上预约比率", "Booked on line"), Kind.SHARE, Unit.PERCENT, "booked",
        Wording(
            "网上预约的名额 ÷ 全部已约名额，按考试日计。每个名额计一次，不论后来合格、缺席还是取消；"
            "改期的只计新的一天。",
            "Places booked on line ÷ all places booked, on the day of the test. Each place counts once, whatever"
            " became"
            " of it; one that was moved counts on the new day only.",
        ),
        some=("internet",), of=tuple(CHANNELS), words=CHANNELS, is_public=True, lines=BOTH_LINES,
        some_name=Wording("网上预约", "Booked on line"), of_name=Wording("全部预约", "All bookings"),
    ),
    Figure(
        "fill", Wording("名额使用率", "Places used"), Kind.SHARE, Unit.PERCENT, "seats",
        Wording(
            "已约且未取消的名额 ÷ 投放名额。停用的名额、已取消的场次和现场名额不算投放；差额就是空置的名额。",
            "Places booked and not given back ÷ places offered. Blocked places, withdrawn sessions and places"
            " kept for"
            " walk-ins are not offered; what lies between the two stayed empty.",
        ),
        some=("kept",), of=("offered",), words=SEATS, is_public=True, has_class=False, lines=BOTH_LINES,
        some_name=Wording("已用", "Taken"), of_name=Wording("投放", "Offered"),
        rest_name=Wording("空置名额", "Stayed empty"), is_parted=False,
    ),
    Figure(
        "lead", Wording("提前预约天数", "Lead time"), Kind.SPREAD, Unit.DAYS, "lead",
        Wording(
            "从约到名额的那天到考试日的天数。一半的预约不超过前一个数，九成不超过后一个数。",
            "Days from the day on which the place was booked or granted to the day of the test. Half of all"
            " bookings"
            " have at most the first number, nine in ten at most the second.",
        ),
        is_public=True, lines=BOTH_LINES,
    ),
    Figure(
        "wait", Wording("可考到参考的天数", "Wait from entitled to tested"), Kind.SPREAD, Unit.DAYS, "wait",
        Wording(
            "从可以考这一科目的那天到实际参考的天数。可以考的那天取最晚者：受理之日、上一次考试合格之日、"
            "本科目上次不合格后第 10 天、"
            "科目二和道路考试按现行规定自学习驾驶证明签发起满规定天数之日。缺席的不计。超过 100 天的按十天一档，"
            "一年及以上的计 365 天。",
            "Days from the day on which the learner could take the test to the test. That day is the latest of: the"
            " acceptance, the last test passed, ten days after the last one of this subject that was not passed,"
            " and for subject 2 and the road test the end of the waits that the present rules count from the"
            " learner permit. Who was absent is not counted. Beyond 100 days waits are kept in steps of ten, and a"
            " year or more counts as 365 days.",
        ),
        is_public=True,
    ),
    Figure(
        "demand", Wording("每个名额的申请数", "Requests per place"), Kind.QUOTIENT, Unit.TIMES, "asked",
        Wording(
            "批次中有效的申请 ÷ 这些批次的名额，按考试日计。一份申请可以填几个考场，所以不按考场分。",
            "Valid requests in the rounds ÷ places in these rounds, on the day of the test. A request may name"
            " several"
            " sites, so there is no number for one site.",
        ),
        some=("in", "granted", "waiting", "passed"), of=("seats",), words=STANDINGS, is_public=True,
        has_site=False, has_class=False, lines=BOTH_LINES,
        some_name=Wording("申请", "Requests"), of_name=Wording("名额", "Places"), is_parted=False,
    ),
    Figure(
        "first_wish", Wording("第一志愿满足率", "Granted at the first wish"), Kind.SHARE, Unit.PERCENT, "wish",
        Wording(
            "按第一志愿得到名额的人 ÷ 排号或递补得到名额的人。",
            "People who were given their first wish ÷ people who were given a place by a round or from its queue.",
        ),
        some=("1",), of=(*(str(place) for place in range(1, 100)), "other"), words=WISHES, is_public=True,
        lines=BOTH_LINES,
        some_name=Wording("第一志愿", "First wish"), of_name=Wording("得到名额", "Given a place"),
    ),
    Figure(
        "no_show", Wording("缺席率", "No-shows"), Kind.SHARE, Unit.PERCENT, "ended",
        Wording(
            "缺席 ÷ 应到（缺席、已到场、合格、不合格）。已取消的和还没到日子的不计。",
            "Absent ÷ all who were to come (absent, attended, passed, not passed). Cancelled places and those"
            " still to"
            " come are not counted.",
        ),
        some=("absent",), of=("absent", "attended", "passed", "failed"), words=ENDINGS, is_public=True,
        lines=BOTH_LINES,
        some_name=Wording("缺席", "Absent"), of_name=Wording("应到", "Expected"),
    ),
    Figure(
        "pass", Wording("合格率", "Pass rate"), Kind.SHARE, Unit.PERCENT, "ended",
        Wording(
            "合格 ÷ 有成绩的（合格、不合格），补考合格的算合格。",
            "Passed ÷ all with a result (passed, not passed). Who passed the retest has passed.",
        ),
        some=("passed",), of=("passed", "failed"), words=ENDINGS, is_public=True, lines=BOTH_LINES,
        some_name=Wording("合格", "Passed"), of_name=Wording("有成绩", "With a result"),
    ),
    Figure(
        "first_pass", Wording("首考合格率", "First test passed"), Kind.SHARE, Unit.PERCENT, "tests",
        Wording(
            "第一次考本科目就合格 ÷ 第一次考本科目的人。补考合格的算合格；缺席不算考过。",
            "Passed the first test of a subject ÷ all who took their first. The retest on the same booking"
            " belongs to"
            " it; who was absent has not taken it.",
        ),
        some=("first_passed",), of=("first_passed", "first_failed"), words=TESTS, is_public=True,
        some_name=Wording("首考合格", "Passed"), of_name=Wording("首考", "First tests"),
    ),
    Figure(
        "retest", Wording("补考合格率", "Retest passed"), Kind.SHARE, Unit.PERCENT, "tries",
        Wording(
            "当场补考合格 ÷ 当场补考的人。",
            "Passed at the retest on the same booking ÷ all who took one.",
        ),
        some=("retest_passed",), of=("retest_passed", "retest_failed"), words=TRIES,
        some_name=Wording("补考合格", "Passed"), of_name=Wording("补考", "Retests"),
    ),
    Figure(
        "cancelled", Wording("取消率", "Cancelled by holders"), Kind.SHARE, Unit.PERCENT, "ended",
        Wording(
            "本人取消的名额 ÷ 全部已约名额，按考试日计。",
            "Places that their holders gave up ÷ all places booked, on the day of the test.",
        ),
        some=("cancelled",), of=tuple(ENDINGS), words=ENDINGS, lines=BOTH_LINES,
        some_name=Wording("本人取消", "Cancelled"), of_name=Wording("全部预约", "All bookings"),
    ),
    Figure(
        "notice", Wording("及早取消的比率", "Cancelled in good time"), Kind.SHARE, Unit.PERCENT, "notice",
        Wording(
            "提前 3 天及以上取消的名额 ÷ 本人取消的名额。车管所取消的另列，不算在内。",
            "Places given up three days ahead or more ÷ all places that their holders gave up. What the office"
            " cancelled"
            " is shown and not counted.",
        ),
        some=("7", "3"), of=("7", "3", "1", "0", "late"), words=NOTICE, lines=BOTH_LINES,
        some_name=Wording("提前 3 天以上", "3 days or more"), of_name=Wording("本人取消", "Cancelled"),
    ),
    Figure(
        "refilled", Wording("退回名额的再用率", "Freed places given again"), Kind.SHARE, Unit.PERCENT, "freed",
        Wording(
            "退回后又约出的名额 ÷ 退回的名额。同一场次里第几个退回的，就与第一次退回之后第几个新预约配对；"
            "新预约在后的，算又约出。",
            "Freed places that were given again ÷ places that were freed. Within a session, the first freed"
            " place goes"
            " with the first booking made after the first cancellation, and so on; it counts where the booking"
            " is the"
            " later one.",
        ),
        some=("again",), of=("again", "open"), numbers_as="again", lines=BOTH_LINES,
        words={"again": Wording("又约出", "Given again"), "open": Wording("没有再约出", "Stayed empty")},
        some_name=Wording("又约出", "Given again"), of_name=Wording("退回", "Freed"),
    ),
    Figure(
        "refill_time", Wording("退回到再约出的小时数", "Hours until given again"), Kind.SPREAD, Unit.HOURS, "freed",
        Wording(
            "从名额退回到又约出的整小时数，只算又约出的。",
            "Whole hours from the cancellation to the booking that took the place; only places that were given"
            " again.",
        ),
        lines=BOTH_LINES,
    ),
    Figure(
        "overrides", Wording("破例办理", "Overrides"), Kind.COUNT, Unit.PIECES, "lifted",
        Wording(
            "两人同意破例办理的预约数，按考试日计。",
            "Bookings for which two people lifted a refusal, on the day of the test.",
        ),
        some=tuple(LIFTED), of=tuple(LIFTED), words=LIFTED, lines=BOTH_LINES,
    ),
)  # fmt: skip
BY_CODE = {figure.code: figure for figure in FIGURES}


def figures_of(line: str, *, public_only: bool) -> list[Figure]:
    """Return the figures of a line, in their order."""
    return [one for one in FIGURES if line in one.lines and (one.is_public or not public_only)]
