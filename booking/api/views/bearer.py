"""Who calls: the bearer token, and nothing else. A cookie opens nothing here, so no page can be made to call."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import ParamSpec

from flask import g, request
from flask.typing import ResponseReturnValue

from booking.accounts.models import SignInKind
from booking.accounts.queries import LiveSignIn, live_sign_in
from booking.api.errors import NoTokenError
from booking.kernel.actors import Act, Actor
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading
from booking.kernel.errors import NotAllowedError
from booking.kernel.ids import PersonId
from booking.web.house import now, sessions

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
DOCUMENTED = "_apidoc"  # where flask-smorest keeps what the document says of a call
REFUSALS = {"401": "UNAUTHORIZED", "403": "FORBIDDEN"}


def bearer(act: Act) -> Callable[[View[P]], View[P]]:
    """Let in who brings a good token and has a role that allows `act`."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            g.caller = _behind_token()
            if not role_may(caller(), act):
                raise NotAllowedError
            return view(*args, **kwargs)

        told = deepcopy(view.__dict__.get(DOCUMENTED, {}))
        told.setdefault("manual_doc", {}).update(security=[{"bearer": []}], responses=dict(REFUSALS))
        guarded.__dict__.update({DOCUMENTED: told, "guard": act})
        return guarded

    return guard


def caller() -> Actor:
    """Return whose token came with this request; raise `NoTokenError` if the guard was not asked."""
    live: LiveSignIn | None = g.get("caller")
    if live is None:
        raise NoTokenError
    return Actor(live.account_id, live.person_id, live.role, live.site_id)


def holder() -> PersonId:
    """Return the person whose token came with this request."""
    person_id = caller().person_id
    if person_id is None:
        raise NotAllowedError
    return person_id


def _behind_token() -> LiveSignIn:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise NoTokenError
    with reading(sessions()) as session:
        live = live_sign_in(session, given.token, SignInKind.API, now=now())
    if live is None:
        raise NoTokenError
    return live
