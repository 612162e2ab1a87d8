"""The code on a ticket that a scanner reads."""

import segno


def code_of(text: str, title: str = "") -> str:
    """Return the QR code of a text as SVG, as wide as its place; `title` is what a screen reader says of it.

    A quarter of it may be dirty or torn (level Q): a ticket's text then still makes a code of ten versions at most.
    """
    code = segno.make(text, micro=False, error="q")
    return code.svg_inline(omitsize=True, light="#fff", dark="#000", title=title or None)
