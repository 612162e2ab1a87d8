"""Pages that are the same for everybody who is not signed in, kept for one second in each process."""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request, session
from flask_login import current_user

from booking.web.house import now
from booking.web.language import language

LIFETIME = timedelta(seconds=1)
MOST_KEPT = 256
EXTENSION = "kept_a_moment"
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    etag: str


def shared_page(render: Callable[[], str]) -> Response:
    """Answer with the page that `render` makes; a stranger may get one made less than a second ago.

    Nothing is kept that somebody signed in sees, or that shows a message of the last step. The whole address is
    part of the key, since pages link to themselves.
    """
    if current_user.is_authenticated or "_flashes" in session:
        return make_response(render())
    page = kept_a_moment((language(), request.full_path), lambda: _page(render))
    response = Response(page.body, mimetype="text/html")
    response.set_etag(page.etag)
    response.headers["Cache-Control"] = f"public, max-age={int(LIFETIME.total_seconds())}"
    response.vary.add("Cookie")  # the language and the sign-in travel in cookies
    response.make_conditional(request)
    return response


def kept_a_moment(key: Hashable, make: Callable[[], Kept]) -> Kept:
    """Return what `make` gives, or what it gave for this key in this process less than a second ago.

    Only for what everybody may see, and what is stale in a second anyhow because others act on it.
    """
    moments: dict[Hashable, tuple[datetime, Any]] = current_app.extensions.setdefault(EXTENSION, {})
    instant = now()
    last = moments.get(key)
    if last is not None and last[0] <= instant < last[0] + LIFETIME:
        kept: Kept = last[1]
        return kept
    made = make()
    if len(moments) >= MOST_KEPT:  # junk addresses must not fill the memory; who is thrown out is made anew
        moments.clear()
    moments[key] = (instant, made)
    return made


def _page(render: Callable[[], str]) -> _Page:
    body = render().encode()
    return _Page(body, hashlib.sha256(body).hexdigest()[:32])
