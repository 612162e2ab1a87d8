"""Every form that the crawl found, sent empty and sent as it stands: what comes back is seen as well."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from tests.pages.crawl import KINDS, Crawl, FoundForm, content_of, shape_of
from tests.pages.house import House, Visitor
from tests.pages.tree import parsed

EMPTY, AS_IT_STANDS = "empty", "sent"


def sending(house: House, crawl: Crawl) -> Iterator[tuple[FoundForm, str]]:
    """Yield each form and way of sending it whose answer nobody has seen yet; one kind of people sends each."""
    done, kinds = set[str](), list(KINDS)
    seen: set[object] = set(crawl.mains)
    for form in sorted(crawl.forms.values(), key=lambda form: (kinds.index(form.kind), form.endpoint)):
        if form.endpoint in done:
            continue
        done.add(form.endpoint)
        for way in (EMPTY, AS_IT_STANDS):
            house.fresh()
            answer = sender(form, way)(house.visitor(form.who))
            if answer.mimetype != "text/html":
                continue
            content, tree = content_of(form.endpoint, answer), parsed(answer.text)
            shape = (form.endpoint, answer.status_code, shape_of(tree.first("main") or tree))
            if not {content, shape} & seen:
                yield form, way
            seen |= {content, shape}
    house.fresh()


def sender(form: FoundForm, way: str) -> Callable[[Visitor], TestResponse]:
    """Return the step that opens the page of the form and sends it."""
    action = f"^{re.escape(urlsplit(form.action).path)}" if form.action != form.page else ""

    def act(visitor: Visitor) -> TestResponse:
        return visitor.follow(visitor.submit(form.page, action=action, is_filled=way == AS_IT_STANDS))

    return act
