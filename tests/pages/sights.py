"""The sights: every page in every state. Collected once in a run and drawn once in each language and type."""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import structlog
from filelock import FileLock
from werkzeug.test import TestResponse

from tests.pages.city import City
from tests.pages.crawl import KIND_OF, FoundForm, crawled
from tests.pages.house import CHINESE, CHINESE_LARGE, ENGLISH, ENGLISH_LARGE, STATES, House, State
from tests.pages.sending import sender, sending
from tests.pages.steps import STEPS
from tests.pages.stirring import stir

CHUNKS = 12
NOT_DRAWN = 0  # the status of a sight that could not be reached
# Each sight is seen in both languages and both types. `make pages` sets this and sees all four pairs of each.
SEES_ALL = bool(os.environ.get("BOOKING_PAGES"))
PAIRS = (CHINESE, ENGLISH_LARGE), (CHINESE_LARGE, ENGLISH)


@contextmanager
def unlogged() -> Iterator[None]:
    """Write no log of some thousands of requests."""
    kept = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**kept)


@dataclass(frozen=True)
class Sight:
    """One page in one state: an address, or a form that is sent, or a step of the list that is written by hand."""

    name: str
    who: str
    endpoint: str
    address: str = ""
    form: FoundForm | None = None
    way: str = ""

    @property
    def kind(self) -> str:
        return KIND_OF[self.who]

    @property
    def states(self) -> Sequence[State]:
        """The languages and types in which it is seen: two that differ in both, or all."""
        return STATES if SEES_ALL else PAIRS[sha256(self.name.encode()).digest()[0] % 2]

    def answer(self, house: House, state: State) -> TestResponse:
        """Go there, or do the step, in a house where nothing has happened before."""
        house.fresh()
        visitor = house.visitor(self.who, state)
        if self.form:
            return sender(self.form, self.way)(visitor)
        return visitor.get(self.address) if self.address else STEPS[self.name].act(visitor)

    def drawn(self, house: House, state: State) -> "Drawn":
        """Return the answer as it is kept."""
        try:
            answer = self.answer(house, state)
        except AssertionError as failure:  # told by the test of the sights, while the others look at the rest
            return Drawn(self, state, NOT_DRAWN, "", [], str(failure))
        address = answer.request.full_path.rstrip("?")
        return Drawn(self, state, answer.status_code, address, list(answer.headers), answer.text)


@dataclass(frozen=True)
class Drawn:
    """A sight as it was answered in one language and type."""

    sight: Sight
    state: State
    status: int
    address: str
    headers: list[tuple[str, str]]
    text: str

    def __str__(self) -> str:
        return f"{self.sight.name} ({self.state})"

    @property
    def is_looked_at(self) -> bool:
        """Whether a browser opens it: in the ordinary run one of the two that are drawn of each sight."""
        return SEES_ALL or self.state == self.sight.states[sha256(self.sight.name.encode()).digest()[1] % 2]


@dataclass(frozen=True)
class Gallery:
    """A folder of sights that several processes fill and read."""

    city: City
    folder: Path

    @property
    def lived_in(self) -> City:
        """The city in which some things more have been done that wait for somebody."""
        return City(self.folder / "city")

    def sights(self) -> list[Sight]:
        """Return all sights; the first process that asks collects them, the others wait."""
        return [_sight(one) for one in self._found()["sights"]]

    def others(self) -> dict[str, str]:
        """Return what answers with something else than a page, and with what."""
        others: dict[str, str] = self._found()["others"]
        return others

    def sent(self) -> set[str]:
        """Return the views to which somebody has sent a form."""
        return set(self._found()["sent"])

    def chunk(self, number: int) -> Iterator[Drawn]:
        """Yield one part of the sights in each of their states."""
        yield from (drawn for drawn in self.attempted(number) if drawn.status != NOT_DRAWN)

    def attempted(self, number: int) -> Iterator[Drawn]:
        """Yield as `chunk`, and what could not be reached; the first process that asks draws them."""
        folder = self.folder / f"chunk-{number}"
        with FileLock(self.folder / f"chunk-{number}.lock"):
            if not folder.exists():
                with unlogged():
                    self._draw(self.sights()[number::CHUNKS], folder)
        for path in sorted(folder.glob("*.json")):
            kept = json.loads(path.read_text())
            sight, state = _sight(kept.pop("sight")), State(**kept.pop("state"))
            headers = [(name, value) for name, value in kept.pop("headers")]
            yield Drawn(sight, state, headers=headers, text=path.with_suffix(".html").read_text(), **kept)

    def _found(self) -> dict[str, Any]:
        path = self.folder / "sights.json"
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "sights.lock"):
            if not path.exists():
                with unlogged():
                    stir(self.city, self.lived_in.folder)
                    path.write_text(json.dumps(_collected(self._house())))
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def house(self) -> House:
        """Open a house of one's own over the city."""
        self._found()
        return self._house()

    def _house(self) -> House:
        return House(self.lived_in, Path(mkdtemp(dir=self.folder)))

    def _draw(self, sights: Sequence[Sight], folder: Path) -> None:
        house, unfinished = self.house(), Path(mkdtemp(dir=self.folder))
        for drawn in (sight.drawn(house, state) for sight in sights for state in sight.states):
            path = unfinished / f"{drawn.sight.kind}.{drawn.sight.name}.{drawn.state}"
            path.with_name(path.name + ".html").write_text(drawn.text)
            kept = {name: value for name, value in asdict(drawn).items() if name != "text"}
            path.with_name(path.name + ".json").write_text(json.dumps(kept))
        house.close()
        unfinished.rename(folder)


def _collected(house: House) -> dict[str, Any]:
    crawl = crawled(house)
    sights = [Sight(seen.name, seen.who, seen.endpoint, address=seen.address) for seen in crawl.seen]
    for form, way in sending(house, crawl):
        sights.append(Sight(f"{form.endpoint}-{form.kind}-{way}", form.who, form.endpoint, form=form, way=way))
    sights += [Sight(name, step.who, step.endpoint) for name, step in STEPS.items()]
    house.close()
    names = [sight.name for sight in sights]
    assert len(names) == len(set(names)), "two sights of one name"
    sent = {form.endpoint for form in crawl.forms.values()} | {
        view for step in STEPS.values() for view in (step.endpoint, step.sends) if view
    }
    return {
        "sights": [asdict(sight) for sight in sights], "others": crawl.others, "sent": sorted(sent),
        "refused": crawl.broken,
    }  # fmt: skip


def _sight(kept: dict[str, Any]) -> Sight:
    """Return the sight that was kept as a dict."""
    form = kept.pop("form")
    return Sight(**kept, form=FoundForm(**form) if form else None)
