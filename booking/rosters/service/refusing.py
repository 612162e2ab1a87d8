"""The one failure of a step on a roster: it carries why, and what to do."""

from typing import ClassVar

from booking.kernel.errors import ConflictError, Fact, Wording
from booking.kernel.ids import BookingId
from booking.rosters.rules.refused import WORDINGS, Refused


class RosterRefusedError(ConflictError):
    """A step was not taken, and nothing was stored. `booking_id` names the row of the roster, where one is meant."""

    wording: ClassVar[Wording] = Wording(
        "名单没有改动：这一步现在不能办理。", "The roster was not changed: this step is not possible now."
    )

    def __init__(self, refused: Refused, booking_id: BookingId | None = None) -> None:
        super().__init__(refused.code)
        self.refused = refused
        self.booking_id = booking_id


def refusal(code: str, booking_id: BookingId | None = None, **facts: Fact) -> RosterRefusedError:
    """Return the failure of that code; `facts` fill its wording."""
    if code not in WORDINGS:
        raise KeyError(code)
    return RosterRefusedError(Refused(code, facts), booking_id)
