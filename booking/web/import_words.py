"""What files are refused for, in the reader's language. The importers and commands say it in plain English."""

import re
from collections.abc import Sequence
from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from booking.kernel.errors import LineError

# A problem as an importer writes it, and the sentence of the page; the numbers and words in it are kept.
Problem = tuple[re.Pattern[str], LazyString]


def problems(*pairs: tuple[str, LazyString]) -> tuple[Problem, ...]:
    """Return problems from patterns and sentences."""
    return tuple((re.compile(pattern), sentence) for pattern, sentence in pairs)


COMMON = problems(
    (r"is empty", _l("is empty")),
    (r"has more than (?P<most>\d+) characters", _l("has more than %(most)s characters")),
    (r"is not a day written YYYY-MM-DD", _l("is not a day written YYYY-MM-DD")),
    (r"is not one of (?P<codes>.+)", _l("is not one of %(codes)s")),
    (
        r"is not a whole number from (?P<least>-?\d+) to (?P<most>-?\d+)",
        _l("is not a whole number from %(least)s to %(most)s"),
    ),
    (r"is not a mainland mobile number of 11 digits", _l("is not a mainland mobile number of 11 digits")),
    (r"is not a number of that kind of document", _l("is not a number of that kind of document")),
    (r"holds a birth date that cannot be", _l("holds a birth date that cannot be")),
    (r"has a wrong check digit; was a digit mistyped\?", _l("has a wrong check digit; was a digit mistyped?")),
    (r"this column is missing", _l("this column is missing")),
    (r"no such column is known", _l("no such column is known")),
    (r"appears twice", _l("appears twice")),
    (
        r"has (?P<count>\d+) fields; the header has (?P<wanted>\d+)",
        _l("has %(count)s fields; the header has %(wanted)s"),
    ),
    (r"is not UTF-8; save the file as CSV UTF-8", _l("is not UTF-8; save the file as CSV UTF-8")),
    (r"a NUL byte: this is not a text file in UTF-8", _l("a NUL byte: this is not a text file in UTF-8")),
    (r"the file is larger than (?P<most>\d+) MiB", _l("the file is larger than %(most)s MiB")),
)


def in_words(error: LineError, own: Sequence[Problem] = ()) -> LineError:
    """Return the error with its problem in the reader's language; an unknown one stays as it is."""
    for pattern, sentence in (*own, *COMMON):
        if found := pattern.fullmatch(error.problem):
            return replace(error, problem=str(sentence) % found.groupdict() if found.groupdict() else str(sentence))
    return error
