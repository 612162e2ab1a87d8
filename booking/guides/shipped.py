"""The guides that come with the program, version 0 of each: they stand until the office approves its own."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from booking.guides.rules.sections import Content, Section, Texts
from booking.kernel.errors import Language, Wording

FOLDER = Path(__file__).parents[2] / "templates" / "guides" / "shipped"
NAMES = ("driving-tests", "inspections", "cancelling", "complaints")
MARK = "== "


@cache
def shipped() -> Mapping[str, Content]:
    """Return the shipped guides by name, in the order in which pages list them."""
    return {name: _content(name) for name in NAMES}


def _content(name: str) -> Content:
    (title_zh, zh), (title_en, en) = _read(name, "zh"), _read(name, "en")
    return Content(Wording(title_zh, title_en), zh, en)


def _read(name: str, language: Language) -> tuple[str, Texts]:
    head, *parts = (FOLDER / f"{name}.{language}.txt").read_text(encoding="utf-8").split(f"\n{MARK}")
    texts = {}
    for part in parts:
        code, _, text = part.partition("\n")
        texts[Section(code.strip())] = text.strip()
    return head.strip(), texts
