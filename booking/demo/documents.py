"""Identity numbers and phones that pass every check and belong to nobody: serials 99x, numbers from 199-0000-0000."""

from datetime import date, timedelta

from booking.kernel.identifiers import IdDocument, IdType

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
AREAS = ("440802", "440803", "440804", "440811", "440823", "440881", "440882", "440883")
SERIALS = 10


def invented_document(number: int, *, born_on: date) -> IdDocument:
    """Return the resident id of invented person `number`, born about `born_on`."""
    born = born_on + timedelta(days=number // (SERIALS * len(AREAS)))
    body = f"{AREAS[number % len(AREAS)]}{born:%Y%m%d}{990 + number // len(AREAS) % SERIALS}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return IdDocument(IdType.RESIDENT, body + CHECK_DIGITS[total % 11])


def invented_phone(number: int) -> str:
    """Return the mobile number of invented person `number`."""
    return f"199{number:08}"
