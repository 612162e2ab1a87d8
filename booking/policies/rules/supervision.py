"""Settings of supervision: from when on something is looked at. Start values; what is confirmed puts them right."""

from booking.kernel.errors import Wording
from booking.policies.rules.setting import OFFICE, PER_CENT, Group, Kind, Setting

TIMES = Wording("次", "times")
ACTS = Wording("件", "acts")
PHONES = Wording("人", "people")
VEHICLES = Wording("辆", "vehicles")
FOLD = Wording("倍", "times the median")
CASES = Wording("件", "cases")
RANKING = Wording(
    "《机动车驾驶人考试工作规范》第九条（取消后重新排序）",
    "Rules for the Work of Driving Tests, art. 9 (a cancellation moves the rank)",
)
ARTICLE_103 = Wording(
    "公安部令第162号第一百零三条（与非法中介串通、泄露信息）",
    "Order 162, art. 103 (collusion with illegal agents, leaking of data)",
)
ONE_ACCOUNT = Wording("公安部令第162号第三十九条（本人预约）", "Order 162, art. 39 (the learner books)")


def _number(
    name: str,
    default: int,
    title: Wording,
    explanation: Wording,
    *,
    up_to: tuple[int, Wording],
    basis: Wording = OFFICE,
) -> Setting:
    most, unit = up_to
    return Setting(
        f"supervision.{name}", Group.SUPERVISION, Kind.NUMBER, default, title, explanation, basis, 1, most, unit
    )  # fmt: skip


SUPERVISION: tuple[Setting, ...] = (
    _number(
        "burst_acts",
        20,
        Wording("一小时内集中办理：件数", "Burst of acts: within an hour"),
        Wording(
            "同一账号一小时内预约、申请、改期、取消达到这么多件，并且达到下面的倍数，就列出来看。",
            "Bookings, requests, changes and cancellations of one account within an hour, from which on somebody "
            "looks, if they are also as many times the median as the next setting says.",
        ),
        up_to=(1000, ACTS),
        basis=ONE_ACCOUNT,
    ),
    _number(
        "burst_times",
        3,
        Wording("一小时内集中办理：与中位数相比", "Burst of acts: compared with the median"),
        Wording(
            "同类账号每小时件数中位数的这么多倍。",
            "This many times the median of an hour of accounts with the same role.",
        ),
        up_to=(100, FOLD),
        basis=ONE_ACCOUNT,
    ),
    _number(
        "book_cancel",
        3,
        Wording("反复预约又取消", "Booked and cancelled again"),
        Wording(
            "同一持有人在一个科目或检验业务里，所看期间内本人取消达到这么多次。",
            "Cancellations by one holder in one subject or service within the period looked at.",
        ),
        up_to=(50, TIMES),
        basis=RANKING,
    ),
    _number(
        "override_cases",
        5,
        Wording("破例办理：件数", "Overrides: how many"),
        Wording(
            "同一窗口人员所看期间内提出的破例达到这么多件。", "Overrides that one clerk proposed within the period."
        ),
        up_to=(500, CASES),
        basis=ARTICLE_103,
    ),
    _number(
        "override_share",
        5,
        Wording("破例办理：占本人办件", "Overrides: share of the clerk's acts"),
        Wording("并且超过本人全部办件的这个百分比。", "And more than this share of everything that the clerk did."),
        up_to=(100, PER_CENT),
        basis=ARTICLE_103,
    ),
    _number(
        "behalf_hour",
        30,
        Wording("窗口代办：一小时", "On behalf: within an hour"),
        Wording(
            "同一窗口人员一小时内代人预约达到这么多件。", "Bookings that one clerk made for others within an hour."
        ),
        up_to=(500, ACTS),
        basis=ARTICLE_103,
    ),
    _number(
        "phone_people",
        3,
        Wording("一个电话登记多人", "One phone, several people"),
        Wording(
            "同一电话登记的人数达到这么多。家人共用时请本人说明。",
            "People with the same phone. Families may share one.",
        ),
        up_to=(50, PHONES),
        basis=ONE_ACCOUNT,
    ),
    _number(
        "agent_vehicles",
        10,
        Wording("一个代办人代理多车", "One agent, many vehicles"),
        Wording("同一代办人可以代办的机动车达到这么多辆。", "Vehicles that one agent may act for."),
        up_to=(1000, VEHICLES),
        basis=ARTICLE_103,
    ),
    _number(
        "looks_a_day",
        30,
        Wording("一天内查看个人信息", "Personal data looked at in a day"),
        Wording(
            "同一人员一天内打开个人页面、查看完整证件、号牌或电话达到这么多次。",
            "Pages of persons opened, and numbers and plates shown in full, by one member of staff within a day.",
        ),
        up_to=(1000, TIMES),
        basis=Wording("个人信息保护法第五十一条", "Personal Information Protection Law, art. 51"),
    ),
    _number(
        "undone",
        3,
        Wording("撤回签到、缺席或成绩", "Attendance or results taken back"),
        Wording(
            "同一人员所看期间内撤回达到这么多次。", "How often one member of staff took one back within the period."
        ),
        up_to=(500, TIMES),
        basis=ARTICLE_103,
    ),
    _number(
        "spot_checks",
        10,
        Wording("每周随机抽查", "Random spot checks a week"),
        Wording(
            "每周一从上一周的预约中随机抽出这么多个，由监督人员逐个查看。",
            "Each Monday this many bookings of the week before are drawn at random, for the supervisor to look at.",
        ),
        up_to=(500, CASES),
    ),
)
