"""Response headers that every page bears, and the log line of every request."""

import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ONE_YEAR = 31_536_000


def install(app: Flask, *, over_tls: bool) -> None:
    """Add the headers, and log each request by its endpoint, never by its address."""

    @app.before_request
    def note_start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def add_headers(response: Response) -> Response:
        # Asking for each name in turn walks all headers each time, on every answer.
        present = {name.lower() for name, _ in response.headers}
        response.headers.extend([header for header in HEADERS.items() if header[0].lower() not in present])
        if over_tls:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        response.headers.setdefault("Cache-Control", "no-store")
        milliseconds = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000)
        log.info(
            "answered", endpoint=request.endpoint, method=request.method, status=response.status_code, ms=milliseconds
        )
        return response
