"""Pages that are the same for everybody who is not signed in, kept for one second in each process."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, current_app, make_response, request, session
from flask_login import current_user

from booking.web.house import now
from booking.web.language import language

LIFETIME = timedelta(seconds=1)
MOST_PAGES = 256
EXTENSION = "shared_pages"


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    etag: str
    made_at: datetime


def shared_page(render: Callable[[], str]) -> Response:
    """Answer with the page that `render` makes; a stranger may get one made less than a second ago.

    Nothing is kept that somebody signed in sees, or that shows a message of the last step. The whole address is
    part of the key, since pages link to themselves.
    """
    if current_user.is_authenticated or "_flashes" in session:
        return make_response(render())
    page = _kept(render)
    response = Response(page.body, mimetype="text/html")
    response.set_etag(page.etag)
    response.headers["Cache-Control"] = f"public, max-age={int(LIFETIME.total_seconds())}"
    response.vary.add("Cookie")  # the language and the sign-in travel in cookies
    response.make_conditional(request)
    return response


def _kept(render: Callable[[], str]) -> _Page:
    pages: dict[tuple[str, str], _Page] = current_app.extensions.setdefault(EXTENSION, {})
    key = (language(), request.full_path)
    instant = now()
    page = pages.get(key)
    if page is None or not page.made_at <= instant < page.made_at + LIFETIME:
        body = render().encode()
        page = _Page(body, hashlib.sha256(body).hexdigest()[:32], instant)
        if len(pages) >= MOST_PAGES:  # junk addresses must not fill the memory; who is thrown out is made anew
            pages.clear()
        pages[key] = page
    return page
