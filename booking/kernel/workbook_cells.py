"""Every cell of a workbook, passed by once: how many there are, and which are not what they seem.

Reading programs show of a formula only what it gave when it was last saved, and nothing of hidden rows or merged
cells.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from booking.kernel.columns import MOST_ERRORS, refused
from booking.kernel.workbook_parts import DAMAGED, Parts, Sheet, walk

MOST_ROWS, MOST_COLUMNS = 200_000, 64
MOST_CHARACTERS = 64 * 1024 * 1024  # of all cells together: many cells may share one long text
STRINGS = "xl/sharedStrings.xml"
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(slots=True)
class Look:
    """What stands in one sheet: how many cells hold something, and what is wrong, as (row, column, problem)."""

    cells: int = 0
    characters: int = 0
    wrong: list[tuple[int, int, str]] = field(default_factory=list)


def looked_at(parts: Parts, sheet: Sheet, lengths: tuple[int, ...]) -> Look:
    """Pass by every cell of a sheet; raise `ImportRefusedError` if there are too many of them."""
    looker = _Looker(lengths)
    walk(parts[sheet.part], looker.start, looker.end, looker.characters)
    return looker.look


def lengths_of_strings(parts: Parts) -> tuple[int, ...]:
    """Return how many characters each text has that cells may share."""
    lengths: list[int] = []

    def start(name: str, given: Mapping[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    if STRINGS in parts:
        walk(parts[STRINGS], start, characters=characters)
    return tuple(lengths)


class _Looker:
    """Follows the elements of a sheet."""

    def __init__(self, lengths: tuple[int, ...]) -> None:
        self.look = Look()
        self._lengths = lengths
        self._row = self._column = 0
        self._kind = ""
        self._in_value = False
        self._has_value = False
        self._value: list[str] = []
        self._hidden_row = False
        self._hidden: list[tuple[int, int]] = []
        self._starts: Mapping[str, Callable[[Mapping[str, str]], None]] = {
            "col": self._col,
            "row": self._start_row,
            "c": self._start_cell,
            "f": self._formula,
            "v": self._start_value,
            "t": self._start_value,
            "mergeCell": self._merged,
        }

    def start(self, name: str, given: Mapping[str, str]) -> None:
        if begin := self._starts.get(name):
            begin(given)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._in_value = False
        elif name == "c":
            self._end_cell()

    def characters(self, text: str) -> None:
        if self._in_value:
            self._has_value = True
            self.look.characters += len(text)
            if self._kind == "s":
                self._value.append(text)

    def _col(self, given: Mapping[str, str]) -> None:
        if given.get("hidden") in {"1", "true"}:
            self._hidden.append((_number(given.get("min")), _number(given.get("max"))))

    def _start_row(self, given: Mapping[str, str]) -> None:
        self._row = _number(given["r"]) if "r" in given else self._row + 1
        self._column = 0
        self._hidden_row = given.get("hidden") in {"1", "true"}

    def _start_cell(self, given: Mapping[str, str]) -> None:
        if "r" in given:
            self._column, self._row = _position(given["r"])
        else:
            self._column += 1
        self._kind = given.get("t", "n")
        self._has_value = False
        self._value.clear()

    def _formula(self, given: Mapping[str, str]) -> None:
        self._note("is a formula; put the value itself in its place")
        self._has_value = True

    def _start_value(self, given: Mapping[str, str]) -> None:
        self._in_value = True

    def _merged(self, given: Mapping[str, str]) -> None:
        self._column, self._row = _position(given.get("ref", "").partition(":")[0])
        self._note("is one of several cells merged into one; separate them")

    def _end_cell(self) -> None:
        if not self._has_value:
            return
        self.look.cells += 1
        if self._kind == "s":
            self.look.characters += self._shared()
        if self._row > MOST_ROWS:
            raise refused(self._row, f"a file may have {MOST_ROWS} rows; divide it")
        if self._column > MOST_COLUMNS:
            raise refused(self._row, f"a file may have {MOST_COLUMNS} columns")
        if self.look.characters > MOST_CHARACTERS:
            raise refused(self._row, "the file is too large when it is unpacked; divide it")
        self._note_state()

    def _note_state(self) -> None:
        if self._kind == "e":
            self._note("holds an error of the spreadsheet, such as #REF!")
        if self._hidden_row:
            self._note("stands in a hidden row; show all rows first")
        if any(first <= self._column <= last for first, last in self._hidden):
            self._note("stands in a hidden column; show all columns first")

    def _shared(self) -> int:
        index = _number("".join(self._value))
        if index >= len(self._lengths):
            raise refused(1, DAMAGED)
        return self._lengths[index]

    def _note(self, problem: str) -> None:
        if len(self.look.wrong) < MOST_ERRORS:
            self.look.wrong.append((self._row, self._column, problem))


def letters(column: int) -> str:
    """Return the name a spreadsheet gives to a column, counted from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _position(reference: str) -> tuple[int, int]:
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise refused(1, DAMAGED)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])


def _number(text: str | None) -> int:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise refused(1, DAMAGED)
    return int(text)
