"""Change one character of an example record, and see that the checker notices. As a command: every change there is.

`python -m tests.every_change` tries at each position of both examples every hex digit, every sign that means
something to JSON or to an instant, and six more in turn, so that all printable ASCII comes by every few positions;
`--all` tries all of them everywhere, which takes an hour. One process; it says how far it is.
"""

import gc
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits, hexdigits, punctuation

from booking.allotment.rules.checker import check
from booking.allotment.rules.receipts import WRONG

EXAMPLES = sorted((Path(__file__).parent / "data").glob("round-record-*.json"))
SPACES = " \n\t\r"
CLASSES = (digits, hexdigits[10:16], ascii_lowercase[6:], ascii_uppercase, punctuation, SPACES)
PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F))
TELLING = digits + hexdigits[10:16] + '"\\,:{}[].-+ eETZ*'
REST = "".join(sign for sign in PRINTABLE if sign not in TELLING)
IN_TURN = 6


def is_noticed(changed: str, original: object) -> bool:
    """Whether the changed text is refused, or means what it meant."""
    return any(step.state == WRONG for step in check(changed)) or json.loads(changed) == original


def changed_at(text: str, position: int, sign: str) -> str:
    """Return the text with that one character."""
    return text[:position] + sign + text[position + 1 :]


def siblings(sign: str) -> str:
    """Return the characters of the same class: digit, hex letter, letter, capital, punctuation, white space."""
    return next(group for group in CLASSES if sign in group)


def unnoticed(text: str, original: object, position: int, signs: str) -> Iterator[str]:
    """Yield the characters of `signs` that can stand at the position without being noticed."""
    was = text[position]
    for sign in signs:
        if sign == was or (was in SPACES and sign in SPACES):
            continue  # white space between values: within a value this text has none
        if not is_noticed(changed_at(text, position, sign), original):
            yield sign


def signs_at(position: int, *, is_all: bool) -> str:
    """Return what is tried at a position."""
    if is_all:
        return PRINTABLE
    return TELLING + "".join(REST[(position * IN_TURN + turn) % len(REST)] for turn in range(IN_TURN))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Try the changes at every position; return 1 if one went unnoticed."""
    gc.disable()  # nothing here makes rings, and looking for them takes a fifth of the time
    is_all = "--all" in sys.argv[1:]
    started, tried, escaped = time.monotonic(), 0, 0
    for path in EXAMPLES:
        text = path.read_text()
        original = json.loads(text)
        for position in range(len(text)):
            signs = signs_at(position, is_all=is_all)
            for sign in unnoticed(text, original, position, signs):
                escaped += 1
                say(f"{path.name}, position {position}: {text[position]!r} -> {sign!r} goes unnoticed")
            tried += sum(sign != text[position] for sign in signs)
            if position % 2000 == 0:
                say(f"{path.name}: {position}/{len(text)}, {time.monotonic() - started:.0f} s")
    say(f"{tried} changes tried, {escaped} unnoticed, {time.monotonic() - started:.0f} s")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
