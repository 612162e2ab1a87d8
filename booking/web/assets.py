"""Files of the pages: an address that names what a file holds may be kept for a year, any other is asked again."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

ENDPOINT = "static"
DIGEST = "v"  # the part of an address that names what the file holds
FOR_GOOD = "public, max-age=31536000, immutable"
EXTENSION = "digests_of_files"
LENGTH = 16


def install(app: Flask) -> None:
    """Write the digest into every address of a file, and say of each answer how long it may be kept."""

    @app.url_defaults
    def name_the_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT and DIGEST not in values and (digest := digest_of(values["filename"])):
            values[DIGEST] = digest

    @app.after_request
    def say_how_long(response: Response) -> Response:
        if request.endpoint == ENDPOINT and response.status_code in (200, 304) and names_what_it_holds():
            response.headers["Cache-Control"] = FOR_GOOD
        return response


def plain_address(filename: str) -> str:
    """Return the address without digest: for scripts that keep files under their path, and watch over them alone."""
    return f"{current_app.static_url_path}/{filename}"


def names_what_it_holds() -> bool:
    """Whether this request's address names what the file holds now, and not what it held in an older page."""
    digest = request.args.get(DIGEST)
    return digest is not None and digest == digest_of((request.view_args or {}).get("filename", ""))


def digest_of(filename: str) -> str | None:
    """Return what stands for the content of a file, or nothing where there is no such file.

    Asked of the disk by size and hour each time, so that a file that is edited has its new address at once.
    """
    path = Path(str(current_app.static_folder), filename)
    try:
        found = path.stat()
    except OSError:
        return None
    known: dict[str, tuple[tuple[int, int], str]] = current_app.extensions.setdefault(EXTENSION, {})
    mark = (found.st_mtime_ns, found.st_size)
    if filename not in known or known[filename][0] != mark:
        known[filename] = (mark, hashlib.sha256(path.read_bytes()).hexdigest()[:LENGTH])
    return known[filename][1]
