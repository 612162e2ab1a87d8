"""The console examples of docs/commands.md are run, and print what is printed there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

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


def test_every_example_prints_what_the_page_says(tmp_path: Path) -> None:
    environment = {**os.environ, "BOOKING_DATA": str(tmp_path), "BOOKING_DEMO": "1"}

    def booking(*words: str) -> str:
        command = [sys.executable, "-m", "booking", *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=EXAMPLES, env=environment, check=False)
        said = [line for line in done.stderr.splitlines() if not line.startswith(("{", "timestamp="))]
        return done.stdout + "".join(f"{line}\n" for line in said)

    booking("init")
    steps = blocks()

    assert len(steps) >= 5
    for command, printed in steps:
        assert booking(*shlex.split(command)[1:]) == printed, command
