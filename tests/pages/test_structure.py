"""Every page has its heading, its labels, its tokens, and says when something was wrong."""

import pytest

from tests.pages.house import ENGLISH, STRANGER
from tests.pages.sights import CHUNKS, Drawn, Gallery, Sight
from tests.pages.structure import structure_faults

SOUND = """<!DOCTYPE html><html lang="en"><head><title>Error: Book</title></head><body>
<a class="skip" href="#main">Skip</a><nav></nav><main id="main"><h1>Book</h1><div class="error-summary">Look</div>
<form method="post"><input type="hidden" name="csrf_token"><label for="a">Name</label><input id="a" name="name">
<button>Send</button></form></main></body></html>"""
BREAKS = {
    "no label": ("<label", "<span"),
    "label elsewhere": ('for="a"', 'for="b"'),
    "two headings": ("<form", "<h1>More</h1><form"),
    "no heading": ("h1", "h2"),
    "the same id twice": ("<form", '<p id="a"></p><form'),
    "no error in the title": ("Error: ", ""),
    "no way past the frame": ('class="skip"', ""),
    "the way past leads nowhere": ('id="main"', ""),
    "another language": ('lang="en"', 'lang="zh"'),
    "no token": ("csrf_token", "other"),
    "a field that takes the focus": ('name="name"', 'name="name" autofocus'),
    "a button without words": ("Send", ""),
}


def drawn(text: str) -> Drawn:
    return Drawn(Sight("sound", STRANGER, "x"), ENGLISH, 422, "/", [], text)


@pytest.mark.parametrize("number", range(CHUNKS))
def test_every_page_is_built_as_pages_are(gallery: Gallery, number: int) -> None:
    faults = {str(drawn): found for drawn in gallery.chunk(number) if (found := structure_faults(drawn))}

    assert faults == {}


def test_a_sound_page_has_no_fault() -> None:
    assert structure_faults(drawn(SOUND)) == []


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_missing_is_noticed(name: str) -> None:
    assert structure_faults(drawn(SOUND.replace(*BREAKS[name])))
