"""The points of exam law that no source settles, one for each field of the exam rules' own settings.

A test compares names and defaults with the fields there: this folder lies below the exams and cannot look.
"""

from booking.kernel.errors import Wording
from booking.policies.rules.setting import DAYS, YEARS, Group, Kind, Setting

ARTICLE_43 = Wording("公安部令第162号第四十三条", "Order 162, art. 43")
ARTICLE_47 = Wording("公安部令第162号第三十条、第四十七条", "Order 162, art. 30 and 47")
ORDER_139 = Wording("公安部令第139号（条文编号未核实）", "Order 139 (article not verified)")
ONLY_139 = Wording(
    "只用于核算2016年4月1日至2022年3月31日适用第139号令的日期。",
    "Only for dates under Order 139, 1 April 2016 to 31 March 2022.",
)


def _under_139(name: str, default: int, title: Wording, least: int = 0, most: int = 60) -> Setting:
    """Return a wait of Order 139 whose length was not found in a source, in calendar days."""
    return Setting(
        f"exams.{name}", Group.ORDER_139, Kind.NUMBER, default, title, ONLY_139, ORDER_139, least, most, DAYS
    )


EXAM_LAW: tuple[Setting, ...] = (
    Setting(
        "exams.wait_applies_to",
        Group.EXAM_LAW,
        Kind.CHOICE,
        "booking",
        Wording("等待期按哪一天计算", "Day on which a wait must be over"),
        Wording(
            "条文把等待期与预约相连；如按考试日计算，学员可以更早预约，但考试日必须在等待期满以后。",
            "The text ties a wait to booking. With the day of the test, people book earlier, "
            "for a test after the wait is over.",
        ),
        ARTICLE_43,
        choices={
            "booking": Wording("预约当天", "the day of booking"),
            "exam_date": Wording("考试当天", "the day of the test"),
        },
    ),
    Setting(
        "exams.first_day_counts",
        Group.EXAM_LAW,
        Kind.YES_NO,
        True,
        Wording("“满十日”是否把当天算作第一天", "Does the day itself count as day one?"),
        Wording(
            "是：11月1日起满十日，11月11日可以预约（通行做法）。否：当天不计入，从11月12日起（民法典第二百零一条）。",
            "Yes: ten days from 1 November allow booking on 11 November (common practice). "
            "No: the day is left out, so from 12 November (Civil Code, art. 201).",
        ),
        Wording(
            "公安部令第162号第四十三条、第四十七条；民法典第二百零一条",
            "Order 162, art. 43 and 47; Civil Code, art. 201",
        ),
    ),
    Setting(
        "exams.ten_days_cover_safety",
        Group.EXAM_LAW,
        Kind.YES_NO,
        True,
        Wording("安全文明驾驶常识考试不合格是否也要等十日", "Do the ten days hold after failing the safety test?"),
        Wording(
            "第四十七条规定科目三不合格满十日后再预约；按第三十条，科目三包括道路驾驶技能和安全文明驾驶常识两项考试。",
            "Art. 47 sets ten days for subject 3; by art. 30 subject 3 is the road test and the safety test.",
        ),
        ARTICLE_47,
    ),
    Setting(
        "exams.same_day_subject_2_and_road",
        Group.EXAM_LAW,
        Kind.YES_NO,
        False,
        Wording("能否同一天连续考科目二和道路驾驶", "Can subject 2 and the road test follow on one day?"),
        Wording(
            "本所具备连续安排这两项考试的条件时选“是”，学员可以同时预约。",
            "Yes, if this office can run both back to back; people may then book both together.",
        ),
        Wording("公安部令第162号第三十九条", "Order 162, art. 39"),
    ),
    Setting(
        "exams.upper_age_lasts_the_year",
        Group.EXAM_LAW,
        Kind.YES_NO,
        False,
        Wording("达到年龄上限当年是否仍可考试", "Does the upper age last until the next birthday?"),
        Wording(
            "否：最后一天是年满上限年龄的生日。是：最后一天是下一个生日的前一天。",
            "No: the last day is the birthday on which the age is reached. Yes: the day before the next birthday.",
        ),
        Wording("公安部令第162号第十四条", "Order 162, art. 14"),
    ),
    _under_139("subject_2_wait_small_139", 10, Wording("科目二等待期：C1 至 C5", "Wait for subject 2: C1 to C5")),
    _under_139("subject_2_wait_large_139", 20, Wording("科目二等待期：A1 至 B2", "Wait for subject 2: A1 to B2")),
    _under_139("subject_2_wait_special_139", 10, Wording("科目二等待期：M、N、P", "Wait for subject 2: M, N, P")),
    _under_139(
        "road_wait_c3_c4_139", 30, Wording("道路驾驶等待期：C3、C4", "Wait for the road test: C3, C4"), 20, 30
    ),
    _under_139("road_wait_c5_139", 30, Wording("道路驾驶等待期：C5", "Wait for the road test: C5")),
    _under_139("road_wait_special_139", 30, Wording("道路驾驶等待期：M、N、P", "Wait for the road test: M, N, P")),
    _under_139("motorcycle_wait_139", 0, Wording("摩托车（D、E、F）等待期", "Waits for motorcycles (D, E, F)")),
    Setting(
        "exams.upper_age_small_139",
        Group.ORDER_139,
        Kind.NUMBER,
        70,
        Wording("C1、C2、C5、F 的年龄上限", "Upper age of C1, C2, C5 and F"),
        ONLY_139,
        ORDER_139,
        60,
        100,
        YEARS,
    ),
    Setting(
        "exams.reduced_sets_139",
        Group.ORDER_139,
        Kind.YES_NO,
        True,
        Wording("C2 增 C1 和摩托车增驾是否免考科目一", "Were C2 to C1 and motorcycle upgrades free of subject 1?"),
        ONLY_139,
        ORDER_139,
    ),
)
