"""What a password must be, who needs a second factor (GB/T 22239-2019, 8.1.4.1), how long a reset waits. Pure."""

import re
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from booking.kernel.actors import Role

OFFICE = frozenset({Role.COUNTER, Role.PLANNER, Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR})
# The choices of the setting `accounts.second_factor`. Whoever books for themselves is never asked for one.
WITH_SECOND_FACTOR = {
    "staff": OFFICE | {Role.STATION, Role.EXAM_SITE},
    "office": OFFICE,
    "rules": OFFICE - {Role.COUNTER},
    "nobody": frozenset[Role](),
}
DECIDE_WITHIN = timedelta(hours=48)  # of a proposed reset; after that it is asked for again
LEAST_APPLICANT = 8
LEAST_STAFF = 12
MOST = 128  # longer texts only keep the hash busy
DIFFERENT = 4  # characters, below which a password is a drumming of fingers
RUN = 6  # so many digits of a phone or document give it away
SHORTEST_NAME = 2

# What people choose first. Words are compared in lower case, without the digits and signs at the end.
_WORDS = """
password passwort passw0rd p@ssword p@ssw0rd qwerty qwertyuiop qwert asdf asdfgh asdfghjkl zxcvbn zxcvbnm letmein
welcome admin administrator root guest user test demo secret changeme default master login system server iloveyou
woaini woaiwojia woaizhongguo wodemima mima nihao nihaoma zhongguo china beijing shanghai guangdong guangzhou
zhanjiang chepai jiashi jiazhao jiaoguan cheguansuo kaoshi jiaxiao dragon monkey football baseball sunshine
princess superman batman abc abcd abcde abcdef a aa aaa qaz qazwsx qazwsxedc wsx edc qwe asd zxc taobao alipay
weixin wechat qq baidu huawei xiaomi computer internet hello freedom whatever trustno
"""
_NUMBERS = """
5201314 1314520 52013140 7758521 7758258 147258369 159357 14725836 147852369 123321 112233 11223344 88888888
66668888 12341234 12344321 13145200 20082008 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx a1b2c3d4 123456aa 123456abc
"""
COMMON = frozenset(_WORDS.split())
COMMON_NUMBERS = frozenset(_NUMBERS.split())
SEQUENCES = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class Weakness(StrEnum):
    """Why a password is not accepted."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


def weakness(password: str, *, least: int, names: Sequence[str] = (), numbers: Sequence[str] = ()) -> Weakness | None:
    """Return what is wrong with a password, or None.

    `names` (also the login and the name in letters) must not stand in it, and no six characters in a row of
    `numbers` (phone, document).
    """
    if len(password) < least:
        return Weakness.SHORT
    if len(password) > MOST:
        return Weakness.LONG
    lower = password.lower()
    if _is_common(lower):
        return Weakness.COMMON
    if any(len(name) >= SHORTEST_NAME and name.lower() in lower for name in names):
        return Weakness.PERSONAL
    if any(part in lower for number in numbers for part in _runs(number.lower())):
        return Weakness.PERSONAL
    return None


def _is_common(password: str) -> bool:
    word = re.sub(r"[\W\d_]+$", "", password)
    if len(set(password)) < DIFFERENT or word in COMMON or password in COMMON_NUMBERS:
        return True
    return any(password in row or password in row[::-1] for row in SEQUENCES)


def _runs(number: str) -> list[str]:
    return [number[start : start + RUN] for start in range(len(number) - RUN + 1)]
