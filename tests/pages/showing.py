"""Stored sights in a real browser: each page at its address with its headers, all else from the application."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.pages.sights import Drawn

AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 320, "height": 800}
# In large type a bar stays in sight over what lies below: a window that holds the page shows all of it.
TALL_PHONE: ViewportSize = {"width": 320, "height": 30_000}
# A public page may be kept for a second, in which the same address is shown in another language and type.
MADE_HERE = ("Content-Length", "Cache-Control", "ETag", "Set-Cookie", "Location")
LOADING = "Failed to load resource"  # of the page itself, when it is a refusal
LOOK = """async ({tags, rules}) => {
  const only = rules.length ? {type: 'rule', values: rules} : {type: 'tag', values: tags};
  const how = {runOnly: only, resultTypes: ['violations'], elementRef: false, preload: false};
  const found = await axe.run(document, how);
  return found.violations.map(v => v.id + ': ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160)
    + ' ' + (n.any[0] || n.all[0] || n.none[0] || {message: ''}).message).join(' | '));
}"""
# What stands beyond the right edge, or is cut off by a box that hides what runs over.
OVERFLOWS = """() => {
  const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth, found = [];
  if (wide > room) found.push('the page is ' + wide + ' px wide');
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    if (!['hidden', 'clip'].includes(style.overflowX) || element.scrollWidth <= element.clientWidth + 1) continue;
    if (element.clientWidth <= 1 || style.clipPath !== 'none') continue;
    if (element.matches('input, select, textarea') || element.closest('svg, [aria-hidden=true]')) continue;
    found.push('cut off: ' + element.outerHTML.slice(0, 120));
  }
  return found;
}"""


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *args: Any) -> None:
        """Say nothing of each request."""


@dataclass
class Stage:
    """A server on the loopback that shows one stored sight at a time, and a page that looks at it."""

    app: Flask
    address: str = ""
    shown: Drawn | None = None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        shown = self.shown
        if shown is None or environ["PATH_INFO"] != shown.address.partition("?")[0]:
            return self.app.wsgi_app(environ, start)
        body = shown.text.encode()
        kept = [header for header in shown.headers if header[0] not in MADE_HERE]
        start(f"{shown.status} OK", [*kept, ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
        return [body]


@contextmanager
def stage(app: Flask) -> Iterator[Stage]:
    """Open the stage on a free port."""
    built = Stage(app)
    server = make_server("127.0.0.1", 0, built, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    built.address = f"http://127.0.0.1:{server.port}"
    yield built
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Looker:
    """Two pages of a browser on the stage, one of which stays narrow and tall, and what their console said."""

    stage: Stage
    page: Page
    tall: Page
    said: list[str]

    def open(self, drawn: Drawn, *, on: Page | None = None) -> None:
        """Show the sight and open it, in the light."""
        page = on or self.page
        self.said.clear()
        self.stage.shown = drawn
        page.emulate_media(color_scheme="light")
        page.goto(self.stage.address + drawn.address)

    def faults(self, drawn: Drawn) -> list[str]:
        """Return what a browser finds wrong with the sight: for eyes, for hands, at the narrowest width."""
        page = self.tall if drawn.state.is_easy else self.page
        if page is self.page:
            page.set_viewport_size(DESK)
        self.open(drawn, on=page)
        found = [*_axe(page), *_dark_faults(page)]
        if page is self.page:
            page.set_viewport_size(PHONE)
        found += [f"at 320 px {fault}" for fault in page.evaluate(OVERFLOWS)]
        return [*found, *(f"console: {line}" for line in self.said)]


def _dark_faults(page: Page) -> list[str]:
    """Turn the light off and return what cannot be read then."""
    page.emulate_media(color_scheme="dark")
    return [f"in the dark {fault}" for fault in _axe(page, "color-contrast")]


def _axe(page: Page, *rules: str) -> list[str]:
    found: list[str] = page.evaluate(LOOK, {"tags": TAGS, "rules": list(rules)})
    return found


@contextmanager
def looker(browser: Browser, on: Stage) -> Iterator[Looker]:
    """Seat somebody who looks at sights one after the other."""
    context = browser.new_context(locale="zh-CN")
    context.add_init_script(path=AXE)
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        is_refusal = on.shown is not None and on.shown.status >= 400 and LOADING in message.text
        if message.type in ("error", "warning") and not is_refusal:
            said.append(message.text)

    context.on("console", note)
    context.on("weberror", lambda error: said.append(str(error.error)))
    page, tall = context.new_page(), context.new_page()
    tall.set_viewport_size(TALL_PHONE)
    yield Looker(on, page, tall, said)
    context.close()
