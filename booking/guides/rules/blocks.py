"""How plain text becomes paragraphs and lists: nobody writes markup, and no text can become markup."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["text", "list", "steps"]
BULLETS = ("- ", "－", "· ")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, or steps in order."""

    kind: Kind
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text: a line with a hyphen is an item, with "1. " a step, anything else a paragraph."""
    lines = [line.strip() for line in text.splitlines()]
    for kind, group in groupby((line for line in lines if line), _kind):
        found = tuple(_bare(line, kind) for line in group)
        if kind == "text":
            yield from (Block("text", (line,)) for line in found)
        else:
            yield Block(kind, found)


def _kind(line: str) -> Kind:
    if line.startswith(BULLETS):
        return "list"
    return "steps" if _number_length(line) else "text"


def _number_length(line: str) -> int:
    """Return how many characters number the line ("12. "), 0 for none."""
    digits = len(line) - len(line.lstrip("0123456789"))
    is_step = 0 < digits <= 2 and line[digits : digits + 1] in (".", "、") and len(line) > digits + 1
    return digits + 1 if is_step else 0


def _bare(line: str, kind: Kind) -> str:
    if kind == "list":
        return next(line.removeprefix(mark) for mark in BULLETS if line.startswith(mark)).strip()
    return line[_number_length(line) :].strip() if kind == "steps" else line
