"""The table and the picture of docs/simulation.md are what the command gives for the seed that stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_shows_what_the_command_prints_and_draws(tmp_path: Path) -> None:
    [block] = re.findall(r"```console\n\$ (.*?)```", (DOCS / "simulation.md").read_text(encoding="utf-8"), re.DOTALL)
    command, _, printed = block.partition("\n")
    words = [sys.executable, "-m", "booking", *shlex.split(command)[1:]]

    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True, timeout=120)

    assert done.stdout == printed
    assert (tmp_path / "simulation.svg").read_bytes() == (DOCS / "images" / "simulation.svg").read_bytes()
