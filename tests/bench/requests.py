"""Requests as bytes, built before the clock starts, and the loads made of them."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.bench.load import Order, Outcome
from tests.bench.servers import ROOT

CONNECTIONS = 50
LOAD_SECONDS = 60.0  # no load lasts longer, whatever the server does
HIDDEN = re.compile(r'<input(?=[^>]*name="(csrf_token|request_key)")[^>]*value="([^"]+)"')
NEW_COOKIE = re.compile(r"^set-cookie: (booking=[^;]+)", re.IGNORECASE | re.MULTILINE)


class UnexpectedAnswersError(Exception):
    """The server answered otherwise than the measurement needs, so that there is no figure."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast answers came, over 50 connections."""

    per_second: float
    p50: float
    p99: float


def get(path: str, cookie: str = "") -> str:
    """Return the bytes of a GET."""
    return _request("GET", path, cookie)


def post(path: str, cookie: str, form: dict[str, str]) -> str:
    """Return the bytes of a POST of a form."""
    return _request("POST", path, cookie, urlencode(form))


def post_json(path: str, token: str, key: str, body: object) -> str:
    """Return the bytes of a POST by a program: its token, its idempotency key, and JSON."""
    text = json.dumps(body)
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: keep-alive",
        f"Authorization: Bearer {token}",
        f"Idempotency-Key: {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(text)}",
    ]
    return "\r\n".join([*head, "", text])


def _request(method: str, path: str, cookie: str, body: str = "") -> str:
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: keep-alive"]
    head += [f"Cookie: {cookie}"] if cookie else []
    if body:
        head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", body])


def sign_in_cookie(app: Flask, token: str) -> str:
    """Return the cookie of a browser that holds this sign-in, sealed as the application seals it."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    if serializer is None:
        raise LookupError("The application has no key to seal cookies with.")
    name = app.config["SESSION_COOKIE_NAME"]
    return f"{name}={serializer.dumps({'_user_id': token, '_fresh': True})}"


def filled_in(page: str, cookie: str) -> tuple[str, dict[str, str]]:
    """Return the cookie that goes with the form on a page just answered, and the form's hidden fields."""
    renewed = NEW_COOKIE.search(page)
    fields = dict(HIDDEN.findall(page))
    if "request_key" not in fields:
        raise UnexpectedAnswersError("the page shows no form to book with")
    return renewed[1] if renewed else cookie, fields


def load(
    port: int, requests: Sequence[str], *, total: int, seconds: float = LOAD_SECONDS, keep: bool = False
) -> Outcome:
    """Let the load generator send the requests in turn, over 50 connections, until `total` or `seconds` is had."""
    order = Order(port, list(requests), CONNECTIONS, total, seconds, keep)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        cwd=ROOT, input=json.dumps(asdict(order)), capture_output=True, text=True, check=True, timeout=seconds + 60,
    )  # fmt: skip
    outcome = Outcome(**json.loads(done.stdout))
    outcome.answers = {int(number): answer for number, answer in outcome.answers.items()}
    return outcome


def speed_of(outcome: Outcome) -> Speed:
    """Return answers per second and latencies."""
    cuts = quantiles(outcome.milliseconds, n=100)
    return Speed(len(outcome.milliseconds) / outcome.seconds, cuts[49], cuts[98])


def speed(port: int, request: str, *, seconds: float) -> Speed:
    """Ask for one thing over and over; raise `UnexpectedAnswersError` unless every answer is a 200."""
    outcome = load(port, [request], total=1_000_000, seconds=seconds)
    if set(outcome.statuses) != {"200"}:
        raise UnexpectedAnswersError(f"{request.partition(' HTTP')[0]} answered {outcome.statuses}")
    return speed_of(outcome)


def middle(speeds: Sequence[Speed]) -> Speed:
    """Return the medians."""
    return Speed(*(median(getattr(one, name) for one in speeds) for name in ("per_second", "p50", "p99")))
