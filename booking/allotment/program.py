"""The checker as one file for anybody: `python3 check-round.pyz record.json`, with the very modules used here."""

import io
import zipfile
from pathlib import Path

NAME = "check-round.pyz"
HOUSE = Path(__file__).parents[1]
PARTS = ("__init__.py", "allotment/__init__.py", "allotment/verifying.py")
SHEBANG = b"#!/usr/bin/env python3\n"
START = f"""\
import sys

if sys.version_info < (3, 11):
    sys.exit("{NAME} needs Python 3.11 or newer")

from booking.allotment.verifying import main

sys.exit(main(sys.argv[1:], "{NAME}"))
"""
BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows


def checker_program() -> bytes:
    """Return the program, a Python zip application. The same sources give the same bytes on every machine."""
    rules = sorted((HOUSE / "allotment" / "rules").glob("*.py"))
    files = {f"booking/{path.relative_to(HOUSE).as_posix()}": path.read_bytes() for path in rules}
    files |= {f"booking/{part}": (HOUSE / part).read_bytes() for part in PARTS}
    whole = io.BytesIO()
    whole.write(SHEBANG)
    # Not deflated: compressed bytes may differ from one zlib to the next, and people compare the hash of this file.
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_STORED) as archive:
        for name, content in sorted({"__main__.py": START.encode(), **files}.items()):
            entry = zipfile.ZipInfo(name, BEGINNING_OF_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return whole.getvalue()
