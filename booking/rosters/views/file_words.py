"""What a file of results is refused for, in the reader's language."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from booking.kernel.errors import LineError
from booking.web.import_words import in_words, problems

PROBLEMS = problems(
    (r"is not on this roster", _l("is not on this roster")),
    (r"is on the roster of another day, (?P<day>[\d-]+)", _l("is on the roster of another day, %(day)s")),
    (r"was not checked in", _l("was not checked in")),
    (r"is not for this account to judge", _l("is not for this account to judge")),
    (r"is recorded as absent", _l("is recorded as absent")),
    (r"is cancelled", _l("is cancelled")),
    (r"is of a session that the office has withdrawn", _l("is of a session that the office has withdrawn")),
    (r"is on a roster that is closed", _l("is on a roster that is closed")),
    (r"has a result already", _l("has a result already")),
    (r"is a retest without a first attempt that failed", _l("is a retest without a first attempt that failed")),
    (r"does not fit the outcome and the pass mark", _l("does not fit the outcome and the pass mark")),
    (r"is of somebody without an open learner's record", _l("is of somebody without an open learner's record")),
)


def told(errors: Sequence[LineError]) -> list[LineError]:
    """Return what is wrong with a file, each in the reader's language."""
    return [in_words(error, PROBLEMS) for error in errors]
