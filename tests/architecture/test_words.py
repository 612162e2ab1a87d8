"""Two languages, complete: every sentence of pages and views stands in the Chinese catalogues, once."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "booking/web/translations/zh/LC_MESSAGES").glob("*.po"))
METHODS = [("booking/**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "_n": (1, 2)}


@cache
def extracted() -> dict[str, str]:
    """Return every msgid of code and templates, with the file it was first seen in."""
    found = extract_from_dir(ROOT, METHODS, OPTIONS, keywords=KEYWORDS)
    return {_first(ids): file for file, _, ids, _, _ in found}


def _first(ids: str | Sequence[str] | None) -> str:
    """Return the msgid: of a plural, its singular."""
    return ids if isinstance(ids, str) else (ids or ("",))[0]


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def translated(path: Path) -> dict[str, str]:
    """Return msgid -> Chinese of one catalogue; plural forms have one in Chinese."""
    return {_first(message.id): _first(message.string) for message in catalogue(path) if message.id}


def test_every_sentence_has_its_chinese() -> None:
    known = {msgid for path in CATALOGUES for msgid, chinese in translated(path).items() if chinese}

    missing = {msgid: file for msgid, file in extracted().items() if msgid not in known}

    assert missing == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_no_catalogue_keeps_a_sentence_that_no_page_says(path: Path) -> None:
    assert sorted(set(translated(path)) - set(extracted())) == []


def test_one_sentence_has_one_chinese() -> None:
    seen: dict[str, str] = {}
    for path in CATALOGUES:
        for msgid, chinese in translated(path).items():
            assert seen.setdefault(msgid, chinese) == chinese, f"{msgid!r} is translated twice, differently"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_the_gaps_of_the_sentence(path: Path) -> None:
    for message in catalogue(path):
        if message.id:
            assert not list(message.check()), f"{message.id!r} and its Chinese differ in their gaps"
            assert not message.fuzzy
