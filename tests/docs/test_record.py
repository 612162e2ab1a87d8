"""The examples of docs/record.md: the commands print what is printed there, and the computing by hand comes out."""

import doctest
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from booking.allotment.program import NAME, checker_program

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
PAGE = (ROOT / "docs" / "record.md").read_text()


def blocks(kind: str) -> list[str]:
    """Return the code blocks of one kind, in order."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_prints_what_the_page_says(block: str, tmp_path: Path) -> None:
    command, _, printed = block.removeprefix("$ ").partition("\n")
    words = shlex.split(command)[2:]
    (tmp_path / NAME).write_bytes(checker_program())

    for program in (["-m", "booking", "verify"], [str(tmp_path / NAME)]):
        done = subprocess.run(
            [sys.executable, *program, *words], capture_output=True, text=True, cwd=EXAMPLES, check=False
        )
        assert (done.stdout, done.stderr) == (printed, "")
        assert done.returncode == ("WRONG" in printed)


def test_the_record_comes_out_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    page = doctest.DocTestParser().get_doctest("\n".join(blocks("pycon")), {}, "record.md", None, 0)
    said: list[str] = []

    results = doctest.DocTestRunner(verbose=False).run(page, out=said.append)

    assert results.attempted > 15
    assert results.failed == 0, "".join(said)


def test_the_forged_example_differs_from_the_true_one_in_one_exchange() -> None:
    true, forged = (json.loads((EXAMPLES / name).read_text()) for name in ("round.json", "forged.json"))

    assert {name for name in true if true[name] != forged[name]} == {"result", "waiting"}
