"""Which words of a page are in another language than the page says (WCAG 3.1.2)."""

import re
from collections.abc import Iterator, Sequence, Set

from tests.pages.tree import Element, parsed

HAN = re.compile(r"[\u3400-\u9fff]")
# A word that is written small, in whole or in part: what is all capitals and digits is a code in any language.
ENGLISH = re.compile(r"[A-Za-z’'-]*[a-z]{2}[A-Za-z’'-]*")
LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")
PLATE = re.compile(r"[\u4e00-\u9fff][A-Z]·?[A-Z0-9*]{2,}[学警领试港澳挂]?")
# Addresses, names of files, hashes, commands, names of settings and of columns: the same in every language.
CODES = re.compile(
    r"https?://\S+|[\w.-]+@[\w.-]+|/[\w/.<>{}-]+|[\w-]+\.(?:py|pyz|json|csv|xlsx|pdf|ics|zip)\b"
    r"|\b[0-9a-f]{16,}\b|\bbooking [a-z-]+|\b[a-z0-9]+(?:[._][a-z0-9]+)+\b"
)
PROVINCES = re.compile(r"^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]$")  # of plates
# What things are called in any language: words printed on documents, and names.
PRINTED = re.compile(
    "行驶证|交强险|车辆类型|使用性质|核定载人数|注册日期|检验有效期至|车辆识别代号|统一社会信用代码|检验标志"
    "|交管12123|张 123X|测试甲"
)
CALLED_SO = {"drand", "JavaScript", "Excel", "Python", "Quicknet", "iPhone", "Cookie", "English"}
SPOKEN = ("aria-label", "alt", "placeholder", "title")
UNREAD = ("script", "style", "code", "pre", "kbd", "samp", "template")


def names_in_one(names: Sequence[str]) -> re.Pattern[str]:
    """Return what finds any of the names, or the beginning of a person's that is followed by stars."""
    longest_first = sorted({name for name in names if name}, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, longest_first), r"[\u4e00-\u9fff]{1,3}\*+\w*"]))


def foreign_words(page: str, proper: re.Pattern[str], codes: Set[str] = frozenset()) -> list[str]:
    """Return what a screen reader would speak in the wrong language. Names and codes may stand on any page."""
    root = parsed(page)
    return [fault for element, text in _read(root) if (fault := _fault(_language(element), text, proper, codes))]


def _read(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield everything that is read or spoken, and where it stands."""
    for element, text in root.texts():
        if LETTER.search(text) and not any(around.tag in UNREAD for around in element.chain()):
            yield element, " ".join(text.split())
    for element in root.all():
        yield from ((element, element.get(name)) for name in SPOKEN if element.get(name))


def _language(element: Element) -> str:
    return next((around.get("lang") for around in element.chain() if around.has("lang")), "")


def _fault(language: str, text: str, proper: re.Pattern[str], codes: Set[str]) -> str:
    """Return the text if something in it is of another language and no name; of a Chinese text also what."""
    if not (HAN if language == "en" else ENGLISH).search(text):
        return ""
    rest = proper.sub(" ", text)
    if language == "en":
        return text if HAN.search(PROVINCES.sub("", PRINTED.sub(" ", PLATE.sub(" ", rest)))) else ""
    words = set(ENGLISH.findall(CODES.sub(" ", rest))) - CALLED_SO - codes
    return f"{', '.join(sorted(words))}: {text}" if words else ""
