"""Two languages, complete: every sentence of pages and views stands in the Chinese catalogues, once."""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from booking.audit.words import ACTS, KINDS

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


def recorded() -> Iterator[tuple[str, str, str]]:
    """Yield (act, kind of object, file) of every entry of the log whose act stands in the code as it is."""
    for path in (ROOT / "booking").rglob("*.py"):
        text = path.read_text()
        for call in ast.walk(ast.parse(text)) if "record" in text else ():
            if isinstance(call, ast.Call) and ast.unparse(call.func) in (
                "record",
                "audit.record",
                "audit.record_all",
            ):
                act, kind = (one.value if isinstance(one, ast.Constant) else "" for one in call.args[1:3])
                yield str(act), str(kind), path.name


def test_the_log_has_words_for_every_act_and_for_what_it_is_about() -> None:
    known = {"", *ACTS, *KINDS}

    said = {word: file for act, kind, file in recorded() for word in (act, kind)}

    assert "request made" in said
    assert {word: file for word, file in said.items() if word not in known} == {}
