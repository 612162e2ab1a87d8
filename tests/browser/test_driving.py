"""The keyboard of the journeys notices what keeps people without a mouse from a page."""

import pytest

from tests.browser.driving import Keys, Seated

BUTTON = "<main><p>…</p><button>预约</button></main>"
RIM = "<style>:focus { outline: 3px solid }</style>"
COVER = "<div style='position: fixed; inset: 0; background: white'></div>"
TRAP = "<input onkeydown='event.key === `Tab` && event.preventDefault()' aria-label='陷阱'>"


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("<style>button { outline: none !important }</style>" + BUTTON, "no rim"),
        (RIM + BUTTON + COVER, "is covered by"),
        (RIM + "<style>button { position: absolute; left: -999px }</style>" + BUTTON, "not in sight"),
        (RIM + TRAP + BUTTON, "is a trap"),
        (RIM + BUTTON.replace("<button", "<button tabindex=-1"), "Tab does not lead there"),
    ],
)
def test_a_page_that_cannot_be_used_by_keyboard_is_noticed(somebody: Seated, page: str, problem: str) -> None:
    keys = Keys(somebody())
    keys.page.set_content(page)

    with pytest.raises(AssertionError, match=problem):
        keys.press_here("预约")


def test_a_sound_page_is_used_by_keyboard(somebody: Seated) -> None:
    keys = Keys(somebody())
    keys.page.set_content(
        RIM + "<a href='#'>…</a>" + BUTTON.replace("<button", "<button onclick='this.textContent = 1'")
    )

    keys.press_here("预约")

    assert keys.page.get_by_role("button").inner_text() == "1"
