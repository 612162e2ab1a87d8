"""Long lists in pages: which page an address asks for, and the addresses of the ones beside it."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

MOST_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """The addresses of the page before and the page after; None where there is none."""

    previous: str | None
    next: str | None


def page_asked(name: str = "page") -> int:
    """Return the number of the page asked for, from 1; what makes no sense is the first."""
    text = request.args.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return max(int(text), 1) if is_number else 1


def beside(*kept: str, has_more: bool, name: str = "page", anchor: str | None = None) -> Beside:
    """Return the pages beside the present one; of its address, the path and the parameters `kept` stay."""
    values: dict[str, Any] = {one: request.args[one] for one in kept if one in request.args}
    values |= request.view_args or {}
    number = page_asked(name)

    def address(other: int) -> str:
        return url_for(str(request.endpoint), **{**values, name: other}, _anchor=anchor)

    return Beside(address(number - 1) if number > 1 else None, address(number + 1) if has_more else None)
