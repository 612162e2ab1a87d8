"""The console examples of docs/commands.md are run, and print what is printed there."""

import os
import re
import shlex
import sys
from functools import partial
from itertools import count
from pathlib import Path

from booking.entry import main
from tests.forking import forked

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"


def blocks() -> list[tuple[str, str]]:
    """Return (command, what it prints) of every console block, in order."""
    text = (ROOT / "docs" / "commands.md").read_text()
    steps = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            steps.append((command, printed))
    return steps


def command(words: list[str]) -> None:
    """Do what `booking` does with these words, among the examples."""
    os.chdir(EXAMPLES)
    sys.argv = ["booking", *words]
    main()


def test_every_example_prints_what_the_page_says(tmp_path: Path) -> None:
    environment, numbers = {"BOOKING_DATA": str(tmp_path), "BOOKING_DEMO": "1"}, count(1)

    def booking(*words: str) -> str:
        out, err = (tmp_path / f"{next(numbers)}.txt" for _ in range(2))
        forked(partial(command, list(words)), environment, out, err).join()
        said = [line for line in err.read_text().splitlines() if not line.startswith(("{", "timestamp="))]
        return out.read_text() + "".join(f"{line}\n" for line in said)

    booking("init")
    steps = blocks()

    assert len(steps) >= 5
    for line, printed in steps:
        assert booking(*shlex.split(line)[1:]) == printed, line
