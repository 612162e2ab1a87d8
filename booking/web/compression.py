"""Answers are sent compressed where the browser takes it: what, how, and to whom not (docs/decisions/0018)."""

from flask import Flask, Request, Response, current_app, g, request
from flask_compress import Compress

from booking.web import assets

KINDS = [
    "text/html",
    "text/css",
    "text/csv",
    "text/calendar",
    "text/javascript",
    "text/plain",
    "application/json",
    "application/problem+json",
    "image/svg+xml",
]
LEAST, MOST = 500, 1024 * 1024  # bytes; a large record or table would hold up the other threads of the process
MOST_KEPT = 512
OWN = ("same-origin", "none")  # asked for by one of our pages, or by the person's own hand


class KeptForms:
    """The compressed forms of what many get alike. What stands under no name is not kept."""

    def __init__(self) -> None:
        self._forms: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._forms.get(key)

    def set(self, key: str, value: bytes) -> None:
        if len(self._forms) >= MOST_KEPT:  # old pages of the last minutes; who still reads one has it made anew
            self._forms.clear()
        if not key.endswith(";"):
            self._forms[key] = value


def install(app: Flask) -> None:
    """Compress what is worth it, and answer 304 to whoever holds the compressed form already."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=KINDS,
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_BR_WINDOW=18,  # 256 kB: pages are smaller, and each thread that compresses takes as much memory
        COMPRESS_ZSTD_LEVEL=6,
        COMPRESS_MIN_SIZE=LEAST,
        COMPRESS_STREAMS=False,
        COMPRESS_CACHE_BACKEND=KeptForms,
        COMPRESS_CACHE_KEY=_name,
    )
    compress = Compress()
    compress.init_app(app)

    @app.after_request
    def shrink(response: Response) -> Response:
        if not may_be_compressed(response):
            return response
        if request.endpoint == assets.ENDPOINT:
            response.direct_passthrough = False
            response.make_sequence()  # a small file: read at once, it has its length and its kept form
        g.kept_as = _name_of(response)
        return compress.after_request(response)


def may_be_compressed(response: Response) -> bool:
    """Whether its length may depend on what it says.

    Who lets a browser open our pages with words of his choice, and sees how long the answers are, could guess a
    secret that stands beside those words (BREACH). So whatever is answered to a session is compressed only if the
    browser says that the person or one of our own pages asked; an old browser says nothing and gets it plain.
    """
    if response.status_code == 206 or (response.content_length or 0) > MOST:
        return False
    is_personal = current_app.config["SESSION_COOKIE_NAME"] in request.cookies and not response.cache_control.public
    return not is_personal or request.headers.get("Sec-Fetch-Site") in OWN


def _name_of(response: Response) -> str:
    """Return what stands for the content where many get the same; nothing for what one person gets."""
    is_shared = request.endpoint == assets.ENDPOINT or response.cache_control.public
    etag, is_weak = response.get_etag()
    return etag if is_shared and etag and not is_weak else ""


def _name(asked: Request) -> str:
    name: str = g.kept_as
    return name
