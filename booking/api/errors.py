"""What the API itself refuses. None knows an HTTP number; `problems` gives them theirs."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from booking.api import words
from booking.bookings.line import Reason
from booking.kernel.errors import BookingError, InvalidInputError, NotEligibleError, Wording


class NoTokenError(BookingError):
    """There is no bearer token, or it is no longer good."""

    wording: ClassVar[Wording] = words.NO_TOKEN


class WrongLoginError(BookingError):
    """Login and password do not fit."""

    wording: ClassVar[Wording] = words.WRONG_LOGIN


class KeyReusedError(BookingError):
    """The idempotency key has made something else before."""

    wording: ClassVar[Wording] = words.KEY_REUSED


class NoKeyError(InvalidInputError):
    """The idempotency key is missing or unfit."""

    wording: ClassVar[Wording] = words.NO_KEY

    def __init__(self) -> None:
        super().__init__("Idempotency-Key")


class NotBookableError(BookingError):
    """The rules of a line refuse; `reasons` are in the reader's words already, since only the line knows them."""

    wording: ClassVar[Wording] = NotEligibleError.wording

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = tuple(reasons)


class NotAskableError(NotBookableError):
    """The rules of a line refuse every wish of a request."""

    wording: ClassVar[Wording] = words.NOT_ASKABLE


class DatedError(BookingError):
    """Something comes later, and the wording says when; `facts` fill its gaps."""

    def __init__(self, wording: Wording, facts: Mapping[str, str]) -> None:
        super().__init__(wording.en)
        self.told, self.facts = wording, facts


class RecordNotYetError(DatedError):
    """A round is not drawn yet."""


class RoundDecidesError(DatedError):
    """A slot is given by a round, not yet to whoever comes first."""
