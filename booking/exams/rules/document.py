"""docs/rules.md, written from the tables: what the office applies is what the document says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from booking.exams.rules.facts import LicenceClass
from booking.exams.rules.orders import (
    DAYS_AFTER_FAILURE,
    FIRST_CLASSES,
    MOST_BOOKINGS,
    PASS_MARK,
    PERMIT_YEARS,
    RULE_SETS,
    Cell,
    ClassRule,
    RuleSet,
    Unsettled,
    basis_of,
    number,
)
from booking.exams.rules.ranking import ACCEPTED, ARTICLE_9, GIVEN_UP, MISSED, TAKEN
from booking.exams.rules.settings import Settings
from booking.exams.rules.wording import REFUSALS, class_name

_DEFAULTS = Settings()


def rules_as_markdown() -> str:
    """Return docs/rules.md. A test compares the committed file with this."""
    parts = (_opening(), *(_rule_set(rules) for rules in RULE_SETS), _common(), _ranking(), _refusals(), _settings())
    return "\n\n".join(parts) + "\n"


def _opening() -> str:
    return (
        "# The rules of driving tests\n\n"
        "Written by `booking.exams.rules.document` from the tables the program applies; do not edit.\n"
        "A rule is looked up by the day on which it is applied. Days before 2016-04-01 are judged by Order 139,\n"
        "and their basis says so. Waits are calendar days after the learner permit. A number with `*` comes\n"
        "from a setting, because no source gives it; the settings are at the end. `–` means none."
    )


def _rule_set(rules: RuleSet) -> str:
    rows = (_class_row(code, row, rules) for code, row in rules.classes.items())
    head = ("class", "中文", "name", "first licence", "subject 2 wait", "road wait, first", "road wait, upgrade")
    title = f"## From {rules.since}: Order {rules.order} (`{rules.key}`)"
    bases = ", ".join(f"{what}: {rules.basis(article)}" for what, article in _TABLE_BASES)
    return f"{title}\n\n{bases[0].upper()}{bases[1:]}.\n\n{_table((*head, 'subject 2 pass mark', 'ages'), rows)}"


_TABLE_BASES = (("ages", 14), ("first licence", 16), ("pass marks", 38), ("subject 2 wait", 43), ("road wait", 44))


def _class_row(code: LicenceClass, row: ClassRule, rules: RuleSet) -> Sequence[str]:
    name = class_name(code, rules.since)
    return (
        code.value,
        name.zh,
        name.en,
        "yes" if code in FIRST_CLASSES else "upgrade only",
        _shown(row.subject_2_wait),
        _shown(row.road_wait_first) if code in FIRST_CLASSES else "–",
        _shown(row.road_wait_upgrade),
        str(row.subject_2_pass),
        _ages(row),
    )


def _ages(row: ClassRule) -> str:
    ages = f"from {row.youngest}" if row.oldest is None else f"{row.youngest} to {_shown(row.oldest)}"
    return ages if row.youngest_vocational is None else f"{ages} (vocational students from {row.youngest_vocational})"


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    mark = "*" if isinstance(cell, Unsettled) else ""
    days = number(cell, _DEFAULTS)
    return f"{days or '–'}{mark}"


def _common() -> str:
    return (
        "## Common to all classes\n\n"
        f"- Subject 1, the road test and the safety exam are passed with {PASS_MARK} of 100 points (art. 38).\n"
        "- Subject 1 first, then subject 2 and the road test in either order, then the safety exam, which may\n"
        "  be taken on the day the last of the two is passed (art. 39).\n"
        "- C2 to C1, F to D, F to E and E to D need no subject 1; C6 needs only subject 2 and the safety exam.\n"
        "  The learner permit is then issued on acceptance (arts. 30 and 40).\n"
        "- The shorter road wait of an upgrade is for holders of a car class (art. 44).\n"
        f"- The learner permit is valid for {PERMIT_YEARS} years and never past the age limit; what is not\n"
        "  finished by then is void (art. 41).\n"
        "- A booking is one test and one retest. After a failure or an absence the next booking waits\n"
        f"  {DAYS_AFTER_FAILURE} days; subject 1 waits for nothing (arts. 46 and 47).\n"
        f"- Subject 2 and the road test are booked at most {MOST_BOOKINGS} times each; an absence uses one,\n"
        "  a cancelled booking none. The fifth failure voids the other subjects. Failing the safety exam voids\n"
        "  nothing (art. 47).\n"
        "- A booking is cancelled on line until the end of the working day before the exam day (arts. 46, 110)."
    )


_RANKED_BY = (
    (ACCEPTED, "the beginning of the day"),
    (TAKEN, "the beginning of the day"),
    (MISSED, "the beginning of the day"),
    (GIVEN_UP, "the minute"),
)


def _ranking() -> str:
    rows = ((what.zh, what.en, counted) for what, counted in _RANKED_BY)
    return (
        "## Ranking time\n\n"
        f"Where a round decides, requests rank by the latest of these moments, the earliest first ({ARTICLE_9.en}).\n"
        "Tests of every subject count, cancellations only those of the subject that is asked for. A place that the\n"
        f"office took away leaves the time as it was.\n\n{_table(('中文', 'moment', 'counts from'), rows)}"
    )


def _refusals() -> str:
    latest = RULE_SETS[-1]
    rows = ((f"`{code}`", basis_of(code, latest), wording.zh, wording.en) for code, wording in REFUSALS.items())
    return f"## Refusals\n\n{_table(('code', 'basis today', '中文', 'English'), rows)}"


def _settings() -> str:
    rows = (
        (f"`{setting.name}`", _value(getattr(_DEFAULTS, setting.name)), setting.metadata["what"])
        for setting in fields(Settings)
    )
    return f"## Settings\n\n{_table(('setting', 'default', 'meaning'), rows)}"


def _value(default: object) -> str:
    return {True: "yes", False: "no"}[default] if isinstance(default, bool) else str(default)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cells)} |"
