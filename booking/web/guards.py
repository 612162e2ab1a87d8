"""Who may call a view. Every view bears exactly one guard; a test walks all routes and finds the mark."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue
from flask_login import login_required

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.errors import NotAllowedError
from booking.web.house import me

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

PUBLIC = "public"


def public(view: View[P]) -> View[P]:
    """Let everybody in."""
    view.__dict__["guard"] = PUBLIC
    return view


def may(act: Act) -> Callable[[View[P]], View[P]]:
    """Let in whose role allows `act`; others are refused, and strangers sent to the sign-in page first."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        @login_required
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not role_may(me().actor, act):
                raise NotAllowedError
            return view(*args, **kwargs)

        guarded.__dict__["guard"] = act
        return guarded

    return guard
