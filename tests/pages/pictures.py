"""Pictures of every sight, to leaf through: `python -m tests.pages.pictures [FOLDER [WORDS]]`, as `make pages` does.

With words, only the sights whose names contain one of them. The city and its sights are made anew each time. Two
processes share the work; a page is cut off after 8,000 px.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.chromium import launched
from tests.pages.city import City, city_in
from tests.pages.house import CHINESE, CHINESE_LARGE, ENGLISH
from tests.pages.showing import Looker, looker, stage
from tests.pages.sights import Drawn, Gallery, Sight

FOLDER = Path("build/pictures/pages")
PROCESSES, TALLEST = 2, 8000
WIDTHS = (360, 768, 1280)
# The name ends in this: state, scheme, widths.
LOOKS = (
    ("", CHINESE, "light", WIDTHS),
    ("-en-dark", ENGLISH, "dark", (360,)),
    ("-large", CHINESE_LARGE, "light", (360,)),
)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def take_all(folder: Path, words: list[str]) -> None:
    """Take every picture and write the sheet that shows them."""
    structlog.configure(processors=[_drop])
    with TemporaryDirectory(prefix="booking-pages-") as workshop:
        gallery = Gallery(city_in(Path(workshop, "city")), Path(workshop, "gallery"))
        sights = sorted(gallery.sights(), key=lambda sight: (sight.kind, sight.name))
        sights = [sight for sight in sights if not words or any(word in sight.name for word in words)]
        say(f"{len(sights)} sights; pictures go to {folder}")
        with ProcessPoolExecutor(PROCESSES) as pool:
            parts = [
                pool.submit(_take, workshop, sights[number::PROCESSES], folder, number) for number in range(PROCESSES)
            ]
            for part in parts:
                part.result()
    folder.joinpath("some.html" if words else "index.html").write_text(_sheet(sights))


def _take(workshop: str, sights: list[Sight], folder: Path, number: int) -> None:
    structlog.configure(processors=[_drop])
    gallery, started = Gallery(City(Path(workshop, "city")), Path(workshop, "gallery")), time.monotonic()
    house = gallery.house()
    with launched() as browser, stage(house.app()) as on, looker(browser, on) as eyes:
        for done, sight in enumerate(sights):
            for ending, state, scheme, widths in LOOKS:
                drawn = sight.drawn(house, state)
                for width in widths:
                    _picture(eyes, drawn, scheme, width, folder / sight.kind / f"{sight.name}{ending}-{width}.jpg")
            if done % 25 == 0:
                say(f"process {number + 1}: {done}/{len(sights)}, {time.monotonic() - started:.0f} s")
    house.close()


def _picture(eyes: Looker, drawn: Drawn, scheme: str, width: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    eyes.page.set_viewport_size({"width": width, "height": 800})
    if eyes.stage.shown is not drawn:
        eyes.open(drawn)
    eyes.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    tall = min(TALLEST, int(eyes.page.evaluate("document.documentElement.scrollHeight")))
    area = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(max(tall, 1))}
    eyes.page.screenshot(path=path, type="jpeg", quality=60, full_page=True, clip=area)  # type: ignore[arg-type]


def _drop(*_: object) -> dict[str, object]:
    raise structlog.DropEvent


def _sheet(sights: list[Sight]) -> str:
    """Return the contact sheet: for each kind of people every sight as on a phone, with its other pictures."""
    parts = ["<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Every page</title><style>"
             "body{font:14px sans-serif}figure{display:inline-block;width:240px;margin:8px;vertical-align:top}"
             "img{width:240px;height:480px;object-fit:cover;object-position:top;border:1px solid #999}"
             "figcaption{overflow-wrap:anywhere}</style>"]  # fmt: skip
    for kind, theirs in groupby(sights, key=lambda sight: sight.kind):
        parts.append(f"<h2 id={kind}>{kind}</h2>")
        for sight in theirs:
            own = [f"{kind}/{sight.name}{ending}-{width}.jpg" for ending, _, _, widths in LOOKS for width in widths]
            others = " ".join(f'<a href="{path}">{path.rpartition(sight.name)[2][1:-4]}</a>' for path in own)
            picture = f'<a href="{own[0]}"><img loading=lazy alt="" src="{own[0]}"></a>'
            words = f"{sight.name}<br>{escape(sight.address)}<br>{others}"
            parts.append(f"<figure>{picture}<figcaption>{words}</figcaption></figure>")
    return "\n".join(parts)


if __name__ == "__main__":
    take_all(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, sys.argv[2:])
