"""How long this sign-in still lasts, and one click to stay: what ends by itself is said beforehand."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from booking.accounts.views.blueprint import bp
from booking.kernel.actors import Act
from booking.web.guards import may, public
from booking.web.house import me, now
from booking.web.language import clock

WARNS_BEFORE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Life:
    """What is left of a sign-in, in seconds, and what is said shortly before it ends."""

    left: int
    warns_before: int
    says: str
    can_stay: bool


@bp.get("/stay")
@public
def life() -> ResponseReturnValue:
    """Say how long the sign-in lasts. Asking is not being at work: `browser.signed_in` does not count it."""
    return jsonify(asdict(_life()))


@bp.post("/stay")
@may(Act.USE_OWN_ACCOUNT)
def stay() -> ResponseReturnValue:
    """Stay signed in: that the request came is all it takes."""
    return jsonify(asdict(_life()))


@bp.app_context_processor
def _on_every_page() -> dict[str, object]:
    return {"life": _life() if current_user.is_authenticated else None}


def _life() -> Life:
    warns_before = int(WARNS_BEFORE.total_seconds())
    if not current_user.is_authenticated:
        says = _(
            "Your sign-in has ended. What you have typed is still here but cannot be sent: copy it, then sign in."
        )
        return Life(0, warns_before, says, can_stay=False)
    ends_at, can_stay = me().ends_at, me().ends_at < me().expires_at
    left = int((ends_at - now()).total_seconds())
    if can_stay:
        says = _("Nothing has been done here for a while. At %(hour)s you are signed out.", hour=clock(ends_at))
    else:
        says = _("Your sign-in ends at %(hour)s by itself. Please send what you are typing.", hour=clock(ends_at))
    return Life(left, warns_before, says, can_stay)
