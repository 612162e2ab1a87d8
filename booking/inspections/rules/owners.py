"""Companies as owners are identified by their unified social credit code (Order 164, art. 89)."""

import re

from stdnum.cn import uscc

from booking.kernel.identifiers import InvalidIdentifierError, masked_document, plain_number

_CHARACTERS = "0-9A-HJ-NPQRTUWXY"  # GB 32100: no I, O, S, V, Z
# `uscc.validate` wants digits in the first two places, and so rejects real bodies: N2 is a village collective, and
# the standard allows a letter for the authority and for the kind. Only its check digit is taken from there.
CODE = re.compile(rf"[{_CHARACTERS}]{{2}}\d{{6}}[{_CHARACTERS}]{{10}}", re.ASCII)


class InvalidCompanyCodeError(InvalidIdentifierError):
    """Such a code cannot exist; `problem` is one of shape, check_digit."""


def company_code(text: str) -> str:
    """Return the eighteen characters in normal form; raise `InvalidCompanyCodeError`."""
    code = plain_number(text)
    if not CODE.fullmatch(code):
        raise InvalidCompanyCodeError("shape")
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        raise InvalidCompanyCodeError("check_digit")
    return code


def masked_company_code(code: str) -> str:
    """Hide the middle, as of a person's document: six and four characters stay."""
    return masked_document(code)
