"""Large type (长辈版): the same pages at the same addresses, in larger type and with fewer choices on each."""

from flask import Flask, has_request_context, request

from booking.kernel.errors import Language
from booking.web.language import language

COOKIE = "easy"
ON = "yes"


def is_easy() -> bool:
    """Tell whether this reader has chosen large type."""
    return has_request_context() and request.cookies.get(COOKIE) == ON


def look() -> tuple[Language, bool]:
    """Return what the words of a page depend on besides its address; part of the key of every page that is kept."""
    return language(), is_easy()


def install(app: Flask) -> None:
    """Tell every template whether the reader has chosen large type; macros, which have no context, ask for it."""
    app.context_processor(lambda: {"easy": is_easy()})
    app.add_template_global(is_easy)
