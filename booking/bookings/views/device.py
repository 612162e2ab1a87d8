"""What lets a device show its tickets without network, and to nobody but their holder: docs/tickets.md tells how.

The pages themselves are kept by static/js/ticket; here are the worker, the page that stands in for any other, the
manifest with which the site can be put on a home screen, and the cookie that says whose tickets the device may show.
"""

import json

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from booking.bookings.views.blueprint import bp
from booking.kernel.ids import AccountId
from booking.web.guards import public
from booking.web.house import house, me, sessions
from booking.web.language import TAGS, language, worded
from booking.web.workers import Shell, forget_all

FILES = (
    "css/app.css",
    "css/ticket.css",
    "img/favicon.svg",
    "js/aloud.js",
    *(f"js/ticket/{name}.js" for name in ("kept", "offline", "open")),
)
SHELL = Shell("js/ticket/worker.js", FILES)
SCOPE = "/my/"
HOLDER = "ticket-holder"  # the cookie; scripts read it
KEEPING = ("bookings.show", "bookings.ticket")  # the pages that the device keeps
A_QUARTER = 92 * 24 * 3600
TAG_LENGTH = 16
ICONS = (
    ("any", "favicon.svg", "any"),
    ("192x192", "icon-192.png", "maskable"),
    ("512x512", "icon-512.png", "maskable"),
)
GROUND, BAND = "#f5f7f4", "#083c44"


@bp.get(f"{SCOPE}worker.js")
@public
def worker() -> ResponseReturnValue:
    """Give the worker; it holds nothing of anybody."""
    return SHELL.response(offline=url_for("bookings.offline"))


@bp.get("/offline")
@public
def offline() -> ResponseReturnValue:
    """Stand in for a page that needs the network; it is kept on devices, so it names nobody who is signed in."""
    return render_template("bookings/offline.html", me=None, life=None)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Say how the site looks on a home screen, in the reader's language."""
    about = {
        "id": "/",
        "name": worded(house().office.name),
        "short_name": _("Book it yourself"),
        "lang": TAGS[language()],
        "start_url": url_for("bookings.mine"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": BAND,
        "icons": [
            {"src": url_for("static", filename=f"img/{name}"), "sizes": sizes, "purpose": purpose}
            for sizes, name, purpose in ICONS
        ],
    }
    response = Response(json.dumps(about, ensure_ascii=False), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Cookie")
    return response


@bp.after_app_request
def say_whose_tickets(response: Response) -> Response:
    """Name the holder to a device that opens a ticket; let it forget all once it is another's."""
    held = request.cookies.get(HOLDER)
    if request.endpoint == "accounts.sign_out":
        return _let_go(response) if held else response
    is_keeping = request.endpoint in KEEPING and response.status_code == 200
    if not (held or is_keeping) or not current_user.is_authenticated:
        return response
    holder = _holder(me().account_id)
    if held and held != holder:
        _let_go(response)
    if is_keeping:
        secure = not house().is_demo
        response.set_cookie(HOLDER, holder, max_age=A_QUARTER, secure=secure, samesite="Lax")
    return response


def _let_go(response: Response) -> Response:
    response.delete_cookie(HOLDER)
    forget_all(response)
    return response


def _holder(account_id: AccountId) -> str:
    """Return what stands for an account on a device: it tells nothing, and nobody else can work it out."""
    return sessions().keyring.digest(str(account_id), column="ticket.holder")[:TAG_LENGTH]
