"""How places at inspection stations are given, and what happens on the day: the office's own choices."""

from datetime import time

from booking.kernel.errors import Wording
from booking.policies.rules.setting import HOURS, MINUTES, PER_CENT, Group, Kind, Setting

ARTICLE_13 = Wording("道路交通安全法第十三条", "Road Traffic Safety Law, art. 13")


def _number(
    name: str, default: int, title: Wording, explanation: Wording, *, least: int, most: int, unit: Wording
) -> Setting:
    return Setting(
        f"inspections.{name}", Group.INSPECTIONS, Kind.NUMBER, default, title, explanation,
        least=least, most=most, unit=unit,
    )  # fmt: skip


DAYS = Wording("天", "days")
INSPECTIONS: tuple[Setting, ...] = (
    Setting(
        "inspections.method",
        Group.INSPECTIONS,
        Kind.CHOICE,
        "first_come",
        Wording("检验名额的分配方式", "How places of inspections are given"),
        Wording(
            "对以后起草的计划生效；检验站可以另行设定。排号时按检验有效期先后，到期早的优先。",
            "Holds for plans drafted later; a station can have its own. By rank, the vehicle due first goes first.",
        ),
        choices={
            "ranked": Wording("按到期先后统一排号", "in one batch, by due date"),
            "lottery": Wording("统一抽签", "in one batch, by lottery"),
            "first_come": Wording("先到先得", "first come, first served"),
        },
    ),
    _number(
        "release_days_before",
        10,
        Wording("第一次放号提前几天", "Days from the first release to the day"),
        Wording("检验日之前这么多天（自然日）放出第一批名额。", "The first part is released this many days ahead."),
        least=1,
        most=60,
        unit=DAYS,
    ),
    Setting(
        "inspections.release_hour",
        Group.INSPECTIONS,
        Kind.CLOCK,
        time(8),
        Wording("第一次放号的钟点", "Hour of the first release"),
        Wording("第一批名额在这个时间放出。", "The first part can be booked from this time."),
    ),
    _number(
        "first_percent",
        60,
        Wording("第一次放号的比例", "Share of the first release"),
        Wording(
            "网上可约名额中第一次放出的比例，其余在第二次放出。",
            "How much of what can be booked on line is released first; the rest follows.",
        ),
        least=0,
        most=100,
        unit=PER_CENT,
    ),
    _number(
        "second_days_before",
        3,
        Wording("第二次放号提前几天", "Days from the second release to the day"),
        Wording("检验日之前这么多天（自然日）放出其余名额。", "The rest is released this many days ahead."),
        least=0,
        most=60,
        unit=DAYS,
    ),
    Setting(
        "inspections.second_hour",
        Group.INSPECTIONS,
        Kind.CLOCK,
        time(8),
        Wording("第二次放号的钟点", "Hour of the second release"),
        Wording("其余名额在这个时间放出。", "The rest can be booked from this time."),
    ),
    Setting(
        "inspections.walk_in_percent",
        Group.INSPECTIONS,
        Kind.NUMBER,
        20,
        Wording("为现场车辆保留的比例", "Share kept for cars without a booking"),
        Wording(
            "每个时段的这一部分不在网上预约，留给直接到站的车辆：检验站不得拒绝手续齐全的车辆。",
            "This part of each window is never booked on line: a station must take a car that comes with its papers.",
        ),
        ARTICLE_13,
        least=5,
        most=90,
        unit=PER_CENT,
    ),
    _number(
        "window_minutes",
        60,
        Wording("每个时段的长度", "Length of a window"),
        Wording("按检测线的处理能力划分时段时使用。", "Used when windows are made from the test lanes of a station."),
        least=15,
        most=240,
        unit=MINUTES,
    ),
    _number(
        "close_minutes",
        30,
        Wording("时段开始前多久停止预约", "How long before a window booking ends"),
        Wording("时段开始前这么久还可以在网上预约。", "A window can be booked on line until then."),
        least=0,
        most=1440,
        unit=MINUTES,
    ),
    _number(
        "cancel_minutes",
        120,
        Wording("时段开始前多久停止取消", "How long before a window cancelling ends"),
        Wording(
            "时段开始前这么久还可以在网上取消或改期；之后请致电检验站。",
            "A booking can be cancelled or moved on line until then; later, call the station.",
        ),
        least=0,
        most=2880,
        unit=MINUTES,
    ),
    _number(
        "hold_hours",
        48,
        Wording("提醒附带的名额保留多久", "How long the place of a reminder is held"),
        Wording(
            "到期提醒和复检附带的名额保留这么久，过时自动放出。",
            "The place that comes with a reminder or a failed test is held this long, then it is free by itself.",
        ),
        least=1,
        most=168,
        unit=HOURS,
    ),
    _number(
        "grace_minutes",
        0,
        Wording("时段结束后多久到站仍算准时", "How long after its window a car still comes on time"),
        Wording(
            "在这段时间内到站的预约车辆仍按准时叫号；更晚的与现场车辆一起按到站先后。",
            "A booked car that comes by then is called as one on time; later it stands with the walk-ins.",
        ),
        least=0,
        most=60,
        unit=MINUTES,
    ),
    _number(
        "no_show_minutes",
        30,
        Wording("时段结束后多久算未到", "How long after its window a car counts as absent"),
        Wording(
            "预约车辆到这时还没有到站，按未到处理。", "A booked car that has not come by then is noted as absent."
        ),
        least=0,
        most=480,
        unit=MINUTES,
    ),
    _number(
        "undo_minutes",
        10,
        Wording("结果可以撤回多久", "How long a result can be taken back"),
        Wording("录入后这段时间内可以改正按错的结果。", "A wrong key can be put right within this time."),
        least=0,
        most=120,
        unit=MINUTES,
    ),
)
