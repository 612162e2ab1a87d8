"""What others wrote for the tests lies in `tests/vendor`: as it was published, with its licence."""

import hashlib

from tests.conftest import ROOT

VENDOR = ROOT / "tests" / "vendor"


def test_every_file_of_others_is_the_one_that_was_published() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    listed = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }

    assert found == listed
    assert all((folder / "LICENSE").is_file() for folder in VENDOR.iterdir() if folder.is_dir())
