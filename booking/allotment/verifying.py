"""`booking verify` and the program that anybody downloads: read a record, print the checks. Standard library only."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from booking.allotment.rules.checker import Step, check
from booking.allotment.rules.receipts import WRONG

WHAT = """Recompute a round from its public record. No database, network or secret is needed.
Prints each check with ok, WRONG and the first thing that is wrong, or not checked; leaves with 0 only if all hold."""


def main(arguments: Sequence[str], program: str = "booking verify") -> int:
    """Check the record that the arguments name, print each step as it is done, and return the exit code."""
    asked = _parser(program).parse_args(arguments)
    try:
        source = asked.file.read_bytes()
        receipts = [receipt.read_bytes() for receipt in asked.receipt]
    except OSError as failure:
        sys.stderr.write(f"{failure.filename} cannot be read: {failure.strerror}\n")
        return 1
    has_held = True
    for step in check(source, receipts, asked.pid):
        sys.stdout.write("".join(f"{line}\n" for line in _lines(step)))
        sys.stdout.flush()
        has_held = has_held and step.state != WRONG
    sys.stdout.write("The record holds.\n" if has_held else "The record does NOT hold.\n")
    return 0 if has_held else 1


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(program, description=WHAT, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE", type=Path, help="the record, as the round's page offers it")
    parser.add_argument(
        "--receipt",
        metavar="R",
        type=Path,
        action="append",
        default=[],
        help="a receipt to look for; may be repeated",
    )
    parser.add_argument("--pid", metavar="P", default="", help="show this person's own line")
    return parser


def _lines(step: Step) -> list[str]:
    state = step.state.upper() if step.state == WRONG else step.state
    first = f"{step.number:2}  {state:11}  {step.name}"
    return [f"{first}: {step.problem}" if step.problem else first, *(f"{'':17}{line}" for line in step.details)]
