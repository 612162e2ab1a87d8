"""The fairness view: what each rule tallies, what is conspicuous, and who got the places that came back late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import Wording
from booking.policies import queries as policies
from booking.policies.rules.catalogue import SETTINGS
from booking.policies.rules.setting import Setting, Values
from booking.stats.rules.spans import Days
from booking.supervision.forms import span_form
from booking.supervision.queries import checks
from booking.supervision.queries.checks import Check
from booking.supervision.queries.freed import freed, handed_on
from booking.supervision.queries.tallies import tallied
from booking.supervision.rules.anomalies import Tallied, Tally, judgements
from booking.supervision.rules.catalogue import RULES, Rule
from booking.supervision.views.blueprint import UNPROCESSABLE, bp
from booking.supervision.views.words import Subjects
from booking.web.guards import may
from booking.web.house import sessions, today

MOST_LISTED = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One subject of a rule: its tally, whether it is conspicuous, and the look at it if there was one."""

    tally: Tally
    is_found: bool
    check: Check | None

    @property
    def is_open(self) -> bool:
        """Whether somebody should still look at it."""
        return self.is_found and self.check is None


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule in a period: its greatest tallies, what is compared, and how many wait for a look."""

    rule: Rule
    limits: Sequence[tuple[Setting, Wording]]  # each setting with its value in words
    tallied: Tallied
    lines: Sequence[Line]

    @property
    def open(self) -> int:
        """How many findings nobody has looked at."""
        return sum(line.is_open for line in self.lines)

    @property
    def found(self) -> int:
        """How many findings there are."""
        return sum(line.is_found for line in self.lines)

    @property
    def most(self) -> int:
        """The greatest amount, as the full length of a bar."""
        return max((line.tally.amount for line in self.lines), default=0)

    @property
    def listed(self) -> Sequence[Line]:
        """What stands on the page: every finding, and the greatest of the others."""
        return [line for place, line in enumerate(self.lines) if line.is_found or place < MOST_LISTED]


@bp.get("/supervision/fairness")
@may(Act.READ_AUDIT)
def fairness() -> ResponseReturnValue:
    """Show every rule for a period."""
    form = span_form(request.args, today())
    if not form.validate():
        return render_template("supervision/fairness.html", form=form, judged=()), UNPROCESSABLE
    with reading(sessions()) as session:
        judged = judged_in(session, form.days)
        called = Subjects(session, [line.tally.subject for one in judged for line in one.listed])
        returned = freed(session, form.days)
    return render_template(
        "supervision/fairness.html",
        form=form,
        judged=judged,
        called=called,
        returned=returned,
        medians={one.rule.code: median_of(one) for one in judged},
    )


@bp.get("/supervision/fairness/freed")
@may(Act.READ_AUDIT)
def freed_places() -> ResponseReturnValue:
    """Show the places that queues were given."""
    form = span_form(request.args, today())
    if not form.validate():
        return render_template("supervision/freed.html", form=form, rows=(), returned=None), UNPROCESSABLE
    with reading(sessions()) as session:
        rows, returned = handed_on(session, form.days), freed(session, form.days)
    return render_template("supervision/freed.html", form=form, rows=rows, returned=returned)


def judged_in(session: Session, days: Days) -> Sequence[Judged]:
    """Tally every rule for some local days and judge it by the settings of the last of them."""
    values = policies.all_values(session, days.last)
    looks = checks.looks_since(session, [rule.code for rule in RULES], days.first)
    return [judged(session, rule, values, looks, days) for rule in RULES]


def judged(
    session: Session,
    rule: Rule,
    values: Values,
    looks: Mapping[tuple[str, str], Sequence[Check]],
    days: Days,
) -> Judged:
    """Tally one rule. A look covers a finding up to the day on which its days ended; later acts open it again."""
    found = tallied(session, rule.code, days)

    def look_at(tally: Tally) -> Check | None:
        return next((one for one in looks.get((rule.code, tally.subject), ()) if one.last >= tally.day), None)

    lines = [
        Line(one.tally, one.is_found, look_at(one.tally))
        for one in judgements(found, rule.limits(values), lambda tally: look_at(tally) is not None)
    ]
    told = [(SETTINGS[name], SETTINGS[name].shown(values[name])) for name in rule.settings]
    return Judged(rule, told, found, lines)


def median_of(one: Judged) -> list[tuple[str, int]]:
    """Return the medians that a rule compares with, by role."""
    return sorted(one.tallied.medians.items()) if one.rule.times else []
