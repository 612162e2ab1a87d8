"""The command `booking`: what needs nothing of the house starts without it."""

import importlib
import sys

# By name and only when asked for: a check of one thing does not wait for what the others load.
ALONE = {"verify": "booking.allotment.verifying", "ticket": "booking.bookings.ticket_command"}
WHOLE_HOUSE = "booking.cli"


def main() -> None:
    """Run the command that the arguments name, and leave with its exit code."""
    words = sys.argv[1:]
    if words and words[0] in ALONE:
        sys.exit(importlib.import_module(ALONE[words[0]]).main(words[1:]))
    # The other commands load web server, database and scheduler, which takes a second that nobody should wait who
    # only checks something.
    importlib.import_module(WHOLE_HOUSE).main()
