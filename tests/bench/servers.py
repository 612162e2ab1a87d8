"""The processes that are measured: started here, and ended here, each by its own id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from booking.processes import WEB_SERVER, web_command
from config import Settings

ROOT = Path(__file__).parents[2]
START_SECONDS, END_SECONDS = 60.0, 10.0


class NotServingError(Exception):
    """A server did not come up; the text is the end of what it said."""


@contextmanager
def house_server(settings: Settings, said: Path) -> Iterator[int]:
    """Serve the real application as `booking serve` does, in demo mode; yield its port."""
    more = {"BOOKING_DEMO": "1", "BOOKING_DATA": str(settings.data), "DATABASE_URL": settings.database_url}
    port = free_port()
    with _served(web_command(port), port, more, said):
        yield port


@contextmanager
def bare_server(said: Path) -> Iterator[int]:
    """Serve the empty route with the same server and settings; yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.bench.bare:app", "--bind", f"127.0.0.1:{port}", *WEB_SERVER]
    with _served(command, port, {}, said):
        yield port


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _served(command: list[str], port: int, more: dict[str, str], said: Path) -> Iterator[None]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BOOKING_")}
    with said.open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env={**inherited, **more}, stdout=log, stderr=log)
        try:
            _wait_until_answering(server, port, said)
            yield
        finally:
            _end(server)


def _wait_until_answering(server: subprocess.Popen[bytes], port: int, said: Path) -> None:
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise NotServingError(said.read_text()[-2000:])


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
