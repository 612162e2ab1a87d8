"""`booking ticket check`: whether the office signed a ticket. No database, network or secret is needed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from booking.bookings.ticket import Problem, Ticket, TicketError, key_id, read_ticket
from booking.kernel.calendar import LOCAL

WHAT = """Check the signature of a ticket. No database, network or secret is needed: so it cannot tell whether the
booking was cancelled or changed since. Leaves with 0 only if the office signed it."""
WRONG: dict[Problem, str] = {
    "shape": "This is no ticket.",
    "key": "This ticket is signed with another key.",
    "signature": "This ticket has been altered: its signature does not fit.",
}
PUBLIC_BYTES = 32


def main(arguments: Sequence[str], program: str = "booking ticket") -> int:
    """Check the ticket that the arguments give, say what is on it, and return the exit code."""
    asked = _parser(program).parse_args(arguments)
    text = sys.stdin.read() if asked.text == "-" else asked.text
    try:
        keys = _keys(asked.key)
    except (OSError, ValueError) as failure:
        sys.stderr.write(f"The public key cannot be read: {failure}\n")
        return 1
    try:
        ticket = _read(text, keys)
    except TicketError as refused:
        sys.stderr.write(f"{WRONG[refused.problem]}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in _lines(ticket)))
    return 0


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(program)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check the signature of a ticket", description=WHAT)
    check.add_argument(
        "text", metavar="TEXT", help="what a scanner reads in the code; - reads it from standard input"
    )
    check.add_argument(
        "--key", required=True, metavar="FILE|HEX", help="the public key, or the page /tickets/key saved as a file"
    )
    return parser


def _keys(given: str) -> list[bytes]:
    """Return the public keys in hex digits, or in a file with an id and hex digits in each line."""
    is_hex = len(given) == 2 * PUBLIC_BYTES and not Path(given).exists()
    lines = [given] if is_hex else Path(given).read_text(encoding="ascii").splitlines()
    keys = [bytes.fromhex(line.split()[-1]) for line in lines if line.strip()]
    if not keys or any(len(key) != PUBLIC_BYTES for key in keys):
        raise ValueError(f"{PUBLIC_BYTES} bytes in hex digits are expected in each line")
    return keys


def _read(text: str, keys: Sequence[bytes]) -> Ticket:
    """Read with the key that the ticket names, else with the last, which then says what is wrong."""
    named = [key for key in keys if f".{key_id(key)}." in text.upper()]
    return read_ticket(text, (named or list(keys))[0 if named else -1])


def _lines(ticket: Ticket) -> list[str]:
    return [
        "The office signed this ticket. Whether its booking still stands only the office can tell.",
        f"reference     {ticket.reference}",
        f"service       {ticket.line}, {ticket.service}",
        f"site          {ticket.site_code}",
        f"begins        {ticket.starts_at.astimezone(LOCAL):%Y-%m-%d %H:%M} at the office",
        f"document ends {ticket.id_tail}",
        f"changes       {ticket.changes}",
    ]
