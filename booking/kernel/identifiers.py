"""Identity documents and mobile numbers: their shape, their check digit, and how they are masked.

The codes are those of the national system. Only length, digits, date and check digit of a resident id are
looked at: a person keeps the area code of the first registration, so area tables reject real people.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.cn import ric


class IdType(StrEnum):
    """Kinds of identity document that a licence can be applied for with (Order 162, art. 109)."""

    RESIDENT = "A"
    OFFICER = "C"
    SOLDIER = "D"
    FOREIGN = "F"
    DIPLOMAT = "G"
    RESIDENCE_PERMIT = "K"
    TEMPORARY = "M"


EARLIEST_BIRTH = date(1900, 1, 1)
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# Eighteen characters with birth date and check digit: resident ids, residence permits of Hong Kong, Macao and
# Taiwan residents (81, 82, 83) and the permanent-residence card of foreigners since 2023-12-01 (9).
CHECKED = re.compile(r"(?:[1-6][1-7]|50|8[123]|9\d)\d{15}[\dX]", re.ASCII)
# Travel permit of Hong Kong and Macao residents; the older cards end in two digits that count their renewals.
HOME_RETURN = re.compile(r"([HM]\d{8})(?:\d{2})?", re.ASCII)
FOREIGN_FORMS = (
    CHECKED,
    HOME_RETURN,
    re.compile(r"\d{8}(?:\d{2}[A-Z])?", re.ASCII),  # travel permit of Taiwan residents
    re.compile(r"[A-Z]{3}\d{12}", re.ASCII),  # permanent-residence card before 2023-12-01
    re.compile(r"[A-Z]{1,2}\d{6,9}", re.ASCII),  # passport
)
FREE_FORM = re.compile(r"[A-Z0-9一-龥]{4,20}")


class InvalidIdentifierError(ValueError):
    """The number cannot exist; `problem` is one of shape, date, check_digit."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class IdDocument:
    """A document whose number has been checked as far as its kind allows."""

    kind: IdType
    number: str

    @property
    def identity(self) -> str:
        """What makes the person one, whichever kind was ticked.

        A number of eighteen characters with a check digit is given once for life, also where a temporary id card
        bears it; a travel permit keeps its first nine characters when it is renewed.
        """
        if CHECKED.fullmatch(self.number):
            return f"{IdType.RESIDENT.value}:{self.number}"
        permit = HOME_RETURN.fullmatch(self.number)
        number = permit[1] if permit and self.kind is IdType.FOREIGN else self.number
        return f"{self.kind.value}:{number}"

    @property
    def born_on(self) -> date | None:
        """The birth date in the number, or None for kinds that carry none."""
        return _birth_in(self.number) if CHECKED.fullmatch(self.number) else None


def plain_number(text: str) -> str:
    """Return what was typed in one form: full-width characters made narrow, capitals, no spaces, brackets, dashes."""
    bare = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text)).upper()
    return unicodedata.normalize("NFKC", bare)  # what stood apart before may compose now


def id_document(kind: IdType, text: str, *, today: date) -> IdDocument:
    """Return the document with its number in normal form; raise `InvalidIdentifierError`."""
    number = plain_number(text)
    if kind in (IdType.RESIDENT, IdType.TEMPORARY, IdType.RESIDENCE_PERMIT):
        _check(number, today, CHECKED)
    elif kind is IdType.FOREIGN:
        form = next((form for form in FOREIGN_FORMS if form.fullmatch(number)), None)
        if form is None:
            raise InvalidIdentifierError("shape")
        if form is CHECKED:
            _check(number, today, CHECKED)
    elif not FREE_FORM.fullmatch(number):
        raise InvalidIdentifierError("shape")
    return IdDocument(kind, number)


def _check(number: str, today: date, form: re.Pattern[str]) -> None:
    if not form.fullmatch(number):
        raise InvalidIdentifierError("shape")
    born = _birth_in(number)
    if born is None or not EARLIEST_BIRTH <= born <= today:
        raise InvalidIdentifierError("date")
    if ric.calc_check_digit(number) != number[17]:
        raise InvalidIdentifierError("check_digit")


def _birth_in(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def mobile_number(text: str) -> str:
    """Return a mainland mobile number as eleven digits; raise `InvalidIdentifierError`."""
    number = plain_number(text).removeprefix("+86")
    if not MOBILE.fullmatch(number):
        raise InvalidIdentifierError("shape")
    return number


def masked_document(number: str) -> str:
    """Hide the middle of a document number, at least half of it: 440802********123X, H1*****78, 1**4."""
    head, tail = (6, 4) if len(number) == 18 else (2, 2) if len(number) >= 8 else (1, 1)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def masked_mobile(number: str) -> str:
    """Hide the middle of a mobile number: 138****8000."""
    return f"{number[:3]}****{number[-4:]}"


def masked_name(name: str) -> str:
    """Keep the first character of a name and hide the rest, of which there is always some: 张*, 欧***."""
    return name[:1] + "*" * max(len(name) - 1, 1)
