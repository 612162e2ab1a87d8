"""Following every link and every GET form of the city as each role: which pages are there, and in which states."""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from booking.web.guards import PUBLIC
from tests.pages.city import BY_LOGIN, HOLDERS, NAMED_LEARNERS, NAMED_OWNERS
from tests.pages.doors import doors
from tests.pages.house import STRANGER, House, Visitor, fields_of
from tests.pages.tree import Element, parsed

# One login of each kind is enough where they see the same: the other stations and the second counter are left out.
KINDS: dict[str, tuple[str, ...]] = {
    STRANGER: (STRANGER,),
    "learner": (*NAMED_LEARNERS, *(name for name in HOLDERS if name.startswith("learner"))),
    "owner": (*NAMED_OWNERS, *(name for name in HOLDERS if name.startswith("owner"))),
    **{login: (login,) for login in BY_LOGIN if not login[-1].isdigit()},
}
KIND_OF = {who: kind for kind, everybody in KINDS.items() for who in everybody}
# What each of these sees first is kept whatever it looks like.
STARTS = {"learner": "/exams/", "owner": "/inspections/vehicles"}
# What is open to everybody looks the same to everybody; these two look.
READ_WHAT_IS_PUBLIC = (STRANGER, "learner1")
FETCHED_BY_ONE, FETCHED_BY_KIND, KEPT_OF_ONE_KIND = 3, 6, 2
NOT_FOLLOWED = re.compile(r"/(language|easy|static|healthz|readyz|api)(/|$)")
NOT_KEPT = (403, 404, 500)
TOKEN = re.compile(r'name="(csrf_token|request_key)"[^>]*value="[^"]*"|[?&;]next=[^"&]*')


@dataclass(frozen=True, order=True)
class Seen:
    """A page that the crawl found: who saw it, at which address, by which view."""

    name: str
    who: str
    address: str
    endpoint: str

    @property
    def kind(self) -> str:
        return KIND_OF[self.who]


@dataclass(frozen=True, order=True)
class FoundForm:
    """A POST form that the crawl found, by the page on which it stands."""

    endpoint: str
    who: str
    page: str
    action: str

    @property
    def kind(self) -> str:
        return KIND_OF[self.who]


@dataclass
class Crawl:
    """What was found: pages, forms, and what answers with something else than a page."""

    seen: list[Seen] = field(default_factory=list)
    forms: dict[tuple[str, str], FoundForm] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    mains: set[bytes] = field(default_factory=set)

    @property
    def endpoints(self) -> set[str]:
        return {seen.endpoint for seen in self.seen}


def crawled(house: House) -> Crawl:
    """Walk through the house as everybody."""
    return _Walk(house).all()


