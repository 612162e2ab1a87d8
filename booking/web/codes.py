"""Codes that a telephone's camera reads, drawn on pages."""

import segno
from markupsafe import Markup


def qr_code(text: str, *, title: str | None = None) -> Markup:
    """Return the QR code of a text as SVG; `title` is what a screen reader says of it."""
    code = segno.make(text, micro=False, error="m")
    return Markup(code.svg_inline(scale=4, light="#fff", dark="#000", title=title))  # noqa: S704 - segno writes paths
