"""The code on a ticket that a clerk scans instead of typing."""

import segno


def code_of(reference: str) -> str:
    """Return the QR code of a reference as SVG, without styles; it holds the reference and nothing else."""
    return segno.make(reference, micro=False, error="h").svg_inline(scale=6, light="#fff", dark="#000")
