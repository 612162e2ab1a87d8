"""Vehicle identification numbers (GB 16735): normal form, check digit, and how they are masked."""

import re

from vininfo import Vin

from booking.kernel.identifiers import InvalidIdentifierError, plain_number

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.ASCII)
SHOWN = 3  # the maker: all that says nothing about the one vehicle


class InvalidVinError(InvalidIdentifierError):
    """Such a number cannot exist; `problem` is "shape"."""


def vin_number(text: str) -> str:
    """Return the seventeen characters in normal form; raise `InvalidVinError`. I, O and Q are never used."""
    number = plain_number(text)
    if not VIN.fullmatch(number):
        raise InvalidVinError("shape")
    return number


def vin_warning(vin: str) -> bool:
    """Say whether the check digit is not the computed one, so that the number should be looked at once more.

    It warns and never refuses: old and imported vehicles carry none. The model year is not judged.
    """
    return not Vin(vin).verify_checksum(check_year=False)


def masked_vin(vin: str) -> str:
    """Show the maker only, LSV**************: the last characters are what a look-up asks for as proof."""
    return vin[:SHOWN] + "*" * (len(vin) - SHOWN)
