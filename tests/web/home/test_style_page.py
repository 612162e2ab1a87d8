"""The style page: every macro and every token, with the contrast that the sheet really has."""

import re
from pathlib import Path

from tests.web.conftest import Visitor

ROOT = Path(__file__).parents[3]
# What cannot be looked at: links to sheets and scripts, attributes, hidden fields, sentences for screen readers.
UNSEEN = {
    "calendar_sheet", "csrf", "live", "live_scripts", "month_says", "part", "refreshed", "sheet", "typed", "updated",
    "status_word", "errors",  # the words of `tag`, a part of `field`
    "import_form", "impact_of_site", "post_button",  # forms that post, made of parts that are shown
}  # fmt: skip


def test_every_macro_is_shown() -> None:
    macros = "".join(path.read_text("utf-8") for path in (ROOT / "templates/macros").glob("*.html"))
    shown = (ROOT / "templates/home/style.html").read_text("utf-8").split("{% block main %}")[1]

    named = set(re.findall(r"\{% macro ([a-z]\w*)\(", macros))

    assert sorted(name for name in named - UNSEEN if f"{name}(" not in shown) == []
    assert named >= UNSEEN


def test_every_look_of_a_colour_is_measured(stranger: Visitor) -> None:
    page = stranger.get("/style").text

    row = page.split("ink · surface")[1].split("</tr>")[0]
    assert re.findall(r"<div>([\d.]+)</div>", row) == ["15.7", "13.7", "21.0", "18.4"]


def test_the_page_says_whether_large_type_is_on(stranger: Visitor) -> None:
    assert "Large type is off." in stranger.get("/style").text

    stranger.set_cookie("easy", "yes")
    assert "Large type is on." in stranger.get("/style").text
