"""docs/inspections.md, written from the tables: what the office applies is what the document says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date

from booking.inspections.rules import law
from booking.inspections.rules.documents import Document, documents
from booking.inspections.rules.due import (
    MONTHS_BEFORE,
    MONTHS_BEFORE_SCHOOL_BUS,
    PERIODS_TO_SCRAPPING,
    timeline,
)
from booking.inspections.rules.facts import KINDS, SERVICE_OF_KIND, SERVICES, USES, Use, VehicleFacts, VehicleKind
from booking.inspections.rules.periods import (
    OPERATING_PASSENGER_SCHEDULE,
    RULE_SETS,
    SCHOOL_BUS_SCHEDULE,
    STATUTE_BY_KIND,
    Phase,
    Schedule,
    Step,
    is_operating,
)
from booking.inspections.rules.plates import FORMS, PLATE_TYPES
from booking.inspections.rules.ranking import DUE, GIVEN_UP
from booking.inspections.rules.refusals import BASES
from booking.inspections.rules.settings import Settings
from booking.inspections.rules.wording import CONSEQUENCES, KEPT, REFUSALS, STEPS

_DEFAULTS = Settings()
EXAMPLE = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, 5, date(2016, 4, 1))
EXAMPLE_UNTIL = date(2036, 4, 30)


def inspections_as_markdown() -> str:
    """Return docs/inspections.md. A test compares the committed file with this."""
    parts = (
        _opening(),
        _statute(),
        _reforms(),
        _example(),
        _procedure(),
        _refusals(),
        _documents(),
        _ranking(),
        _names(),
        _plates(),
        _settings(),
    )
    return "\n\n".join(parts) + "\n"


def _opening() -> str:
    return (
        "# The rules of vehicle inspections\n\n"
        "Written by `booking.inspections.rules.document` from the tables the program applies; do not edit.\n"
        "A period is looked up by the day on which a mark runs out, so a reform changes what comes after it and\n"
        "nothing before; days before 2004-05-01 are judged like that day. Periods are counted in months from the\n"
        "first registration. The register's valid-until day governs; the computed day is a suggestion and stands in\n"
        "where the office does not know the register's. What no source settles is a setting, listed at the end."
    )


def _statute() -> str:
    rows = [("operating passenger vehicles", "营运载客汽车", *_phases(OPERATING_PASSENGER_SCHEDULE))]
    rows += [(KINDS[kind].en, KINDS[kind].zh, *_phases(periods)) for kind, periods in STATUTE_BY_KIND.items()]
    rows += [("other vehicles under a school bus sign", "非专用校车", *_phases(SCHOOL_BUS_SCHEDULE))]
    note = (
        "Operating or not, trucks and motorcycles have one row. A school bus that was not built as one counts from\n"
        "its school bus sign (Order 164, art. 62), which is not kept here: there the register's day is needed."
    )
    return f"## The statute\n\n{_table(('vehicle', '中文', 'periods', 'basis'), rows)}\n\n{note}"


def _phases(periods: Schedule) -> tuple[str, str]:
    bases = dict.fromkeys(phase.basis.en for phase in periods)
    return "; then ".join(_phase(phase) for phase in periods), "; ".join(bases)


def _phase(phase: Phase) -> str:
    every = {6: "every 6 months", 12: "yearly", 24: "every 2 years"}[phase.every]
    step = "" if phase.step is Step.LINE_TEST else ", mark only"
    if phase.to is None:
        return f"{every}{step}"
    years, months = divmod(phase.to, 12)
    reach = f"to year {years}" if months == 0 else f"before year {years + 1}"
    return f"{reach} {every}{step}"


def _reforms() -> str:
    rows = []
    for rules in RULE_SETS:
        begins = f"{rules.begins(_DEFAULTS)}{'*' if rules.since is None else ''}"
        seats = f"up to {rules.most_seats}" if rules.most_seats else "–"
        cars, motorcycles = (_phases(periods)[0] for periods in (rules.cars, rules.motorcycles))
        rows.append((begins, f"`{rules.key}`", rules.name.en, seats, cars, motorcycles))
    head = ("from", "key", "rule", "seats of the cars meant", "small passenger cars not operating", "motorcycles")
    kept = _table(("中文", "what keeps the periods of the statute"), ((kept.zh, kept.en) for kept in KEPT.values()))
    return f"## The reforms\n\n{_table(head, rows)}\n\n`*`: a setting.\n\n{kept}"


def _example() -> str:
    found = timeline(EXAMPLE, first=EXAMPLE.registered_on, last=EXAMPLE_UNTIL, settings=_DEFAULTS)
    rows = ((str(duty.due_on), STEPS[duty.step].en, duty.basis.en, f"`{duty.rule_set}`") for duty in found)
    return (
        f"## A private car of {EXAMPLE.seats} seats, first registered on {EXAMPLE.registered_on}\n\n"
        f"{_table(('by', 'step', 'basis', 'rules'), rows)}"
    )


def _procedure() -> str:
    rows = ((f"`{code}`", wording.zh, wording.en) for code, wording in CONSEQUENCES.items())
    return (
        "## Earliest day, place and delay\n\n"
        f"- The next mark can be had within {MONTHS_BEFORE} months before expiry ({law.APPLICATION_54.en}),\n"
        f"  by school buses within {MONTHS_BEFORE_SCHOOL_BUS} ({law.SCHOOL_BUS_62.en}). One that is valid until\n"
        "  30 April opens on 1 February.\n"
        "- Large passenger vehicles and school buses are inspected only where they are registered; every other\n"
        f"  vehicle anywhere ({law.APPLICATION_54.en}).\n"
        f"- A delay costs a fine ({law.FINE_78.en}) and points\n"
        f"  ({law.THREE_POINTS_11.en} for coaches, tourist coaches and dangerous goods;\n"
        f"  else {law.ONE_POINT_12.en}).\n"
        f"  After {PERIODS_TO_SCRAPPING} whole periods without a mark the vehicle must be scrapped\n"
        f"  ({law.SCRAPPING_4.en}). The program says so and does not refuse: that is\n"
        "  for the register to decide.\n"
        "- A line test missed while overdue stays to be done; a mark on line does not make up for it.\n\n"
        f"{_table(('code', '中文', 'English'), rows)}"
    )


def _refusals() -> str:
    rows = ((f"`{code}`", BASES[code].en, wording.zh, wording.en) for code, wording in REFUSALS.items())
    return f"## Refusals\n\n{_table(('code', 'basis', '中文', 'English'), rows)}"


def _documents() -> str:
    bus = VehicleFacts(VehicleKind.SCHOOL_BUS, Use.SCHOOL_BUS, 30, EXAMPLE.registered_on)
    agent = documents(EXAMPLE, step=Step.LINE_TEST, by_agent=True)
    company = documents(EXAMPLE, step=Step.LINE_TEST, by_company=True)
    rows = [
        *_document_rows("line test", documents(bus, step=Step.LINE_TEST)),
        *_document_rows("mark on line", documents(EXAMPLE, step=Step.MARK_ONLY)),
        *_document_rows("through an agent", [found for found in agent if found.basis is law.AGENT_86]),
        *_document_rows("owner is a company", [found for found in company if found.basis is law.COMPANY_89]),
    ]
    return f"## What to bring\n\n{_table(('for', '中文', 'document', 'basis'), rows)}"


def _document_rows(purpose: str, found: Iterable[Document]) -> Iterator[Sequence[str]]:
    return ((purpose, document.words.zh, document.words.en, document.basis.en) for document in found)


def _ranking() -> str:
    rows = ((DUE.zh, DUE.en, "the beginning of the day"), (GIVEN_UP.zh, GIVEN_UP.en, "the minute"))
    return (
        "## Ranking time\n\n"
        "Where a round decides, requests rank by the later of these moments, the earliest first (a rule of this\n"
        "office). A place that the office took away leaves the time as it was.\n\n"
        f"{_table(('中文', 'moment', 'counts from'), rows)}"
    )


def _names() -> str:
    kinds = (
        (f"`{kind.value}`", name.zh, name.en, SERVICES[SERVICE_OF_KIND[kind]].en) for kind, name in KINDS.items()
    )
    uses = (
        (use.value, name.zh, name.en, "yes" if is_operating(use, _DEFAULTS) else "–") for use, name in USES.items()
    )
    return (
        f"## Kinds and uses\n\n{_table(('kind', '中文', 'name', 'service'), kinds)}\n\n"
        f"{_table(('use', '中文', 'name', 'operating, as a passenger vehicle'), uses)}"
    )


def _plates() -> str:
    rows = ((kind.value, name.zh, name.en, f"`{FORMS[kind].pattern}`") for kind, name in PLATE_TYPES.items())
    return (
        "## Plates\n\nProvince, letter of the issuing office (no I), then the serial. Types that are not listed\n"
        f"come to the counter.\n\n{_table(('type', '中文', 'name', 'serial'), rows)}"
    )


def _settings() -> str:
    rows = (
        (f"`inspections.{setting.name}`", _value(getattr(_DEFAULTS, setting.name)), setting.metadata["what"])
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
