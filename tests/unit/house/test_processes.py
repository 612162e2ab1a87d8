"""Web server and scheduler side by side: what ends one ends both, and pages are compiled before they part."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import TemplateSyntaxError

from booking.app import load_templates

ROOT = Path(__file__).parents[3]
PATIENCE = 30
CITY = """
import os, signal, sys
from booking.processes import run_together

reading, writing = os.pipe()

def told(*_):
    os.write(1, b"told to end\\n")
    sys.exit(0)

def waits():
    signal.signal(signal.SIGTERM, told)
    os.write(1, b"waits\\n")
    os.write(writing, b"x")
    while True:
        signal.pause()

def ends():
    os.read(reading, 1)  # only when the other is there

sys.exit(run_together(waits, OTHER))
"""


def city(other: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CITY.replace("OTHER", other)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_when_one_process_ends_the_other_is_ended() -> None:
    with city("ends") as running:
        said, _ = running.communicate(timeout=PATIENCE)

    assert (said.split("\n"), running.returncode) == (["waits", "told to end", ""], 1)


def test_who_stops_the_city_stops_both_processes() -> None:
    with city("waits") as running:
        assert running.stdout is not None
        assert [running.stdout.readline() for _ in range(2)] == ["waits\n"] * 2
        running.terminate()
        said, _ = running.communicate(timeout=PATIENCE)

    assert (said, running.returncode) == ("told to end\n" * 2, 0)


def test_a_page_that_cannot_be_compiled_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text("{{ 1 }}")
    app = Flask(__name__, template_folder=str(tmp_path))
    load_templates(app)
    assert app.jinja_env.cache is not None
    assert len(app.jinja_env.cache) == 1

    (tmp_path / "bad.html").write_text("{% if %}")
    with pytest.raises(TemplateSyntaxError):
        load_templates(app)
