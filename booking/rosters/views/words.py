"""The one big answer at the gate: its words, its look, and what it names. A device without network has its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from booking.kernel.errors import BookingError
from booking.kernel.ids import SlotId
from booking.rosters.models import How
from booking.rosters.queries.rosters import Roster
from booking.rosters.queries.rows import RosterRow
from booking.rosters.rules.refused import Refused
from booking.rosters.service.check_ins import CheckedIn
from booking.rosters.service.refusing import RosterRefusedError
from booking.web.language import clock, language, moment, worded
from booking.web.words import service_called

Look = Literal["yes", "ask", "no"]

HOW = {
    How.TICKET: _l("ticket"),
    How.REFERENCE: _l("reference number"),
    How.DOCUMENT: _l("document number"),
}
ADMITTED, REFUSED, ALREADY, LOOK_AGAIN = _l("Admit"), _l("Do not admit"), _l("Is in already"), _l("Look once more")
ALREADY_IN = frozenset({"checked-in", "tested"})
ASKING = frozenset({"identity-missing", "key-used"})

# What a device says by itself, from the list that it has: code: look, title, what it means and what to do.
OF_A_DEVICE: Mapping[str, tuple[Look, LazyString, LazyString]] = {
    "admitted": ("yes", ADMITTED, _l("The check-in is kept on this device and sent later.")),
    "provisional": (
        "yes",
        ADMITTED,
        _l(
            "A genuine ticket for this session, not on this list yet. It is sent later; the server has the last word."
        ),
    ),
    "here": ("ask", ALREADY, _l("Checked in already. If that was somebody else, report it at once.")),
    "absent": ("no", REFUSED, _l("Recorded as absent. Objections go to the counter.")),
    "cancelled": ("no", REFUSED, _l("This booking is cancelled. Send the person to the counter.")),
    "tail_missing": ("ask", LOOK_AGAIN, _l("Look at the document and enter its last four characters.")),
    "tail_differs": ("no", REFUSED, _l("The document is not that of the person who booked. Look at it again.")),
    "not_listed": (
        "no",
        REFUSED,
        _l("Not on this list, as this device has it. Without network nobody can look further: check the number."),
    ),
    "several": ("ask", LOOK_AGAIN, _l("Several documents end like this. Scan the ticket or type the reference.")),
    "forged": ("no", REFUSED, _l("This ticket is not of this office, or was altered. Go by the identity document.")),
    "other_session": ("no", REFUSED, _l("This ticket is for another session. Look at its day, hour and site.")),
    "too_early": ("no", REFUSED, _l("Check-in has not begun yet. Ask the person to come back then.")),
    "too_late": (
        "no",
        REFUSED,
        _l("Check-in is over. This is an absence; the person can book again after the wait."),
    ),
    "closed": ("no", REFUSED, _l("The roster of this session is closed.")),
    "nothing": ("ask", LOOK_AGAIN, _l("Scan or type something first.")),
    "taken_back": ("ask", _l("Taken back"), _l("This check-in does not count; nothing of it is sent.")),
    "sent_meanwhile": ("ask", LOOK_AGAIN, _l("It has been sent meanwhile. Take it back on the list.")),
    "needs_network": ("ask", _l("Not without network"), _l("This step needs the network. Nothing was sent.")),
    "fault": ("no", _l("Our mistake"), _l("This device could not keep the check-in. Note the person on paper.")),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One big answer. `left`: for how many seconds a check-in can be undone; `is_in`: this check-in stands."""

    look: Look
    title: str
    says: str
    who: str = ""
    reference: str = ""
    left: int = 0
    until: str = ""
    is_in: bool = False


def admitted(found: CheckedIn, here: SlotId, *, now: datetime) -> Answer:
    """Answer to somebody who was let in just now; another session of the site is named."""
    if found.is_undone:
        return Answer("ask", _("Taken back"), _("Somebody has taken this check-in back meanwhile. Look into it."))
    subject = worded(service_called(found.service))
    elsewhere = _("For %(subject)s, %(at)s", subject=subject, at=moment(found.starts_at))
    says = _("Checked in at %(at)s.", at=clock(found.checked_in_at))
    return Answer(
        "yes",
        str(ADMITTED),
        says if found.slot_id == here else f"{elsewhere}{_('. ')}{says}",
        f"{found.name} · {found.tail}",
        found.reference,
        _left(found.undo_until, now),
        clock(found.undo_until),
        is_in=True,
    )


def arrived(row: RosterRow, *, now: datetime) -> Answer | None:
    """Answer once more, after the page has been turned, to somebody who was let in; None if that no longer stands."""
    if row.check_in is None:
        return None
    until = row.check_in.undo_until
    return Answer(
        "yes",
        str(ADMITTED),
        _("Checked in at %(at)s.", at=clock(row.check_in.checked_in_at)),
        f"{row.name} · {row.tail}",
        row.reference,
        _left(until, now) if until else 0,
        clock(until) if until else "",
        is_in=True,
    )


def refused(failure: BookingError, roster: Roster) -> Answer:
    """Answer to somebody who was not let in: why, and what to do."""
    if not isinstance(failure, RosterRefusedError):
        return Answer("no", str(REFUSED), worded(failure.wording))
    code = failure.refused.code
    look: Look = "ask" if code in ALREADY_IN | ASKING else "no"
    title = ALREADY if code in ALREADY_IN else LOOK_AGAIN if code in ASKING else REFUSED
    row = next((one for one in roster.rows if one.booking_id == failure.booking_id), None)
    return Answer(look, str(title), told(failure.refused), f"{row.name} · {row.tail}" if row else "")


def told(why: Refused) -> str:
    """Say what is wrong and what to do, in the reader's language."""
    space = "" if language() == "zh" else " "
    return f"{why.what(language())}{space}{why.then(language())}"


def _left(until: datetime, now: datetime) -> int:
    return max(0, int((until - now).total_seconds()))
