"""How an exam day is kept: check-in, undoing and absences, the office's own choices within the orders."""

from booking.kernel.errors import Wording
from booking.policies.rules.setting import HOURS, MINUTES, OFFICE, Group, Kind, Setting

ARTICLE_46 = Wording("公安部令第162号第四十六条", "Order 162, art. 46")


def _number(
    name: str,
    default: int,
    title: Wording,
    explanation: Wording,
    *,
    least: int,
    most: int,
    unit: Wording = MINUTES,
    basis: Wording = OFFICE,
) -> Setting:
    return Setting(
        f"exams.{name}", Group.EXAM_DAY, Kind.NUMBER, default, title, explanation, basis,
        least=least, most=most, unit=unit,
    )  # fmt: skip


EXAM_DAY: tuple[Setting, ...] = (
    _number(
        "check_in_minutes",
        60,
        Wording("开始前多久可以签到", "How long before the start check-in begins"),
        Wording(
            "考生在场次开始前这段时间内可以签到；来得更早的，系统会告诉考生几点开始。",
            "People can be checked in from then on; whoever comes earlier is told the hour.",
        ),
        least=10,
        most=240,
    ),
    _number(
        "late_minutes",
        30,
        Wording("开始后多久停止签到", "How long after the start check-in ends"),
        Wording(
            "超过这段时间不再签到，没有到场的可以记为缺考，名单可以封存。缺考按不合格处理。",
            "From then on nobody is checked in, absences can be recorded and the roster can be closed. "
            "An absence is judged as a failure.",
        ),
        least=0,
        most=480,
        basis=ARTICLE_46,
    ),
    _number(
        "undo_minutes",
        10,
        Wording("签到和成绩可以撤回多久", "How long a check-in or a result can be taken back"),
        Wording(
            "登记后这段时间内可以撤回；以后成绩生效，写入档案并通知考生。",
            "A wrong key can be put right within this time; then the result takes effect and the person is told.",
        ),
        least=0,
        most=120,
    ),
    _number(
        "offline_hours",
        6,
        Wording("断网签到可以在多久以内补传", "How old a check-in may be that a device without network sends"),
        Wording(
            "断网时的签到按设备上的时间计算是否迟到，恢复后在这段时间内补传；只限当天。",
            "Without network a check-in counts from the time on the device, if it is sent within this time and "
            "on the same day.",
        ),
        least=1,
        most=24,
        unit=HOURS,
    ),
    Setting(
        "exams.absent_by_itself",
        Group.EXAM_DAY,
        Kind.YES_NO,
        False,
        Wording("场次结束后是否自动记缺考", "Are people recorded as absent by themselves?"),
        Wording(
            "否：封存名单时记缺考，断网的设备可以先补传签到。是：场次结束并停止签到后自动记缺考。",
            "No: closing the roster does it, so that a device without network can send its check-ins first. "
            "Yes: once the session is over and check-in has ended.",
        ),
        ARTICLE_46,
    ),
)
