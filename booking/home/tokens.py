"""The tokens of the style sheet for the style page: read from the sheet itself, so that no number grows old."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import current_app

SIZES = ("t0", "t1", "t2", "t3", "t4", "t5")
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
# Text and the grounds it stands on; the first is the one of most pages.
PAIRS = (
    *((text, ground) for text in ("ink", "muted", "brand") for ground in ("paper", "surface", "wash")),
    ("on-brand", "brand"),
    ("on-band", "band"),
    ("on-band-soft", "band-deep"),
    *((tone, f"{tone}-bg") for tone in ("green", "blue", "gold", "red", "grey")),
)
SHAPES = (("edge", "surface"), ("level", "surface"))
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*(.*?\n  \})\s*\}", re.DOTALL)
_RULE = re.compile(r"(?P<selector>:root|\[data-easy\]) \{(?P<body>[^{}]*)\}")
_TOKEN = re.compile(r"--([\w-]+): ([^;]+);")


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour on its ground, with the contrast (1 to 21) in the four looks: light, dark, and both in large type."""

    text: str
    ground: str
    contrasts: tuple[float, ...]


def pairs() -> Sequence[Pair]:
    """Return every text and shape on its ground."""
    looks = _looks(_sheet())
    return [
        Pair(text, ground, tuple(contrast(look[text], look[ground]) for look in looks))
        for text, ground in (*PAIRS, *SHAPES)
    ]


def values() -> Mapping[str, str]:
    """Return the sizes and spaces of standard type as the sheet writes them."""
    return {name: value for name, value in _looks(_sheet())[0].items() if name in (*SIZES, *SPACES)}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.2, cut to one place: it is never said to be better than it is."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return int((light + 0.05) / (dark + 0.05) * 10) / 10


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _sheet() -> str:
    return Path(str(current_app.static_folder), "css", "app.css").read_text(encoding="utf-8")


@cache
def _looks(sheet: str) -> tuple[Mapping[str, str], ...]:
    """Return the tokens of light, dark, light in large type and dark in large type, by the order of the cascade."""
    screen = sheet.split("@media print {", maxsplit=1)[0]
    plain, dark = _DARK.sub("", screen), "\n".join(_DARK.findall(screen))

    def given(text: str, selector: str) -> dict[str, str]:
        bodies = [rule["body"] for rule in _RULE.finditer(text) if rule["selector"] == selector]
        return dict(_TOKEN.findall(";".join(bodies)))

    light = given(plain, ":root")
    night = light | given(dark, ":root")
    large = given(plain, "[data-easy]")
    return light, night, light | large, night | large | given(dark, "[data-easy]")
