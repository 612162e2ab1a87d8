"""What is inside a workbook (XLSX), looked at before anybody believes it.

A small file can unpack to gigabytes, and two programs may see two different things in one archive. So the parts are
unpacked within bounds, and what the reading program is then given is made of exactly the parts that were looked at.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from booking.kernel.columns import refused

MOST_BYTES = 96 * 1024 * 1024  # unpacked; eight MiB of honest rows unpack to about eighty
MOST_PARTS = 500
CHUNK = 64 * 1024
WORKBOOK = "xl/workbook.xml"
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
ZIPPED = b"PK\x03\x04"

Parts = Mapping[str, bytes]
Started = Callable[[str, Mapping[str, str]], None]
DAMAGED = "the workbook is damaged; open it, and save it again as .xlsx"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the workbook lists it."""

    name: str
    is_hidden: bool
    part: str


def is_workbook(source: bytes) -> bool:
    """Say whether the bytes begin like a workbook, today's or an older or locked one; names are not asked."""
    return source.startswith((ZIPPED, OLD_OR_LOCKED))


def unpacked(source: bytes) -> Parts:
    """Return the parts of a workbook; raise `ImportRefusedError` if it is no plain .xlsx or too large."""
    if source.startswith(OLD_OR_LOCKED):
        raise refused(
            1, "the workbook has a password or is of an old kind (.xls); save it as .xlsx without a password"
        )
    parts: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            entries = archive.infolist()
            if len({entry.filename.lower() for entry in entries}) < len(entries) or len(entries) > MOST_PARTS:
                raise refused(1, DAMAGED)
            for entry in entries:
                parts[entry.filename] = _part(archive, entry, left)
                left -= len(parts[entry.filename])
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as failure:
        raise refused(1, DAMAGED) from failure
    _refuse_other_kinds(parts)
    return parts


def packed(parts: Parts) -> bytes:
    """Return the parts as a workbook again."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def sheets(parts: Parts) -> tuple[Sheet, ...]:
    """Return the sheets of cells, in the order of the workbook."""
    targets: dict[str, str] = {}

    def related(name: str, given: Mapping[str, str]) -> None:
        if name == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            targets[given.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))[1:]

    found: list[Sheet] = []

    def listed(name: str, given: Mapping[str, str]) -> None:
        if name == "sheet" and given.get("id") in targets:
            hidden = given.get("state", "visible") != "visible"
            found.append(Sheet(given.get("name", ""), hidden, targets[given["id"]]))

    walk(parts.get("xl/_rels/workbook.xml.rels", b""), related)
    walk(parts[WORKBOOK], listed)
    if any(sheet.part not in parts for sheet in found):
        raise refused(1, DAMAGED)
    return tuple(found)


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """Unpack one part piece by piece: what the archive says of its size is only a claim."""
    pieces: list[bytes] = []
    with archive.open(entry) as part:
        while piece := part.read(CHUNK):
            left -= len(piece)
            if left < 0:
                raise refused(1, "the file is too large when it is unpacked; divide it")
            pieces.append(piece)
    return b"".join(pieces)


def _refuse_other_kinds(parts: Iterable[str]) -> None:
    names = {name.lower() for name in parts}
    if any(name.endswith("vbaproject.bin") or "macrosheets/" in name for name in names):
        raise refused(1, "the workbook has macros (.xlsm); save it as .xlsx")
    if WORKBOOK not in parts:
        raise refused(1, "this is not a workbook of the kind .xlsx; save it as .xlsx or CSV UTF-8")


def walk(
    xml: bytes,
    start: Started,
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    """Call back for each element by its local name; a document type, the door of entity bombs, is refused."""
    if not xml:
        return
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def started(name: str, given: dict[str, str]) -> None:
        start(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in given.items()})

    def doctype(*_: object) -> None:
        raise refused(1, DAMAGED)

    parser.StartElementHandler = started
    parser.StartDoctypeDeclHandler = doctype
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    if characters is not None:
        parser.CharacterDataHandler = characters
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as failure:
        raise refused(1, DAMAGED) from failure
