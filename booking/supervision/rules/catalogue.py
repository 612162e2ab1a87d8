"""What is tallied for supervision: each with its definition, and the settings that say when somebody looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from booking.kernel.errors import Wording
from booking.policies.rules.setting import Values
from booking.supervision.rules.anomalies import Limits

ACTS_IN_AN_HOUR = Wording("最忙一小时", "Busiest hour")
IN_PERIOD = Wording("期间内", "In the period")
DRAW = "draw"  # the code that spot checks of drawn bookings bear


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is tallied by subject. Settings are named without their "supervision."; "" asks for nothing."""

    code: str
    name: Wording
    meaning: Wording
    amount_name: Wording
    least: str
    innocent: Wording  # the usual cause that is nobody's fault
    times: str = ""
    share: str = ""

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings by their full names."""
        return tuple(f"supervision.{name}" for name in (self.least, self.times, self.share) if name)

    def limits(self, values: Values) -> Limits:
        """Return the limits that hold on the day of the values."""
        numbers = [
            values.number(f"supervision.{name}") if name else 0 for name in (self.least, self.times, self.share)
        ]
        return Limits(*numbers)


RULES: tuple[Rule, ...] = (
    Rule(
        "burst",
        Wording("一小时内集中办理", "Many acts within an hour"),
        Wording(
            "每个账号最忙的一小时里预约、申请、改期和取消的件数，与同类账号每小时的中位数相比。驾校没有账号，不能代学员办理。",
            "Bookings, requests, changes and cancellations of each account in its busiest hour, compared with the "
            "median of an hour of accounts with the same role. Driving schools have no accounts.",
        ),
        ACTS_IN_AN_HOUR,
        "burst_acts",
        times="burst_times",
        innocent=Wording("放号后窗口排队", "The queue at the counter after a release"),
    ),
    Rule(
        "book_cancel",
        Wording("反复预约又取消", "Booked and cancelled again and again"),
        Wording(
            "同一持有人在一个科目或检验业务里由本人取消的预约数，按取消的日子计。车管所取消的不计。",
            "Bookings that one holder gave up in one subject or service, by the day of cancelling. What the office "
            "cancelled is not counted.",
        ),
        Wording("取消", "Cancelled"),
        "book_cancel",
        innocent=Wording("生病、考前紧张", "Illness, fear of the test"),
    ),
    Rule(
        "overrides",
        Wording("破例办理", "Overrides by clerk"),
        Wording(
            "每名窗口人员提出的破例件数，和占其全部办件的比例。每件都由另一人批准。",
            "Overrides that each clerk proposed, and their share of everything that this clerk did. Each needs a "
            "second person.",
        ),
        Wording("提出的破例", "Proposed"),
        "override_cases",
        share="override_share",
        innocent=Wording("系统故障后的补办", "Making good after a fault"),
    ),
    Rule(
        "behalf",
        Wording("窗口和电话代办", "Bookings on behalf, at the counter and by phone"),
        Wording(
            "每名窗口人员代人预约的件数、占全部代办的比例和最忙的一小时。",
            "Bookings that each clerk made for others, their share of all such bookings, and the busiest hour.",
        ),
        ACTS_IN_AN_HOUR,
        "behalf_hour",
        innocent=Wording("老年人集中到窗口", "Old people who come together"),
    ),
    Rule(
        "phone",
        Wording("一个电话登记多人", "One phone, several people"),
        Wording(
            "同一电话登记的人数，截至今天。电话只用带密钥的指纹比对，这里不出现号码。",
            "People with the same phone, as of today. Phones are compared by keyed hash; no number stands here.",
        ),
        Wording("人数", "People"),
        "phone_people",
        innocent=Wording("一家人共用", "A family that shares it"),
    ),
    Rule(
        "agent",
        Wording("一个代办人代理多车", "One agent, many vehicles"),
        Wording(
            "每名代办人现在可以代办的机动车数，截至今天。",
            "Vehicles that each agent may act for now, as of today.",
        ),
        Wording("机动车", "Vehicles"),
        "agent_vehicles",
        innocent=Wording("单位车队", "The cars of a company"),
    ),
    Rule(
        "looks",
        Wording("查看个人信息", "Looks at personal data"),
        Wording(
            "每名工作人员最忙的一天里打开个人页面、查看完整证件、号牌或电话的次数。",
            "How often each member of staff opened a person's page, or had a number or plate shown in full, on the "
            "busiest day.",
        ),
        Wording("最忙一天", "Busiest day"),
        "looks_a_day",
        innocent=Wording("电话咨询多的一天", "A day of many telephone questions"),
    ),
    Rule(
        "undone",
        Wording("撤回签到、缺席或成绩", "Attendance or results taken back"),
        Wording(
            "每名工作人员撤回签到、缺席、考试或检验结果的次数。",
            "How often each member of staff took back an attendance, an absence or a result.",
        ),
        Wording("撤回", "Taken back"),
        "undone",
        innocent=Wording("扫码设备故障", "A faulty scanner"),
    ),
)
BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}
