"""Service workers: the script of one with the files that it keeps, and what a device forgets at the end."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from flask import Response, current_app, request

from booking.web.assets import digest_of, plain_address

SHARED = "js/worker/shell.js"  # what every worker can do; it stands in front of the worker's own script
UNSENT = "roster-kept"  # the cookie of static/js/roster/keeping.js: how many check-ins still wait on the device


@dataclass(frozen=True, slots=True)
class Shell:
    """A worker: its script, and the files without which its pages do not open."""

    script: str
    files: tuple[str, ...]

    def version(self) -> str:
        """Return what stands for the contents of all files: another file, another version."""
        digests = "".join(digest_of(name) or "" for name in (SHARED, self.script, *self.files))
        return hashlib.sha256(digests.encode()).hexdigest()[:16]

    def response(self, **facts: str) -> Response:
        """Give the worker with the list of what it keeps; `facts` stand in its `SHELL` beside that."""
        # As paths: the worker keeps a file under its path, whatever digest a page adds.
        shell = {"version": self.version(), "files": [plain_address(name) for name in self.files], **facts}
        parts = (
            Path(str(current_app.static_folder), name).read_text(encoding="utf-8") for name in (SHARED, self.script)
        )
        answer = Response("\n".join((f"const SHELL = {json.dumps(shell)};", *parts)), mimetype="text/javascript")
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def forget_all(response: Response) -> None:
    """Let the device forget all that our scripts keep there, unless a check-in still waits there to be sent."""
    if request.cookies.get(UNSENT, "0") == "0":
        response.headers["Clear-Site-Data"] = '"storage"'
