"""docs/tickets.md: its checker of fifteen lines is run, beside the command, on good, foreign and altered tickets."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from booking.bookings.ticket import Ticket, key_id, public_key, public_keys, ticket_text
from booking.kernel.secrets import new_keyring

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tickets.md").read_text()
TICKET = Ticket("K7M2P9QRST", "exams", "subject_1", "4408-K1-01", datetime(2026, 12, 8, 0, 30, tzinfo=UTC), "123X", 1)


def run(folder: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """Run Python with the words in an empty folder, without network settings, data folder or key file."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        input=typed,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_anybody_checks_a_ticket_with_the_program_on_the_page_and_with_the_command(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    old = new_keyring()
    keyring = replace(old, sealing={**old.sealing, "k2": new_keyring().sealing["k1"]})
    keys = public_keys(keyring)
    (tmp_path / "check.py").write_text(program)
    (tmp_path / "key").write_text("".join(f"{name} {key.hex()}\n" for name, key in keys.items()))
    good, older = ticket_text(TICKET, keyring), ticket_text(TICKET, old)
    foreign = ticket_text(TICKET, new_keyring()).split(".")
    relabelled = ".".join([foreign[0], key_id(public_key(keyring)), *foreign[2:]])
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    loose = good[:-1] + last[last.index(good[-1]) + 1]  # bits to spare that are not 0

    assert len(program.splitlines()) <= 15
    for text in (good, older, good.lower()):
        assert run(tmp_path, "check.py", text) == (0, "K7M2P9QRST SUBJECT-1 4408-K1-01 20261208T0030Z 123X\n")
    code, said = run(tmp_path, "-m", "booking", "ticket", "check", older, "--key", "key")
    assert (code, "begins        2026-12-08 08:30 at the office" in said) == (0, True), said
    refused = {
        good.replace("20261208", "20261209"): "",
        relabelled: "",
        loose: "altered",
        ".".join(foreign): "another key",
        TICKET.reference: "no ticket",
    }
    for text, why in refused.items():
        assert run(tmp_path, "check.py", text) == (1, "no ticket of this office, or altered\n")
        if not why:
            continue
        code, said = run(tmp_path, "-m", "booking", "ticket", "check", "-", "--key", "key", typed=text)
        assert (code, why in said, said.count("\n")) == (1, True, 1), said


def test_the_key_may_be_given_in_digits_and_an_unfit_one_is_named(tmp_path: Path) -> None:
    keyring = new_keyring()
    check = ("-m", "booking", "ticket", "check", ticket_text(TICKET, keyring), "--key")

    assert run(tmp_path, *check, public_key(keyring).hex())[0] == 0
    for unfit in ("nowhere", "ab" * 31):
        code, said = run(tmp_path, *check, unfit)
        assert (code, said.startswith("The public key cannot be read: ")) == (1, True)


def test_a_check_loads_neither_web_server_nor_database() -> None:
    program = "import sys, booking.entry, booking.bookings.ticket_command; print(*sys.modules)"
    code, loaded = run(ROOT, "-c", program)

    assert code == 0
    assert not {"flask", "sqlalchemy", "weasyprint", "segno", "booking.allotment.verifying"} & set(loaded.split())


def test_the_house_starts_without_the_printer() -> None:
    """It takes half a second, and most processes print nothing."""
    code, loaded = run(ROOT, "-c", "import sys, booking.cli; print(*sys.modules)")

    assert code == 0
    assert "booking.bookings.paper" in loaded
    assert "weasyprint" not in loaded


def test_what_the_page_says_of_the_fields_is_what_is_written() -> None:
    """The table has as many rows as a ticket has fields."""
    rows = re.findall(r"^\| \d+ \| (\w+) ", PAGE, re.MULTILINE)

    assert len(rows) == len(ticket_text(TICKET, new_keyring()).split("."))
