"""Settings of staff accounts."""

from booking.kernel.errors import Wording
from booking.policies.rules.setting import Group, Kind, Setting

ACCOUNTS: tuple[Setting, ...] = (
    Setting(
        "accounts.second_factor",
        Group.ACCOUNTS,
        Kind.CHOICE,
        "staff",
        Wording("哪些工作人员登录时需要动态验证码", "Staff who sign in with a second factor"),
        Wording(
            "密码之外，还要输入手机验证器里的六位动态码。对以后的登录生效；已经绑定的人始终需要输入。",
            "Beside the password, six digits from an authenticator app. Holds for sign-ins from that day on; who has "
            "set one up is always asked for it.",
        ),
        Wording("GB/T 22239-2019 8.1.4.1 d", "GB/T 22239-2019, 8.1.4.1 d"),
        choices={
            "staff": Wording("全体工作人员，包括考场和检验站", "all staff, at exam sites and stations too"),
            "office": Wording("车管所全体工作人员", "all staff of the office"),
            "rules": Wording("计划、审批、监管和管理岗位", "planners, approvers, supervisors and administrators"),
            "nobody": Wording("暂不要求", "nobody"),
        },
    ),
)
