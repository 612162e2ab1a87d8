"""Plate numbers: their normal form, whether one can exist under its plate type, and how it is masked.

The types are the national codes (号牌种类). Types whose form no source gives are not booked on line.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from booking.kernel.errors import Wording
from booking.kernel.identifiers import InvalidIdentifierError, plain_number

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
OFFICE_PREFIX = "粤G"


class PlateType(StrEnum):
    """The plate types whose form is known."""

    LARGE = "01"
    SMALL = "02"
    OVERSEAS = "05"
    FOREIGN = "06"
    MOTORCYCLE = "07"
    MOPED = "08"
    OVERSEAS_MOTORCYCLE = "11"
    FOREIGN_MOTORCYCLE = "12"
    LOW_SPEED = "13"
    TRAILER = "15"
    TRAINING = "16"
    TRAINING_MOTORCYCLE = "17"
    POLICE = "23"
    POLICE_MOTORCYCLE = "24"
    HONG_KONG = "26"
    MACAO = "27"
    LARGE_NEW_ENERGY = "51"
    SMALL_NEW_ENERGY = "52"


PLATE_TYPES: Mapping[PlateType, Wording] = {
    PlateType.LARGE: Wording("大型汽车", "large vehicle"),
    PlateType.SMALL: Wording("小型汽车", "small vehicle"),
    PlateType.OVERSEAS: Wording("境外汽车", "vehicle from overseas"),
    PlateType.FOREIGN: Wording("外籍汽车", "foreigner's vehicle"),
    PlateType.MOTORCYCLE: Wording("两、三轮摩托车", "motorcycle"),
    PlateType.MOPED: Wording("轻便摩托车", "moped"),
    PlateType.OVERSEAS_MOTORCYCLE: Wording("境外摩托车", "motorcycle from overseas"),
    PlateType.FOREIGN_MOTORCYCLE: Wording("外籍摩托车", "foreigner's motorcycle"),
    PlateType.LOW_SPEED: Wording("低速车", "low-speed vehicle"),
    PlateType.TRAILER: Wording("挂车", "trailer"),
    PlateType.TRAINING: Wording("教练汽车", "training vehicle"),
    PlateType.TRAINING_MOTORCYCLE: Wording("教练摩托车", "training motorcycle"),
    PlateType.POLICE: Wording("警用汽车", "police vehicle"),
    PlateType.POLICE_MOTORCYCLE: Wording("警用摩托车", "police motorcycle"),
    PlateType.HONG_KONG: Wording("香港入出境车", "vehicle of Hong Kong"),
    PlateType.MACAO: Wording("澳门入出境车", "vehicle of Macao"),
    PlateType.LARGE_NEW_ENERGY: Wording("大型新能源汽车", "large new-energy vehicle"),
    PlateType.SMALL_NEW_ENERGY: Wording("小型新能源汽车", "small new-energy vehicle"),
}

_SERIAL = "A-HJ-NP-Z0-9"  # no I and O
_ENERGY = "A-HJK"  # D and F since 2016, A B C E G H J K since GA 36-2018


def _form(serial: str) -> re.Pattern[str]:
    return re.compile(serial, re.ASCII)


ORDINARY = _form(f"[{_SERIAL}]{{5}}")
# The last character where the type has one of its own.
LAST: Mapping[PlateType, str] = {
    PlateType.TRAILER: "挂",
    PlateType.TRAINING: "学",
    PlateType.TRAINING_MOTORCYCLE: "学",
    PlateType.POLICE: "警",
    PlateType.POLICE_MOTORCYCLE: "警",
    PlateType.HONG_KONG: "港",
    PlateType.MACAO: "澳",
}
FORMS: Mapping[PlateType, re.Pattern[str]] = {
    **dict.fromkeys(PlateType, ORDINARY),
    **{plate_type: _form(f"[{_SERIAL}]{{4}}{last}") for plate_type, last in LAST.items()},
    PlateType.SMALL_NEW_ENERGY: _form(rf"[{_ENERGY}][{_SERIAL}]\d{{4}}"),
    PlateType.LARGE_NEW_ENERGY: _form(rf"\d{{5}}[{_ENERGY}]"),
}

PROBLEMS: Mapping[str, Wording] = {
    "type": Wording(
        "这种号牌不能在网上预约，请到窗口办理。", "Plates of this type are not booked on line; come to the counter."
    ),
    "province": Wording(
        "号牌的第一个字应是省份简称，如“粤”。", "A plate begins with the character of its province, such as 粤."
    ),
    "letter": Wording(
        "号牌的第二位应是发牌机关的字母（没有 I），如“粤G”。",
        "The second place is the letter of the issuing office (never I), as in 粤G.",
    ),
    "serial": Wording(
        "号牌序号中没有字母 I 和 O，请看看是不是数字 1 和 0。",
        "The serial has no letters I and O; look whether they are the digits 1 and 0.",
    ),
    "shape": Wording(
        "号牌号码的位数或写法不对，请照行驶证填写。",
        "The number is not written like a plate; copy it from the licence.",
    ),
    "other-type": Wording(
        "这个号码不是所选号牌种类的写法，请核对号牌种类（新能源号牌比普通号牌多一位）。",
        "This number belongs to another plate type; check the type (new-energy plates have one character more).",
    ),
}


class InvalidPlateError(InvalidIdentifierError):
    """Such a plate cannot exist; `problem` is a key of `PROBLEMS`."""


def plate_number(plate_type: str, text: str) -> str:
    """Return the number in normal form, 粤G12345; raise `InvalidPlateError`.

    Full-width and small letters, spaces, dashes, brackets and any dot between are tolerated. Type and form must
    agree: a new-energy plate is typed as one, and nothing else is.
    """
    form = FORMS[_known(plate_type)]
    number = re.sub(r"[·・•∙⋅‧.]", "", plain_number(text))
    if not number or number[0] not in PROVINCES:
        raise InvalidPlateError("province")
    if not re.fullmatch(r"[A-HJ-Z]", number[1:2]):
        raise InvalidPlateError("letter")
    serial = number[2:]
    if not form.fullmatch(serial):
        raise InvalidPlateError(_problem(serial))
    return number


def _known(plate_type: str) -> PlateType:
    try:
        return PlateType(plate_type)
    except ValueError:
        raise InvalidPlateError("type") from None


def _problem(serial: str) -> str:
    if "I" in serial or "O" in serial:
        return "serial"
    return "other-type" if any(form.fullmatch(serial) for form in FORMS.values()) else "shape"


def masked_plate(plate: str) -> str:
    """Hide the middle of the serial: 粤G·1***5, and 粤G·D****5 of a new-energy plate."""
    serial = plate[2:]
    return f"{plate[:2]}·{serial[:1]}{'*' * (len(serial) - 2)}{serial[-1:]}"


def is_of_office(plate: str, prefix: str = OFFICE_PREFIX) -> bool:
    """Say whether an office issued the plate. Whether it keeps the registration is the register's to say."""
    return plate.startswith(prefix)
