"""From when on somebody looks: at the limit and not below it, each subject once, and never by the median alone."""

from datetime import UTC, datetime

import pytest

from booking.policies.rules.catalogue import SETTINGS
from booking.policies.rules.setting import Values
from booking.supervision.rules.anomalies import Limits, Tallied, Tally, is_conspicuous, judgements
from booking.supervision.rules.catalogue import RULES, Rule

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
DEFAULTS = Values({name: setting.default for name, setting in SETTINGS.items()})


def tally(subject: str, amount: int, *, of: int = 0, role: str = "", part: str = "") -> Tally:
    return Tally(subject, role, part, amount, amount, of, AT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_speaks_at_its_limit_and_not_one_below(rule: Rule) -> None:
    limits = rule.limits(DEFAULTS)

    assert is_conspicuous(tally("account:1", limits.least), limits, 0)
    assert not is_conspicuous(tally("account:1", limits.least - 1), limits, 0)


@pytest.mark.parametrize(
    ("amount", "median", "expected"),
    [
        (20, 6, True),  # more than three times the median of 6
        (18, 6, False),  # three times, but below the least
        (21, 7, True),  # exactly three times
        (20, 7, False),  # one below three times
    ],
)
def test_a_burst_is_also_compared_with_the_median(amount: int, median: int, *, expected: bool) -> None:
    assert is_conspicuous(tally("account:1", amount), Limits(20, times=3), median) is expected


@pytest.mark.parametrize(
    ("amount", "of", "expected"),
    [(5, 99, True), (5, 100, False), (4, 10, False)],  # more than 5 %, exactly 5 %, and too few whatever the share
)
def test_overrides_need_a_number_and_a_share(amount: int, of: int, *, expected: bool) -> None:
    assert is_conspicuous(tally("account:1", amount, of=of), Limits(5, share=5), 0) is expected


def nobody(tally: Tally) -> bool:
    """Nobody has looked at anything."""
    return False


def test_a_subject_is_judged_once_by_its_busiest_part() -> None:
    tallied = Tallied([tally("account:1", 25, part="3"), tally("account:1", 40, part="7")], {}, 65)

    [one] = judgements(tallied, Limits(20), nobody)

    assert (one.tally.amount, one.is_found, one.is_open) == (40, True, True)


def test_what_was_looked_at_does_not_hide_what_came_later() -> None:
    tallied = Tallied([tally("account:1", 40, part="3"), tally("account:1", 25, part="7")], {}, 65)

    [one] = judgements(tallied, Limits(20), lambda tally: tally.part == "3")
    [looked_at] = judgements(tallied, Limits(20), lambda _: True)

    assert (one.tally.part, one.is_open) == ("7", True)
    assert (looked_at.tally.part, looked_at.is_found, looked_at.is_open) == ("3", True, False)


def test_accounts_are_compared_with_those_of_their_own_role_and_findings_come_first() -> None:
    clerk, learner = tally("account:1", 30, role="counter"), tally("account:2", 24, role="applicant")
    tallied = Tallied([clerk, learner], {"counter": 12, "applicant": 1}, 54)

    judged = judgements(tallied, Limits(20, times=3), nobody)

    assert [(one.tally.subject, one.is_found) for one in judged] == [("account:2", True), ("account:1", False)]
