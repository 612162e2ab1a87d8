"""What a roster needs to open without network: its files, and a version that changes with any of them."""

import hashlib
from functools import cache
from pathlib import Path

from flask import current_app

from booking.web.assets import plain_address

FILES = (
    "css/app.css",
    "css/roster.css",
    "img/favicon.svg",
    "img/logo.svg",
    *(f"js/record/{name}.js" for name in ("bytes", "hash")),
    *(f"js/roster/{name}.js" for name in ("gate", "judge", "keeping", "line", "screen", "store", "ticket")),
)
WORKER = "js/roster/worker.js"
SCOPE = "/station/rosters/"


def addresses() -> list[str]:
    """Return the addresses of the files as paths: the worker keeps each under its path, whatever the digest."""
    return [plain_address(name) for name in FILES]


def worker_source() -> str:
    """Return the script of the worker."""
    return _folder().joinpath(WORKER).read_text(encoding="utf-8")


def version() -> str:
    """Return what stands for the contents of all files: another file, another version."""
    return _version(_folder())


def _folder() -> Path:
    return Path(str(current_app.static_folder))


@cache
def _version(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in (*FILES, WORKER):
        whole.update(folder.joinpath(name).read_bytes())
    return whole.hexdigest()[:16]
