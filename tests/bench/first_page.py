"""The first page as a telephone gets it: bytes on the wire, requests, paints, and what moves while it loads.

Chromium does the throttling: each request waits the latency, and all share the bandwidth; a processor four times
slower. The loopback opens a connection at once, which a network does not: two round trips with TLS 1.3 are added.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

CHROMIUM = "/usr/bin/chromium"
SLOWER_PROCESSOR, TIMES = 4, 5
TELEPHONE: ViewportSize = {"width": 360, "height": 740}
HANDSHAKES = 2  # round trips: TCP and TLS 1.3
MOST_BYTES, MOST_REQUESTS, MOST_PAINT = 60_000, 3, 1_000.0
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { window.largest = list.getEntries().at(-1).startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
"""
READ = """() => ({
  first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  largest: window.largest ?? 0,
  moved: window.moved,
})"""


@dataclass(frozen=True, slots=True)
class Network:
    """A throttled network."""

    name: str
    megabits: float
    latency: float  # milliseconds of a round trip


NETWORKS = (
    Network("slow 4G", 1.6, 150),
    Network("4G", 9, 60),
)


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What one loading took; times in milliseconds."""

    network: Network
    size: int
    requests: int  # beyond the page itself
    first: float
    largest: float
    moved: float

    @property
    def largest_over_tls(self) -> float:
        """Return the largest paint of somebody who was not here before and has no connection yet."""
        return self.largest + HANDSHAKES * self.network.latency


def first_page(port: int) -> list[FirstPage]:
    """Load the first page with nothing kept on each network."""
    with _chromium() as browser:
        return [_least(browser, port, network) for network in NETWORKS]


def _least(browser: Browser, port: int, network: Network) -> FirstPage:
    """Load it five times and return the quickest: whatever else the machine does only makes it longer."""
    return min((_loaded(browser, port, network) for _ in range(TIMES)), key=lambda page: page.largest)


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def _loaded(browser: Browser, port: int, network: Network) -> FirstPage:
    context = browser.new_context(viewport=TELEPHONE, device_scale_factor=2, is_mobile=True, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    sizes = _watched(session)
    _throttle(session, network)
    page.goto(f"http://127.0.0.1:{port}/", wait_until="networkidle")
    found = _paints(page)
    context.close()
    return FirstPage(network, sum(sizes), len(sizes) - 1, found["first"], found["largest"], found["moved"])


def _watched(session: CDPSession) -> list[int]:
    """Return the list into which the browser writes the bytes of each answer, its head included."""
    sizes: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    return sizes


def _throttle(session: CDPSession, network: Network) -> None:
    bytes_per_second = network.megabits * 1_000_000 / 8
    session.send("Network.clearBrowserCache")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": network.latency, "downloadThroughput": bytes_per_second,
         "uploadThroughput": bytes_per_second},
    )  # fmt: skip
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})


def _paints(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(READ)
    return found
