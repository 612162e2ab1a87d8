"""Files that are made for one answer."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO

from flask import Response, send_file


def sent_once(write: Callable[[BinaryIO], object], *, called: str, mimetype: str) -> Response:
    """Answer with a file for keeping, `called` so, that `write` fills; it is gone from here once it is sent."""
    file = TemporaryFile()  # noqa: SIM115 - sent, and closed with the answer
    write(file)
    file.seek(0)
    return send_file(file, mimetype=mimetype, as_attachment=True, download_name=called)
