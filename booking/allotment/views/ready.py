"""Ready words for the public reason of a session taken back in a hurry: chosen by a link, and free to change."""

from collections.abc import Mapping, Sequence

from flask import request, url_for

from booking.kernel.errors import Wording
from booking.web.language import worded

# By code: what the choice is called, and what everybody then reads.
READY: Mapping[str, tuple[Wording, Wording]] = {
    "weather": (
        Wording("恶劣天气", "Bad weather"),
        Wording(
            "因恶劣天气，为保障安全，本场取消。您的排序时间不变，补充场次优先安排。",
            "Bad weather: the session is withdrawn for your safety. Your ranking time stays as it is, and make-up"
            " places come to you first.",
        ),
    ),
    "equipment": (
        Wording("设备故障", "Equipment failure"),
        Wording(
            "因设备故障正在抢修，本场取消。您的排序时间不变，补充场次优先安排。",
            "Equipment failed and is being repaired: the session is withdrawn. Your ranking time stays as it is, and"
            " make-up places come to you first.",
        ),
    ),
    "power": (
        Wording("停电", "Power cut"),
        Wording(
            "因停电无法办理，本场取消。您的排序时间不变，补充场次优先安排。",
            "Power cut: the session cannot be held and is withdrawn. Your ranking time stays as it is, and make-up"
            " places come to you first.",
        ),
    ),
}


def ready_text() -> dict[str, str]:
    """Return the words that the address chooses, by the fields they are for; "" for none."""
    _called, text = READY.get(request.args.get("text", ""), (None, Wording("", "")))
    return {"reason": text.zh, "reason_en": text.en}


def ready_choices() -> Sequence[tuple[str, str]]:
    """Return each choice with the address of this page that makes it."""
    args = {**(request.view_args or {}), **{name: value for name, value in request.args.items() if name != "text"}}
    return [
        (worded(called), url_for(str(request.endpoint), **args, text=code, _anchor="propose"))
        for code, (called, _text) in READY.items()
    ]
