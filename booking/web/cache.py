"""Pages that are the same for everybody who is not signed in, kept for one second in each process."""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar, cast

from flask import Response, current_app, make_response, request, session
from flask_login import current_user

from booking.web.easy import look
from booking.web.house import now

LIFETIME = timedelta(seconds=1)
AT_MOST = timedelta(seconds=3)
MOST_KEPT = 256
EXTENSION = "kept_a_moment"
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    etag: str


class _Moment:
    """What was made last, and whose turn it is to make it anew."""

    def __init__(self) -> None:
        self.made: tuple[datetime, Any] | None = None
        self.making = Lock()

    def last(self) -> object:
        """Return what was made last; raise LookupError if nothing was."""
        if self.made is None:
            raise LookupError
        return self.made[1]

    def is_within(self, span: timedelta, instant: datetime) -> bool:
        """Whether it was made so shortly before `instant`, or after it, while this request was waiting."""
        return self.made is not None and abs(instant - self.made[0]) < span


def shared_page(render: Callable[[], str]) -> Response:
    """Answer with the page that `render` makes; a stranger may get one made less than a second ago.

    Nothing is kept that somebody signed in sees, or that shows a message of the last step. The whole address is
    part of the key, since pages link to themselves.
    """
    if current_user.is_authenticated or "_flashes" in session:
        return make_response(render())
    page = kept_a_moment((look(), request.full_path), lambda: _page(render))
    response = Response(page.body, mimetype="text/html")
    response.set_etag(page.etag)
    response.headers["Cache-Control"] = f"public, max-age={int(LIFETIME.total_seconds())}"
    response.vary.add("Cookie")  # the language and the sign-in travel in cookies
    response.make_conditional(request)
    return response


def kept_a_moment(key: Hashable, make: Callable[[], Kept]) -> Kept:
    """Return what `make` gives, or what it gave for this key in this process less than a second ago.

    Only for what everybody may see, and what is stale in a second anyhow because others act on it. It is made by
    one thread at a time: the others get the last one meanwhile, or wait if that is older than three seconds.
    """
    moments: dict[Hashable, _Moment] = current_app.extensions.setdefault(EXTENSION, {})
    if len(moments) >= MOST_KEPT:  # junk addresses must not fill the memory; who is thrown out is made anew
        moments.clear()
    moment = moments.setdefault(key, _Moment())
    instant = now()
    if not moment.is_within(LIFETIME, instant) and moment.making.acquire(
        blocking=not moment.is_within(AT_MOST, instant)
    ):
        try:
            if not moment.is_within(LIFETIME, instant):  # somebody may have made it while this thread waited
                moment.made = (instant, make())
        finally:
            moment.making.release()
    return cast("Kept", moment.last())


def _page(render: Callable[[], str]) -> _Page:
    body = render().encode()
    return _Page(body, hashlib.sha256(body).hexdigest()[:32])
