"""A process that forks a child for each order: the child takes the steps of rounds, and is killed where it is told.

Orders are lines of JSON: a list of {"url", "hours", "kill_at"}, whose children run at the same time; the answer is a
list of their exit codes, -9 for the killed. Forking spares each child the second that starting Python takes. The
first order is done by the process itself, so that children find the SQL of all steps compiled.
"""

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import event

from booking.allotment import jobs
from booking.allotment.beacons import build_beacons
from booking.exams.line import EXAMS
from booking.kernel.db import Sessions
from booking.kernel.secrets import Keyring, read_keyring
from tests.engines import KeptEngine

DEMO = build_beacons(is_demo=True, mirrors=())


def take_steps(sessions: Sessions, hours: list[datetime]) -> None:
    """Ring every job of rounds at each hour, in the order of the scheduler's table."""
    for hour in hours:
        jobs.open_rounds(sessions, EXAMS, DEMO, hour)
        jobs.cancel_in_withdrawn_slots(sessions, EXAMS, hour)
        jobs.advance_rounds(sessions, EXAMS, DEMO, hour)
        jobs.hand_on_seats(sessions, EXAMS, hour)


def kill_at(sessions: Sessions, number: int) -> None:
    """Let this process be killed when it is about to send its statement of that number; COMMIT counts too."""
    sent = 0

    def count(*_: object) -> None:
        nonlocal sent
        sent += 1
        if sent == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(sessions.engine, "before_cursor_execute", count)
    event.listen(sessions.engine, "commit", count)


def obey(order: dict[str, object], engine: KeptEngine, keyring: Keyring) -> None:
    """Take the steps of an order, and close every connection."""
    sessions = Sessions(engine.lend(str(order["url"])), keyring)
    kill_at(sessions, int(str(order["kill_at"])))
    hours = order["hours"]
    assert isinstance(hours, list)
    take_steps(sessions, [datetime.fromisoformat(hour) for hour in hours])
    sessions.engine.dispose()


def child(order: dict[str, object], engine: KeptEngine, keyring: Keyring) -> int:
    """Do one order in a process of its own and return its id."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        obey(order, engine, keyring)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    keyring = read_keyring(Path(os.environ["BOOKING_KEYS"]))
    [first] = json.loads(sys.stdin.readline())
    engine = KeptEngine(first["url"])
    obey(first, engine, keyring)
    answer([0])
    for line in sys.stdin:
        children = [child(order, engine, keyring) for order in json.loads(line)]
        answer([os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in children])


def answer(codes: list[int]) -> None:
    sys.stdout.write(json.dumps(codes) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
