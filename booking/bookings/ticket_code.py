"""The code on a ticket that a scanner reads."""

import segno


def code_of(text: str) -> str:
    """Return the QR code of a text as SVG, without styles.

    A quarter of it may be dirty or torn (level Q): a ticket's text then still makes a code of ten versions at most.
    """
    return segno.make(text, micro=False, error="q").svg_inline(scale=6, light="#fff", dark="#000")
