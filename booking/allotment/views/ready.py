"""Ready words for the public reason of a session taken back in a hurry: chosen by a link, and free to change."""

from collections.abc import Mapping, Sequence

from flask import request, url_for

from booking.kernel.errors import Wording
from booking.web.language import worded

# By code: what the choice is called, and what everybody then reads. Published reasons are in Chinese.
READY: Mapping[str, tuple[Wording, str]] = {
    "weather": (
        Wording("恶劣天气", "Bad weather"),
        "因恶劣天气，为保障安全，本场取消。您的排序时间不变，补充场次优先安排。",
    ),
    "equipment": (
        Wording("设备故障", "Equipment failure"),
        "因设备故障正在抢修，本场取消。您的排序时间不变，补充场次优先安排。",
    ),
    "power": (
        Wording("停电", "Power cut"),
        "因停电无法办理，本场取消。您的排序时间不变，补充场次优先安排。",
    ),
}


def ready_text() -> str:
    """Return the words that the address chooses; "" for none."""
    return READY.get(request.args.get("text", ""), (None, ""))[1]


def ready_choices() -> Sequence[tuple[str, str]]:
    """Return each choice with the address of this page that makes it."""
    args = {**(request.view_args or {}), **{name: value for name, value in request.args.items() if name != "text"}}
    return [
        (worded(called), url_for(str(request.endpoint), **args, text=code, _anchor="propose"))
        for code, (called, _text) in READY.items()
    ]
