"""The dated tables of the licence orders. A rule is looked up by the day on which it is applied.

The next order is a new table at the end of RULE_SETS, never an edit: the past stays computable.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from booking.exams.rules.facts import LicenceClass, Subject
from booking.exams.rules.settings import Settings


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A cell of a table whose number is a setting of the office, because no source gives it."""

    setting: str


Cell = int | Unsettled


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One row: waits in calendar days after the learner permit, pass mark out of 100, ages in years.

    No road wait: the class has no road test. No oldest age: no limit.
    """

    subject_2_wait: Cell
    road_wait_first: Cell | None
    road_wait_upgrade: Cell | None
    subject_2_pass: int
    youngest: int
    oldest: Cell | None
    youngest_vocational: int | None = None


Classes = Mapping[LicenceClass, ClassRule]

A1, A2, A3, B1, B2, C1, C2, C3, C4, C5, C6, D, E, F, M, N, P = LicenceClass
HEAVY = (A1, A2, A3, B1, B2)
CAR_CLASSES = frozenset((*HEAVY, C1, C2, C3, C4, C5, C6))
# Order 162, art. 16: A1, A2, B1 and C6 come by upgrade only.
FIRST_CLASSES = frozenset((A3, B2, C1, C2, C3, C4, C5, D, E, F, M, N, P))

PASS_MARK = 90  # Order 162, art. 38; subject 2 by class
MOST_BOOKINGS = 5  # Order 162, art. 47
OFFICE_RULE = "Rule of this office"
DAYS_AFTER_FAILURE = 10  # Order 162, art. 47
PERMIT_YEARS = 3  # Order 162, art. 41
ASSESSMENT_AGE = 70  # Order 162, art. 14: memory, judgement and reaction are tested from this age

_SMALL = Unsettled("subject_2_wait_small_139")
_LARGE = Unsettled("subject_2_wait_large_139")
_SPECIAL = Unsettled("subject_2_wait_special_139")
_ROAD_C3_C4 = Unsettled("road_wait_c3_c4_139")
_ROAD_C5 = Unsettled("road_wait_c5_139")
_ROAD_SPECIAL = Unsettled("road_wait_special_139")
_CYCLE = Unsettled("motorcycle_wait_139")
_AGE = Unsettled("upper_age_small_139")

# columns: wait of subject 2, wait of road as first licence and as upgrade, pass mark of subject 2, ages
_ORDER_139: Classes = {
    A1: ClassRule(_LARGE, 40, 40, 90, 26, 50, 20),
    A2: ClassRule(_LARGE, 40, 40, 90, 24, 50, 20),
    A3: ClassRule(_LARGE, 40, 40, 90, 20, 50),
    B1: ClassRule(_LARGE, 40, 40, 90, 21, 50),
    B2: ClassRule(_LARGE, 40, 40, 90, 20, 50),
    C1: ClassRule(_SMALL, 30, 30, 80, 18, _AGE),
    C2: ClassRule(_SMALL, 30, 30, 80, 18, _AGE),
    C3: ClassRule(_SMALL, _ROAD_C3_C4, _ROAD_C3_C4, 80, 18, 60),
    C4: ClassRule(_SMALL, _ROAD_C3_C4, _ROAD_C3_C4, 80, 18, 60),
    C5: ClassRule(_SMALL, _ROAD_C5, _ROAD_C5, 80, 18, _AGE),
    D: ClassRule(_CYCLE, _CYCLE, _CYCLE, 80, 18, 60),
    E: ClassRule(_CYCLE, _CYCLE, _CYCLE, 80, 18, 60),
    F: ClassRule(_CYCLE, _CYCLE, _CYCLE, 80, 18, _AGE),
    M: ClassRule(_SPECIAL, _ROAD_SPECIAL, _ROAD_SPECIAL, 80, 18, 60),
    N: ClassRule(_SPECIAL, _ROAD_SPECIAL, _ROAD_SPECIAL, 80, 20, 50),
    P: ClassRule(_SPECIAL, _ROAD_SPECIAL, _ROAD_SPECIAL, 80, 20, 50),
}

_CHANGED_2021: Classes = {
    **_ORDER_139,
    **{heavy: replace(_ORDER_139[heavy], road_wait_upgrade=30) for heavy in HEAVY},
    C2: replace(_ORDER_139[C2], road_wait_first=20, road_wait_upgrade=20),
}

_ORDER_162: Classes = {
    A1: ClassRule(20, 40, 30, 90, 22, 60, 19),
    A2: ClassRule(20, 40, 30, 90, 22, 60, 19),
    A3: ClassRule(20, 40, 30, 90, 20, 60),
    B1: ClassRule(20, 40, 30, 90, 20, 60),
    B2: ClassRule(20, 40, 30, 90, 20, 60),
    C1: ClassRule(10, 30, 30, 80, 18, None),
    C2: ClassRule(10, 20, 20, 80, 18, None),
    C3: ClassRule(10, 20, 20, 80, 18, 60),
    C4: ClassRule(10, 20, 20, 80, 18, 60),
    C5: ClassRule(10, 20, 20, 80, 18, None),
    C6: ClassRule(20, None, None, 90, 20, 60),
    D: ClassRule(0, 0, 0, 80, 18, 60),
    E: ClassRule(0, 0, 0, 80, 18, 60),
    F: ClassRule(0, 0, 0, 80, 18, None),
    M: ClassRule(10, 30, 30, 80, 18, 60),
    N: ClassRule(10, 30, 30, 80, 20, 60),
    P: ClassRule(10, 30, 30, 80, 20, 60),
}

_ORDER_172: Classes = {
    **{code: replace(row, oldest=63) for code, row in _ORDER_162.items()},
    **{code: _ORDER_162[code] for code in (C1, C2, C5, F)},
    **{code: replace(_ORDER_162[code], oldest=70) for code in (C6, D, E)},
}

# Numbers of Order 162 and what they were under Order 139. Only the two of the first line were confirmed;
# the others follow from the distance, and for 14 and 16 from the amending decision of 2016.
_CONFIRMED_139 = {46: 43, 47: 44}
_INFERRED_139 = {14: 12, 16: 14, 30: 27, 38: 35, 39: 36, 40: 37, 41: 38, 43: 40, 44: 41}


# The articles behind the refusals, as numbered in Order 162; None: a rule of the office.
ARTICLES: Mapping[str, int | None] = {
    "class-not-in-order": 14,
    "class-only-by-upgrade": 16,
    "too-young": 14,
    "too-old": 14,
    "subject-not-needed": 30,
    "exam-day-past": None,
    "already-passed": 47,
    "already-booked": None,
    "subject-1-first": 39,
    "subject-2-first": 39,
    "road-first": 39,
    "permit-missing": 40,
    "permit-ran-out": 41,
    "subject-2-too-soon": 43,
    "road-too-soon": 44,
    "too-soon-after-failure": 47,
    "too-soon-after-absence": 47,
    "five-bookings-used": 47,
    "subject-2-failed-five-times": 47,
    "road-failed-five-times": 47,
    "other-test-that-day": 39,
}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in force from `since` until the next set. `note` ends every basis, `amended` some articles'."""

    key: str
    order: str
    since: date
    classes: Classes
    note: str = ""
    amended: Mapping[int, str] = field(default_factory=dict)

    def basis(self, article: int) -> str:
        """Return order and article for an article numbered as in Order 162; unsure numbers say so."""
        return f"Order {self.order}, art. {self._number(article)}{self.amended.get(article, '')}{self.note}"

    def _number(self, article: int) -> str:
        if self.order != "139":
            return str(article)
        if article in _CONFIRMED_139:
            return str(_CONFIRMED_139[article])
        return f"{_INFERRED_139[article]} (number not confirmed)"


