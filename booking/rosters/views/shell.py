"""What a roster needs to open without network."""

from booking.web.workers import Shell

FILES = (
    "css/app.css",
    "css/roster.css",
    "img/favicon.svg",
    *(f"js/record/{name}.js" for name in ("bytes", "hash")),
    *(f"js/roster/{name}.js" for name in ("gate", "judge", "keeping", "line", "screen", "store", "ticket")),
)
SHELL = Shell("js/roster/worker.js", FILES)
SCOPE = "/station/rosters/"
