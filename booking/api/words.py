"""The language of an answer, and the sentences that only the API says."""

from collections.abc import Mapping
from datetime import datetime

from flask import request

from booking.kernel.calendar import LOCAL
from booking.kernel.errors import Language, Wording

TITLES: Mapping[int, Wording] = {
    400: Wording("请求无法理解", "The request could not be understood"),
    401: Wording("需要登录", "Sign in first"),
    403: Wording("没有权限", "Not allowed"),
    404: Wording("没有找到", "Not found"),
    405: Wording("这个地址不支持这种方法", "This address does not know this method"),
    409: Wording("情况已经变化", "Things have changed"),
    413: Wording("内容过大", "Too large"),
    422: Wording("现在不能办理", "Not possible"),
    429: Wording("尝试次数太多", "Too many tries"),
    500: Wording("系统出错", "Our mistake"),
    503: Wording("系统繁忙，请稍后再试", "Too busy at the moment; try again later"),
}
NO_TOKEN = Wording(
    "请在 Authorization 头中使用有效的令牌；令牌由 POST /api/v1/tokens 取得。",
    "Send a valid bearer token in the Authorization header; POST /api/v1/tokens gives one.",
)
WRONG_LOGIN = Wording("登录名和密码不符，请检查。", "Login and password do not belong together. Please check both.")
NO_KEY = Wording(
    "请在 Idempotency-Key 头中为每次预约或申请写一个新的、1 至 64 个可见 ASCII 字符的键。",
    "Send an Idempotency-Key header, new for each booking or request: 1 to 64 visible ASCII characters.",
)
KEY_REUSED = Wording(
    "这个 Idempotency-Key 已经用于另一次预约或申请。", "This Idempotency-Key was used for something else before."
)
NOT_ASKABLE = Wording("现在还不能申请，原因如下。", "This cannot be asked for now, for these reasons.")
SEND_REQUEST = Wording(
    "这个场次由排号决定，请在 {until} 前用 POST /api/v1/requests 提交申请。",
    "A round decides this session: send a request with POST /api/v1/requests before {until}.",
)
ROUND_DECIDES = Wording(
    "这个场次由排号决定，申请已经截止；剩余名额从 {opens} 起可以预约。",
    "A round decides this session, and requests have closed; what is left can be booked from {opens} on.",
)
RECORD_NOT_YET = Wording(
    "这个批次还没有排号。随机数最早在 {drawn} 公布，随后立即排号并公布完整记录。",
    "This round is not drawn yet. Its random value comes at {drawn} at the earliest; the record follows at once.",
)
WRONG_FIELD = Wording("“{field}”填写有误或缺少。", "The value of {field} is missing or not right.")


def language() -> Language:
    """Return the language of this answer: Chinese, unless the caller would rather have English."""
    return "en" if request.accept_languages.best_match(["zh", "en"], default="zh") == "en" else "zh"


def worded(wording: Wording, **facts: str) -> str:
    """Return a wording in the language of this answer."""
    return wording.filled(language(), facts)


def local_time(instant: datetime) -> str:
    """Return an instant as the office's clock shows it, for a sentence."""
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
