"""The processes of an installation: how the web server is started, and the city's two that share their memory.

`python -m booking.processes PORT` is what `booking run` becomes. Nothing of the house is imported here at the top, so
that whoever only wants a command line loads no more than that.
"""

import gc
import importlib
import signal
import sys
from collections.abc import Callable
from multiprocessing import connection, get_context

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
APPLICATION = "booking.app:served()"
SERVER, WORKERS, APP, COMMANDS = "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "booking.app", "booking.cli"


def web_command(port: int) -> list[str]:
    """Return the command line of the web server."""
    return [sys.executable, "-m", "gunicorn", *_arguments(port)]


def city_command(port: int) -> list[str]:
    """Return the command line of web server and scheduler together."""
    return [sys.executable, "-m", "booking.processes", str(port)]


def main(port: int) -> int:
    """Serve the pages and ring the jobs until one of the two ends, or this is stopped; then end the other."""
    for name in (SERVER, WORKERS, APP, COMMANDS):
        importlib.import_module(name)
    # What is loaded now stays: a collector that looks at it later would have each process copy its pages.
    gc.collect()
    gc.freeze()
    return run_together(lambda: _serve(port), _ring)


def run_together(*works: Callable[[], object]) -> int:
    """Run the works as processes that share what is loaded, until one ends or this one is stopped; end the others.

    Call it before there are threads or connections: they would be in two processes at once.
    """
    processes = [get_context("fork").Process(target=work) for work in works]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # before there is anybody whom it would leave behind
    try:
        for process in processes:
            process.start()
        connection.wait([process.sentinel for process in processes])
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        started = [process for process in processes if process.pid]
        for process in started:
            process.terminate()
        for process in started:
            process.join()


def _serve(port: int) -> None:
    sys.argv = ["gunicorn", *_arguments(port)]
    importlib.import_module(SERVER).run()


def _ring() -> None:
    importlib.import_module(COMMANDS).main(["scheduler"])


def _arguments(port: int) -> list[str]:
    return [APPLICATION, "--bind", f"127.0.0.1:{port}", *WEB_SERVER]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
