"""The browser's side of a sign-in: the cookie that points to it, and where to go after it."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from flask import flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from booking.accounts.models import SignInKind
from booking.accounts.queries import STAFF_IDLE, LiveSignIn, live_sign_in
from booking.accounts.service import factor, signing_in
from booking.kernel.actors import Role
from booking.kernel.db import reading, unit_of_work
from booking.kernel.identifiers import masked_mobile
from booking.kernel.secrets import Keyring, UnfitKeysError
from booking.web.house import SignedIn, now, sessions
from booking.web.paths import own_path

Kept = TypeVar("Kept")
BETWEEN = "between"  # where the cookie points to what stands between password and second factor
ONLY_ASKS = "accounts.life"  # how long the sign-in lasts; a page left open asks it by itself


def signed_in(token: str) -> SignedIn | None:
    """Return who holds the sign-in behind a cookie, or None when it has ended.

    Reading is enough for applicants; of staff it is noted once a minute that they are at work.
    """
    with reading(sessions()) as session:
        live = live_sign_in(session, token, SignInKind.WEB, now=now())
    if live is None:
        return None
    is_staff, seen_at = live.role is not Role.APPLICANT, live.seen_at
    if is_staff and request.endpoint != ONLY_ASKS and now() - live.seen_at >= signing_in.SEEN_EVERY:
        seen_at = now()
        with unit_of_work(sessions()) as session:
            signing_in.seen(session, live.sign_in_id, now=seen_at)
    return SignedIn(
        token=token,
        sign_in_id=live.sign_in_id,
        account_id=live.account_id,
        person_id=live.person_id,
        role=live.role,
        site_id=live.site_id,
        name=live.name,
        masked_phone=masked_mobile(live.phone),
        language=live.language,
        expires_at=live.expires_at,
        ends_at=min(live.expires_at, seen_at + STAFF_IDLE) if is_staff else live.expires_at,
    )


def hold(token: str) -> None:
    """Let this browser hold a new sign-in; whatever its cookie held before is gone."""
    cookie.clear()
    login_user(signed_in(token))


def let_in(token: str) -> ResponseReturnValue:
    """Go on after the password: into the house, or to the second factor, or to setting one up."""
    cookie.clear()
    if signed_in(token) is not None:
        hold(token)
        return redirect(way_on(), 303)
    hold_between(token)
    live = between()
    with reading(sessions()) as session:
        has_key = live is not None and factor.key_being_set_up(session, live.sign_in_id) is not None
    step = "accounts.set_up_factor" if has_key else "accounts.sign_in_code"
    return redirect(heading_on(step), 303)


def hold_between(token: str) -> None:
    """Let this browser hold what stands between password and second factor, beside whatever it holds."""
    cookie[BETWEEN] = token


def between() -> LiveSignIn | None:
    """Return what stands between password and second factor in this browser, or None if there is nothing."""
    if BETWEEN not in cookie:
        return None
    with reading(sessions()) as session:
        return live_sign_in(session, cookie[BETWEEN], SignInKind.BETWEEN, now=now())


def to_sign_in() -> ResponseReturnValue:
    """Send somebody to the sign-in page and from there back to this page.

    A form that was sent after the sign-in had ended leads back to the page it stood on: what was typed is not kept
    anywhere, and the page says so.
    """
    way: str | None = request.full_path if request.query_string else request.path
    if request.method not in ("GET", "HEAD"):
        came_from = urlsplit(request.referrer or "")
        way = (
            own_path(came_from._replace(scheme="", netloc="").geturl()) if came_from.netloc == request.host else None
        )
        flash(
            _("Your sign-in had ended by itself, and nothing was stored. Sign in and send the form again."), "warning"
        )
    return redirect(f"{url_for('accounts.sign_in')}?{urlencode({'next': way or url_for('home.index')})}")


def address() -> str:
    """Return the network address of whoever asks."""
    return request.remote_addr or ""


def way_on() -> str:
    """Return where `next` points if that is a page of ours, or else the front page."""
    return own_path(request.args.get("next")) or url_for("home.index")


def heading_on(endpoint: str) -> str:
    """Return the address of a further page of the same errand, which still knows where it leads in the end."""
    return url_for(endpoint, next=own_path(request.args.get("next")))


def keep(name: str, sealed: str) -> None:
    """Keep sealed text in the cookie from one page of a form to the next."""
    cookie[name] = sealed


def kept(name: str, unseal: Callable[[Keyring, str], Kept]) -> Kept | None:
    """Return what was kept, or None if it is gone or was sealed with a key that is gone."""
    try:
        return unseal(sessions().keyring, cookie[name]) if name in cookie else None
    except UnfitKeysError:
        return None


def drop(name: str) -> None:
    """Forget what was kept."""
    cookie.pop(name, None)
