"""What others wrote lies in `static/vendor`: as it was published, with its licence, loaded only where it is used."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[3]
VENDOR = ROOT / "static/vendor"
LOADER = "macros/live.html"


def test_every_file_of_others_is_the_one_that_was_published() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }

    assert found == listed
    assert all((folder / "LICENSE").is_file() for folder in VENDOR.iterdir() if folder.is_dir())


def test_only_pages_with_parts_that_change_load_it() -> None:
    folder = ROOT / "templates"
    pages = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}

    assert [page for page, text in pages.items() if "vendor/" in text] == [LOADER]
    assert not {"base.html", "home/index.html"} & {page for page, text in pages.items() if "live_scripts()" in text}