def endpoint_of(app: Flask, address: str, method: str = "GET") -> str | None:
    """Return the view that answers at this address."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(address).path, method=method)
    except HTTPException:
        return None
    return str(endpoint)


def content_of(endpoint: str, answer: TestResponse) -> bytes:
    """Return the same for answers that differ in nothing but their frame and what is made anew each time."""
    text = TOKEN.sub("", answer.text.partition("<main")[2].partition("</main>")[0] or answer.text)
    return hashlib.sha256(f"{endpoint} {text}".encode()).digest()


class _Walk:
    def __init__(self, house: House) -> None:
        self.house = house
        self.app = house.app()
        self.found = Crawl()
        self.shapes: set[tuple[str, str, object]] = set()
        self.kept: Counter[tuple[str, str]] = Counter()
        self.fetched: Counter[tuple[str, str]] = Counter()
        self.doors = doors(house)

    def all(self) -> Crawl:
        for kind, everybody in KINDS.items():
            for who in everybody:
                self._as(who, kind)
        return self.found

    def _as(self, who: str, kind: str) -> None:
        visitor = self.house.visitor(who)
        first = ["/", STARTS.get(kind, "/"), *(self.doors.get(kind, ()) if who == KINDS[kind][0] else ())]
        queue, known, fetched = deque(dict.fromkeys(first)), set(first), Counter[str]()
        while queue:
            address = queue.popleft()
            endpoint = endpoint_of(self.app, address)
            if endpoint is None or not (address in first or self._is_worth_a_look(who, kind, endpoint, fetched)):
                continue
            fetched[endpoint] += 1
            self.fetched[endpoint, kind] += 1
            for link in self._look(visitor, kind, address, endpoint):
                if link not in known and not NOT_FOLLOWED.match(link):
                    known.add(link)
                    queue.append(link)

    def _is_worth_a_look(self, who: str, kind: str, endpoint: str, fetched: Counter[str]) -> bool:
        is_public = self.app.view_functions[endpoint].__dict__.get("guard") == PUBLIC
        return (
            endpoint not in self.found.others
            and fetched[endpoint] < FETCHED_BY_ONE
            and self.fetched[endpoint, kind] < FETCHED_BY_KIND
            and (not is_public or who in READ_WHAT_IS_PUBLIC or endpoint not in self.found.endpoints)
        )

    def _look(self, visitor: Visitor, kind: str, address: str, endpoint: str) -> Iterator[str]:
        """Open one address, keep the page if it is of a shape not seen yet, and yield where it leads."""
        self.house.fresh()
        answer = visitor.get(address)
        if answer.status_code in NOT_KEPT:
            self.found.broken.append(f"{visitor.who} {address}: {answer.status_code}")
            return
        if 300 <= answer.status_code < 400:
            yield _own(address, answer.location or "/") or "/"
            return
        if answer.mimetype != "text/html":
            self.found.others[endpoint] = answer.mimetype or ""
            return
        tree = parsed(answer.text)
        self._keep(visitor.who, kind, address, endpoint, tree, answer)
        for form in tree.all("form"):
            if form.get("method").lower() == "post":
                self._note_form(visitor.who, kind, address, form)
        yield from _links(tree, address)

    def _keep(self, who: str, kind: str, address: str, endpoint: str, tree: Element, answer: TestResponse) -> None:
        main = tree.first("main") or tree
        shape = (endpoint, kind, shape_of(main))
        content = content_of(endpoint, answer)
        is_start = address in ("/", STARTS.get(kind))
        is_new = (
            shape not in self.shapes
            and content not in self.found.mains
            and self.kept[endpoint, kind] < KEPT_OF_ONE_KIND
        )
        if not is_new and not (is_start and content not in self.found.mains):
            return
        self.shapes.add(shape)
        self.found.mains.add(content)
        self.kept[endpoint, kind] += 1
        number = self.kept[endpoint, kind]
        name = f"{endpoint}-{who}" if is_start else f"{endpoint}-{kind}" + (f"-{number}" if number > 1 else "")
        self.found.seen.append(Seen(name, who, address, endpoint))

    def _note_form(self, who: str, kind: str, page: str, form: Element) -> None:
        action = _own(page, form.get("action") or page)
        endpoint = endpoint_of(self.app, action, "POST") if action else None
        if action and endpoint:
            self.found.forms.setdefault((endpoint, kind), FoundForm(endpoint, who, page, action))


def shape_of(main: Element) -> frozenset[str]:
    """Return which kinds of things stand on the page, however many of each."""
    return frozenset(
        f"{element.tag}.{element.get('class')}"
        for element in main.all()
        if element.tag in ("form", "table", "h2", "div", "section", "details", "fieldset", "ol", "ul", "dl", "input")
    )


def _links(tree: Element, address: str) -> Iterator[str]:
    for link in tree.all("a"):
        if own := _own(address, link.get("href")):
            yield own
    for form in tree.all("form"):
        if form.get("method", "get").lower() == "get":
            target = urlsplit(form.get("action") or address).path
            asked = _own(address, f"{target}?{urlencode(fields_of(form, is_filled=True), doseq=True)}")
            yield from [asked] if asked else []


def _own(address: str, href: str) -> str | None:
    """Return an address of ours without its fragment, or None for any other."""
    parts = urlsplit(urljoin(f"http://localhost{address}", href))
    if parts.netloc != "localhost" or parts.scheme != "http":
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
