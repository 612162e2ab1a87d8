"""The browser's side of a sign-in: the cookie that points to it, and where to go after it."""

from collections.abc import Callable
from typing import TypeVar

from flask import request, url_for
from flask import session as cookie
from flask_login import login_user

from booking.accounts.models import SignInKind
from booking.accounts.queries import live_sign_in
from booking.accounts.service import signing_in
from booking.kernel.actors import Role
from booking.kernel.db import reading, unit_of_work
from booking.kernel.identifiers import masked_mobile
from booking.kernel.secrets import Keyring, UnfitKeysError
from booking.web.house import SignedIn, now, sessions
from booking.web.paths import own_path

Kept = TypeVar("Kept")


def signed_in(token: str) -> SignedIn | None:
    """Return who holds the sign-in behind a cookie, or None when it has ended.

    Reading is enough for applicants; of staff it is noted once a minute that they are at work.
    """
    with reading(sessions()) as session:
        live = live_sign_in(session, token, SignInKind.WEB, now=now())
    if live is None:
        return None
    if live.role is not Role.APPLICANT and now() - live.seen_at >= signing_in.SEEN_EVERY:
        with unit_of_work(sessions()) as session:
            signing_in.seen(session, live.sign_in_id, now=now())
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
    )


def hold(token: str) -> None:
    """Let this browser hold a new sign-in; whatever its cookie held before is gone."""
    cookie.clear()
    login_user(signed_in(token))


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
