"""Pages' words for states and counts of transfers, and for what files are refused for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from booking.kernel.errors import BookingError, LineError, Wording
from booking.plans.rules.conflicts import WORDINGS
from booking.transfers.models import TransferState
from booking.web.import_words import in_words, problems
from booking.web.language import language

# The state as the tag macro knows it, and in words.
STATES: Mapping[TransferState, tuple[str, LazyString]] = {
    TransferState.CHECKING: ("now", _l("being tried")),
    TransferState.CHECKED: ("waiting", _l("tried, waits for you")),
    TransferState.RUNNING: ("now", _l("at work")),
    TransferState.DONE: ("approved", _l("done")),
    TransferState.REFUSED: ("failed", _l("refused")),
    TransferState.FAILED: ("failed", _l("could not be done")),
    TransferState.GIVEN_UP: ("closed", _l("not brought in")),
}
COUNTS: Mapping[str, LazyString] = {
    "rows": _l("Lines in the file"),
    "people": _l("New people"),
    "records": _l("New learner records"),
    "results": _l("New results"),
    "owners": _l("New owners"),
    "vehicles": _l("New vehicles"),
    "plans": _l("Plans drafted"),
    "sessions": _l("New sessions"),
    "attempts": _l("New attempts"),
    "sites": _l("New sites"),
    "lanes": _l("New test lanes"),
    "bookings": _l("New bookings of history"),
    "changed": _l("Known already, brought up to date"),
}
PROBLEMS = problems(
    # learners and results
    (
        r"carries no birth date; open this record at the counter",
        _l("carries no birth date; open this record at the counter"),
    ),
    (r"this person has an open record already", _l("this person has an open record already")),
    (r"does not fit the days before it", _l("does not fit the days before it")),
    (r"nobody with this document is known", _l("nobody with this document is known")),
    (r"is not the code of an exam site", _l("is not the code of an exam site")),
    (r"is still to come", _l("is still to come")),
    (r"this person has no open learner's record", _l("this person has no open learner's record")),
    (r"does not fit the outcome and the pass mark", _l("does not fit the outcome and the pass mark")),
    (
        r"a result of that subject and day is recorded already",
        _l("a result of that subject and day is recorded already"),
    ),
    (
        r"the exam site has recorded a result of that day, which is about to take effect",
        _l("the exam site has recorded a result of that day, which is about to take effect"),
    ),
    (
        r"the booking of that day has another outcome already",
        _l("the booking of that day has another outcome already"),
    ),
    # vehicles
    (r"is not a plate of that type", _l("is not a plate of that type")),
    (r"is not a VIN: 17 characters without I, O and Q", _l("is not a VIN: 17 characters without I, O and Q")),
    (r"is still to come, or too long ago", _l("is still to come, or too long ago")),
    (
        r"is before the first registration, or too far ahead",
        _l("is before the first registration, or too far ahead"),
    ),
    (r"stands in line (?P<line>\d+) already", _l("stands in line %(line)s already")),
    (
        r"is bound to another owner; let the counter look at both",
        _l("is bound to another owner; let the counter look at both"),
    ),
    # plans, sites, history
    (r"is not the code of a site", _l("is not the code of a site")),
    (r"is not a time written HH:MM", _l("is not a time written HH:MM")),
    (r"no site has this code", _l("no site has this code")),
    (r"is a site of (?P<here>\w+), not of (?P<there>\w+)", _l("is a site of %(here)s, not of %(there)s")),
    (
        r"is not the line of the site that bears this code",
        _l("is not the line of the site that bears this code"),
    ),
    # attempts
    (r"is not on this roster", _l("is not on this roster")),
    (r"is on the roster of another day, (?P<day>[\d-]+)", _l("is on the roster of another day, %(day)s")),
    (r"was not checked in", _l("was not checked in")),
    (r"is not for this account to judge", _l("is not for this account to judge")),
    (r"is recorded as absent", _l("is recorded as absent")),
    (r"is cancelled", _l("is cancelled")),
    (
        r"is of a session that the office has withdrawn",
        _l("is of a session that the office has withdrawn"),
    ),
    (r"is on a roster that is closed", _l("is on a roster that is closed")),
    (r"has a result already", _l("has a result already")),
    (
        r"is a retest without a first attempt that failed",
        _l("is a retest without a first attempt that failed"),
    ),
    (
        r"is of somebody without an open learner's record",
        _l("is of somebody without an open learner's record"),
    ),
)


def told(errors: Sequence[LineError]) -> list[LineError]:
    """Return what is wrong with a file in the reader's language."""
    return [_told(error) for error in errors]


def _told(error: LineError) -> LineError:
    for wording in _wordings():
        if found := re.fullmatch(_pattern(wording.en), error.problem):
            words = wording.zh if language() == "zh" else wording.en
            return replace(error, problem=words.format_map(found.groupdict()))
    return in_words(error, PROBLEMS)


def _wordings() -> Iterator[Wording]:
    """Yield every sentence that a feature may refuse a whole file or a day of it with."""
    yield from WORDINGS.values()
    kinds = [BookingError]
    while kinds:
        kind = kinds.pop()
        yield kind.wording
        kinds.extend(kind.__subclasses__())


def _pattern(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    seen: set[str] = set()
    pattern = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
            seen.add(part)
    return pattern
