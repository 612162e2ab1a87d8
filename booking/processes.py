"""The processes of an installation: how the web server is started, and several commands side by side."""

import signal
import subprocess
import sys
import time

WEB_SERVER = (
    "--preload",  # the workers share what the master has loaded; it opens no connection before they part
    "-k",
    "gthread",
    "--workers",
    "2",
    "--threads",
    "4",
    "--no-control-socket",
    "--access-logfile",
    "/dev/null",
)


def web_command(port: int) -> list[str]:
    """Return the command line of the web server."""
    return [sys.executable, "-m", "gunicorn", "booking.app:served()", "--bind", f"127.0.0.1:{port}", *WEB_SERVER]


def run_together(*commands: list[str]) -> int:
    """Run the commands side by side until one ends or this one is stopped; then end the others."""
    children = [subprocess.Popen(command) for command in commands]  # noqa: S603 - our own commands
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()
