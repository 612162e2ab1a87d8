"""The command `booking`: what needs nothing of the house starts without it."""

import importlib
import sys
from collections.abc import Callable, Sequence

from booking.allotment import verifying

Command = Callable[[Sequence[str]], int]
ALONE: dict[str, Command] = {"verify": verifying.main}
WHOLE_HOUSE = "booking.cli"


def main() -> None:
    """Run the command that the arguments name, and leave with its exit code."""
    words = sys.argv[1:]
    if words and words[0] in ALONE:
        sys.exit(ALONE[words[0]](words[1:]))
    # By name and only now: the other commands load web server, database and scheduler, which takes a second that
    # nobody should wait who only recomputes a record.
    importlib.import_module(WHOLE_HOUSE).main()
