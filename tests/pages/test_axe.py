"""Every page in a real browser: axe finds nothing, in the light and in the dark; nothing runs over at 320 px.

WCAG 2.0 to 2.2, levels A and AA. Normal type is looked at on a desk, large type on the narrowest phone; the ordinary
run looks at each sight in one of its four states, which differs from sight to sight, `make pages` in all.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from tests.pages.house import CHINESE, STRANGER
from tests.pages.showing import Looker, looker, stage
from tests.pages.sights import CHUNKS, Drawn, Gallery, Sight

SOUND = """<!DOCTYPE html><html lang="en"><head><title>Book</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/app.css"></head><body><main id="main"><h1>Book</h1><form>
<label for="a">Name</label><input id="a"></form><p>Words</p></main></body></html>"""
# What is put in the place of the paragraph, and what must be said of it.
BROKEN = {
    "no label": ("<input>", "label"),
    "grey on white": ('<p class="pale">Words</p>', "color-contrast"),
    "pale in the dark only": ('<p class="shade">Words</p>', "in the dark color-contrast"),
    "wide": (
        '<table><tr><td><img src="/static/img/favicon.svg" width="900" alt="x"></td></tr></table>',
        "at 320 px the page",
    ),
    "cut off": ('<p class="short">A sentence that is far longer than its box</p>', "at 320 px cut off"),
    "a script in the page": ("<script>let a = 1;</script>", "console"),
    "a picture that is missing": ('<img src="/static/img/nowhere.svg" alt="x">', "console"),
}
SHEET = """.pale { color: #999; background: #fff } .short { white-space: nowrap; width: 6em; overflow: hidden }
.shade { color: #000; background: #fff }
@media (prefers-color-scheme: dark) { .shade { color: #777; background: #666 } }"""


@pytest.fixture
def eyes(chromium: Browser, gallery: Gallery) -> Iterator[Looker]:
    house = gallery.house()
    with stage(house.app()) as on, looker(chromium, on) as looking:
        yield looking
    house.close()


@pytest.mark.parametrize("number", range(CHUNKS))
def test_every_page_can_be_read_and_used_by_everybody(eyes: Looker, gallery: Gallery, number: int) -> None:
    looked_at = (drawn for drawn in gallery.chunk(number) if drawn.is_looked_at)
    faults = {str(drawn): found for drawn in looked_at if (found := eyes.faults(drawn))}

    assert faults == {}


@pytest.fixture
def sound(gallery: Gallery) -> Drawn:
    """A page of our own making, with the headers of every page."""
    headers = next(gallery.chunk(0)).headers
    return Drawn(Sight("sound", STRANGER, "x"), CHINESE, 200, "/sound", headers, SOUND)


def test_a_sound_page_has_no_fault(eyes: Looker, sound: Drawn) -> None:
    assert eyes.faults(sound) == []


def test_the_same_address_is_shown_anew_in_each_state(eyes: Looker, sound: Drawn) -> None:
    kept_a_while = replace(sound, headers=[*sound.headers, ("Cache-Control", "public, max-age=60")])
    eyes.open(kept_a_while)

    eyes.open(replace(kept_a_while, text=SOUND.replace("Words", "Other words")))

    assert eyes.page.locator("p").inner_text() == "Other words"


def test_pale_in_the_dark_only_is_sound_in_the_light(eyes: Looker, sound: Drawn) -> None:
    eyes.page.context.route("**/app.css", lambda route: route.fulfill(body=SHEET, content_type="text/css"))

    faults = eyes.faults(replace(sound, text=SOUND.replace("<p>Words</p>", BROKEN["pale in the dark only"][0])))

    assert [fault.partition(":")[0] for fault in faults] == ["in the dark color-contrast"]


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_noticed(eyes: Looker, sound: Drawn, name: str) -> None:
    part, said = BROKEN[name]
    eyes.page.context.route("**/app.css", lambda route: route.fulfill(body=SHEET, content_type="text/css"))

    faults = eyes.faults(replace(sound, text=SOUND.replace("<p>Words</p>", part)))

    assert [fault for fault in faults if fault.startswith(said)]
