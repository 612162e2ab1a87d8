"""A real Chromium against the real application on a loopback port, with the office's clock in the test's hand."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect
from werkzeug.serving import make_server

from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.web.language import whole
from config import read_settings
from tests import factories
from tests.applications import application

# The folder for pictures, if any are wanted: they take a tenth of the time.
PICTURES = os.environ.get("BOOKING_PICTURES", "")
PHONE, DESK = (390, 844), (1280, 900)
# Answers of 4xx and no network are part of the journeys; htmx tells the console of each request that came to nothing.
EXPECTED = ("status of 4", "ERR_INTERNET_DISCONNECTED", "htmx:")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def address(sessions: Sessions, clock: FixedClock, tmp_path: Path) -> Iterator[str]:
    """Serve the application and yield where."""
    settings = read_settings({"BOOKING_DATA": str(tmp_path), "BOOKING_DEMO": "1"})
    with unit_of_work(sessions) as session:
        factories.password_alone(session)  # as in the demo city; the second factor has tests of its own
    server = make_server("127.0.0.1", 0, application(settings, sessions, clock), threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))  # looks so often whether it is to end
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Person:
    """Somebody at a browser, who keeps a picture of each page that matters where BOOKING_PICTURES names a folder."""

    page: Page
    address: str
    journey: str
    pictures: int = 0

    def visit(self, path: str) -> None:
        self.page.goto(self.address + path)

    @contextmanager
    def turns_the_page(self) -> Iterator[None]:
        """Do the step within, and go on when the page to which it leads has loaded.

        Else whatever is looked for next may be looked for on the page that is just being left.
        """
        with self.page.expect_navigation():
            yield

    def press(self, name: str) -> None:
        """Press the button, or follow the link, of that name in the main part of the page, and see the next page."""
        with self.turns_the_page():
            self.press_here(name)

    def press_here(self, name: str) -> None:
        """Press the button, or follow the link, that leads to no other page: a script's, or a download."""
        main = self.page.get_by_role("main")
        button, link = (main.get_by_role(role, name=name, exact=True).first for role in ("button", "link"))
        button.or_(link).first.wait_for()
        (button if button.is_visible() else link).click()

    def submit(self) -> None:
        """Send the form of the page."""
        with self.turns_the_page():
            self.page.locator("main form button[type=submit]").first.click()

    def tick(self, boxes: Locator, *, count: int) -> None:
        """Tick all of the boxes, and fail if there are not as many."""
        expect(boxes).to_have_count(count)
        for box in boxes.all():
            box.check()

    def reads(self, words: str) -> None:
        """Fail unless the words stand on the page."""
        self.page.get_by_text(whole(words)).first.wait_for(timeout=5000)

    def keeps_a_picture(self) -> None:
        self.pictures += 1
        keep_a_picture(self.page, f"{self.journey}-{self.pictures:02}")


def keep_a_picture(page: Page, name: str) -> None:
    """Take a picture of the whole page, where BOOKING_PICTURES names a folder."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
def somebody(chromium: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Return a function that seats somebody at a browser: a phone or a desk, with or without JavaScript."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        is_expected = any(words in message.text for words in EXPECTED)
        if message.type in ("error", "warning") and not is_expected:
            complaints.append(message.text)

    def seated(size: tuple[int, int] = DESK, *, scripts: bool = True) -> Person:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", note)
        journey = request.node.name.removeprefix("test_").split("[")[0]
        return Person(page, address, f"{journey}-{len(contexts)}")

    yield seated
    for context in contexts:
        context.close()
    assert complaints == []
