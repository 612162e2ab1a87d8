"""Why a vehicle cannot take a window: each rule a small generator, and every reason is returned at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from booking.inspections.rules import law
from booking.inspections.rules.due import DueStanding, standing
from booking.inspections.rules.facts import SERVICE_OF_KIND, VehicleFacts
from booking.inspections.rules.periods import Step
from booking.inspections.rules.settings import Settings
from booking.kernel.errors import Fact, Refusal, Wording


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """One window of a station: its service, its local day, and the kinds it takes, in capitals (none: all)."""

    service: str
    day: date
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One question: may this vehicle, which stands like this today, be inspected in that window?"""

    facts: VehicleFacts
    window: WindowFacts
    standing: DueStanding


Rule = Callable[[Case], Iterator[Refusal]]

# What each refusal rests on; the months of a school bus have an article of their own.
BASES: Mapping[str, Wording] = {
    "wrong-service": law.OFFICE_RULE,
    "kind-not-served": law.OFFICE_RULE,
    "other-place": law.APPLICATION_54,
    "not-due-yet": law.APPLICATION_54,
    "mark-only": law.MARK_ONLY_55,
}


# Of a vehicle that has no facts; the line words it, for it rests on nothing that the rules know.
NOT_KNOWN = Refusal("vehicle-not-known", law.OFFICE_RULE.en)


def refusals(facts: VehicleFacts, window: WindowFacts, *, today: date, settings: Settings) -> Iterator[Refusal]:
    """Yield every reason why the vehicle cannot take the window; nothing means it can.

    `earliest` of a reason is the first day of a window that is free of it. A vehicle that is overdue is refused for
    nothing that lies in the delay: a station must inspect (Road Traffic Safety Law, art. 13).
    """
    case = Case(facts, window, standing(facts, today=today, settings=settings))
    for rule in RULES:
        yield from rule(case)


def _refusal(code: str, **shown: Fact) -> Refusal:
    return Refusal(code, BASES[code].en, facts=shown)


def _of_this_service(case: Case) -> Iterator[Refusal]:
    """The services part the kinds among them."""
    service = SERVICE_OF_KIND[case.facts.kind]
    if case.window.service != service:
        yield _refusal("wrong-service", kind=case.facts.kind.value, service=service)


def _of_a_kind_served(case: Case) -> Iterator[Refusal]:
    """The test lanes of a window take some kinds of the service; of another service its kinds say nothing."""
    facts, window = case.facts, case.window
    of_service = window.service == SERVICE_OF_KIND[facts.kind]
    if of_service and window.classes and facts.kind.name not in window.classes:
        yield _refusal("kind-not-served", kind=facts.kind.value, classes=",".join(window.classes))


def _not_before_its_months(case: Case) -> Iterator[Refusal]:
    """Order 164, art. 54: three months before expiry; school buses one month (art. 62)."""
    opens_on = case.standing.opens_on
    if case.window.day < opens_on:
        shown = {"due_on": case.standing.due_on, "from_day": opens_on}
        yield Refusal("not-due-yet", case.standing.opens_basis.en, opens_on, shown)


def _on_the_line(case: Case) -> Iterator[Refusal]:
    """Order 164, art. 55: who is exempt from the visit gets the mark on line. Waiting alone does not lift it."""
    if case.standing.step is Step.MARK_ONLY:
        yield _refusal("mark-only", due_on=case.standing.due_on, from_day=case.standing.opens_on)


def _where_registered(case: Case) -> Iterator[Refusal]:
    """Order 164, art. 54: large passenger vehicles and school buses stay where they are registered."""
    if case.standing.is_bound_to_place and not case.facts.registered_here:
        yield _refusal("other-place", kind=case.facts.kind.value)


RULES: tuple[Rule, ...] = (
    _of_this_service,
    _of_a_kind_served,
    _where_registered,
    _not_before_its_months,
    _on_the_line,
)
