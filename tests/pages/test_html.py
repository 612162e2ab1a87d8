"""Every page is valid HTML, and every style sheet valid CSS, by the Nu Html Checker."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.pages.sights import CHUNKS, Gallery

JARS = sorted((ROOT / "build" / "checker").glob("vnu-*.jar"))
JAVA = shutil.which("java")
IS_THERE = JAVA is not None and bool(JARS)
SHEETS = ROOT / "static" / "css"


@pytest.fixture(scope="module", autouse=True)
def checker() -> None:
    """Without the checker this is skipped aloud; in CI that is a failure of the machine."""
    if not IS_THERE and os.environ.get("CI"):
        pytest.fail("CI needs the Nu Html Checker; `make checker` fetches it.")
    if not IS_THERE:
        pytest.skip("no Nu Html Checker on this machine: NOT TESTED")


def complaints(*arguments: str | Path) -> list[dict[str, Any]]:
    """Return what the checker says of files or folders, warnings included."""
    command: Sequence[str] = [
        str(JAVA),
        "-Xss4m",
        "-jar",
        str(JARS[-1]),
        "--format",
        "json",
        "--stdout",
        *map(str, arguments),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    messages: list[dict[str, Any]] = json.loads(answer.stdout)["messages"]
    return messages


# htmx reads attributes of its own; that browsers pass over what they do not know is part of HTML.
# Of SVG's own properties the checker knows not all.
EXCEPTIONS = ("Attribute “hx-", "“vector-effect” doesn't exist")


def in_words(messages: Sequence[dict[str, Any]]) -> list[str]:
    """Return what is to be mended, each once; of what is only advised, nothing."""
    errors = [one for one in messages if one["type"] == "error"]
    found = [one for one in errors if not any(known in one["message"] for known in EXCEPTIONS)]
    return sorted({f"{Path(one['url']).name}: {one['message']} {one.get('extract', '')[:120]!r}" for one in found})


def test_every_page_is_valid(gallery: Gallery) -> None:
    for number in range(CHUNKS):
        assert any(gallery.chunk(number))

    messages = complaints("--skip-non-html", *sorted(gallery.folder.glob("chunk-*/")))

    assert in_words(messages) == []


def test_every_sheet_is_valid() -> None:
    assert in_words(complaints("--css", *SHEETS.glob("*.css"))) == []


@pytest.mark.parametrize(
    "broken", ["<p><div></div></p>", '<a href="/"><button>x</button></a>', '<i id="a"></i><i id="a"></i>']
)
def test_what_is_not_valid_is_noticed(tmp_path: Path, broken: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(f'<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{broken}</body></html>')

    assert complaints(page)


@pytest.mark.parametrize("broken", ["p { colour: red }", "p { color: redd }"])
def test_css_that_is_not_valid_is_noticed(tmp_path: Path, broken: str) -> None:
    sheet = tmp_path / "sheet.css"
    sheet.write_text(broken)

    assert complaints("--css", sheet)
