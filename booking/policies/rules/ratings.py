"""Settings of ratings (好差评)."""

from booking.kernel.errors import Wording
from booking.policies.rules.setting import WORKING_DAYS, Group, Kind, Setting

# The national rules ask for an answer and name no days; cities practise 5 to 15 working days.
RATINGS: tuple[Setting, ...] = (
    Setting(
        "ratings.days",
        Group.PLACES,
        Kind.NUMBER,
        30,
        Wording("办理后多少天内可以评价", "Days in which a visit can be rated"),
        Wording(
            "到场办理后的这么多天内可以评价一次，评价不能修改。",
            "A visit can be rated once in this many days after it; a rating is not changed.",
        ),
        least=1,
        most=365,
    ),
    Setting(
        "ratings.answer_days",
        Group.PLACES,
        Kind.NUMBER,
        5,
        Wording("差评的答复时限", "Working days in which a bad rating is answered"),
        Wording(
            "不满意和非常不满意的评价在这么多个工作日内答复。",
            "Grades 'dissatisfied' and worse are answered within this many working days.",
        ),
        least=1,
        most=15,
        unit=WORKING_DAYS,
    ),
)
