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
    # workbooks
    (r"is a formula; put the value itself in its place", _l("is a formula; put the value itself in its place")),
    (
        r"holds an error of the spreadsheet, such as #REF!",
        _l("holds an error of the spreadsheet, such as #REF!"),
    ),
    (
        r"is one of several cells merged into one; separate them",
        _l("is one of several cells merged into one; separate them"),
    ),
    (r"stands in a hidden row; show all rows first", _l("stands in a hidden row; show all rows first")),
    (r"stands in a hidden column; show all columns first", _l("stands in a hidden column; show all columns first")),
    (r"stands beside the columns of the header", _l("stands beside the columns of the header")),
    (
        r"is a number; the column must be text, for digits are lost",
        _l("is a number; the column must be text, for digits are lost"),
    ),
    (
        r"is a number; write it as YYYY-MM-DD or HH:MM, or give the cell that format",
        _l("is a number; write it as YYYY-MM-DD or HH:MM, or give the cell that format"),
    ),
    (
        r"was turned into a date or a time by the spreadsheet; the column must be text or number",
        _l("was turned into a date or a time by the spreadsheet; the column must be text or number"),
    ),
    (
        r"is TRUE or FALSE, and not what the column holds",
        _l("is TRUE or FALSE, and not what the column holds"),
    ),
    (r"has a time of day; only the day belongs here", _l("has a time of day; only the day belongs here")),
    (r"is not a day that can be", _l("is not a day that can be")),
    (r"is not a time of day", _l("is not a time of day")),
    (
        r"the workbook is damaged; open it, and save it again as \.xlsx",
        _l("the workbook is damaged; open it, and save it again as .xlsx"),
    ),
    (
        r"the workbook has a password or is of an old kind \(\.xls\); save it as \.xlsx without a password",
        _l("the workbook has a password or is of an old kind (.xls); save it as .xlsx without a password"),
    ),
    (
        r"the workbook has macros \(\.xlsm\); save it as \.xlsx",
        _l("the workbook has macros (.xlsm); save it as .xlsx"),
    ),
    (
        r"this is not a workbook of the kind \.xlsx; save it as \.xlsx or CSV UTF-8",
        _l("this is not a workbook of the kind .xlsx; save it as .xlsx or CSV UTF-8"),
    ),
    (r"a hidden sheet holds data; show it or delete it", _l("a hidden sheet holds data; show it or delete it")),
    (r"(?P<count>\d+) sheets hold data; only one may", _l("%(count)s sheets hold data; only one may")),
    (r"no sheet holds any data", _l("no sheet holds any data")),
    (r"a file may have (?P<most>\d+) rows; divide it", _l("a file may have %(most)s rows; divide it")),
    (r"a file may have (?P<most>\d+) columns", _l("a file may have %(most)s columns")),
    (
        r"the file is too large when it is unpacked; divide it",
        _l("the file is too large when it is unpacked; divide it"),
    ),
)


def in_words(error: LineError, own: Sequence[Problem] = ()) -> LineError:
    """Return the error with its problem in the reader's language; an unknown one stays as it is."""
    for pattern, sentence in (*own, *COMMON):
        if found := pattern.fullmatch(error.problem):
            return replace(error, problem=str(sentence) % found.groupdict() if found.groupdict() else str(sentence))
    return error