RULE_SETS = (
    RuleSet("139", "139", date(2016, 4, 1), _ORDER_139),
    RuleSet("139-2021", "139", date(2021, 6, 1), _CHANGED_2021, amended={44: ", as changed on 2021-06-01"}),
    RuleSet("162", "162", date(2022, 4, 1), _ORDER_162),
    RuleSet("172", "172", date(2025, 1, 1), _ORDER_172),
)

# Self-booking was on trial from 2016-03-01, a month before Order 139; the older order is not in our tables.
_BEFORE = replace(RULE_SETS[0], key="before-139", since=date.min, note=", applied to a day before 2016-04-01")
_ALL = (_BEFORE, *RULE_SETS)


def rules_on(day: date) -> RuleSet:
    """Return the rules in force on `day`; before 2016-04-01 those of Order 139, whose basis then says so."""
    return next(rules for rules in reversed(_ALL) if rules.since <= day)


def basis_of(code: str, rules: RuleSet) -> str:
    """Return order and article of a refusal under `rules`, or that it is a rule of the office."""
    article = ARTICLES[code]
    return OFFICE_RULE if article is None else rules.basis(article)


def number(cell: Cell, settings: Settings) -> int:
    """Return the number of a cell, from the settings where no source gives it."""
    return int(getattr(settings, cell.setting)) if isinstance(cell, Unsettled) else cell


def pass_mark(licence_class: LicenceClass, subject: Subject, on: date) -> int:
    """Return the points out of 100 that pass (Order 162, art. 38). KeyError for a class that did not exist."""
    row = rules_on(on).classes[licence_class]
    return row.subject_2_pass if subject is Subject.SUBJECT_2 else PASS_MARK


def first_day_met(from_day: date, met_from: Callable[[RuleSet], date | None]) -> date | None:
    """Return the first day from `from_day` on which a rule is met, judged each day by the rules of that day.

    `met_from` gives the day from which a set of rules is content, or None where it never is.
    """
    for rules, ends in _from(from_day):
        met = met_from(rules)
        if met is None:
            continue
        day = max(met, rules.since, from_day)
        if ends is None or day < ends:
            return day
    return None


def _from(day: date) -> Iterator[tuple[RuleSet, date | None]]:
    """Yield the rules in force on `day` and all later ones, each with the day on which it ends."""
    ends = (*(rules.since for rules in RULE_SETS), None)
    for rules, end in zip(_ALL, ends, strict=True):
        if end is None or day < end:
            yield rules, end
