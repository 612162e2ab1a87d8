"""Sheets of paper as PDF: tickets, slips and rosters. Rendered here, from HTML that extends `paper.html`."""

import importlib
from functools import cache
from threading import Lock
from types import ModuleType

from booking.kernel.errors import BookingError, Wording

ONE_SHEET = Lock()  # rendering takes a core for a third of a second; a web process does one at a time


class NoPrinterError(BookingError):
    """This machine cannot make a PDF: the libraries that set type are missing. Pages print from the browser."""

    wording = Wording(
        "本系统暂时不能生成 PDF，请打开打印页，用浏览器打印。",
        "No PDF can be made here at the moment; please print the page from your browser.",
    )


def pdf_of(html: str) -> bytes:
    """Return a whole page as a tagged PDF; raise `NoPrinterError`. Language and title are those of the page.

    Style sheets and pictures are taken from /static/ only; any other address in the page is a bug and fails.
    """
    printer = _printer()
    if printer is None:
        raise NoPrinterError
    with ONE_SHEET:
        content: bytes = printer.printed(html)
    return content


@cache
def _printer() -> ModuleType | None:
    """Load WeasyPrint once, with the first sheet: commands and pages that print nothing start without it."""
    try:
        return importlib.import_module("booking.bookings.printer")
    except OSError:  # cffi does not find Pango
        return None
