"""Every kind of file: who may move it, what its columns are, and which verb of which feature reads or gives it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.exams import exports as exam_exports
from booking.exams import imports as exam_imports
from booking.exams.models import ExamResult, Learner
from booking.inspections import imports as vehicles
from booking.inspections.models import Owner, Vehicle
from booking.kernel.actors import Act, Actor
from booking.kernel.columns import Holds, holds_of
from booking.kernel.db import Base
from booking.kernel.tables import Parser
from booking.kernel.workbooks import Cell
from booking.plans.models import Plan, PlanLine
from booking.plans.service import transfer as plans
from booking.rosters import imports as rosters
from booking.rosters.models import Attempt
from booking.sites.models import Site, TestLane
from booking.sites.service import lists as sites
from booking.stats import service as history
from booking.stats.models import PastBooking
from booking.transfers import booking_rows, roster_rows
from booking.transfers.scope import Scope


class BringIn(Protocol):
    """Stores a whole file, or raises `ImportRefusedError`."""

    def __call__(self, session: Session, source: bytes, /, *, actor: Actor, now: datetime) -> object: ...


GiveOut = Callable[[Session, Scope, datetime], Iterator[Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A kind of file that comes in. What it adds is told by how many rows the tables of `counted` have more."""

    act: Act
    columns: Mapping[str, Parser]
    bring_in: Callable[[Scope], BringIn]
    counted: Mapping[str, type[Base]]
    changed: str = ""  # the table whose rows a line may also bring up to date
    asks_day: bool = False  # of the site of whoever asks

    @property
    def day_columns(self) -> frozenset[str]:
        """The columns whose cells are days."""
        return frozenset(name for name, parser in self.columns.items() if holds_of(parser) is Holds.DAY)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A kind of file that goes out. With `again`, what went out can come in again under the same name."""

    act: Act
    columns: Sequence[str]
    rows: GiveOut
    asks_days: bool = False
    one_day: bool = False  # the first of them alone
    asks_site: bool = False
    is_personal: bool = True
    again: bool = False


def _always(verb: BringIn) -> Callable[[Scope], BringIn]:
    return lambda scope: verb


def _attempts(scope: Scope) -> BringIn:
    def bring_in(session: Session, source: bytes, /, *, actor: Actor, now: datetime) -> int:
        return rosters.import_attempts(session, scope.site, scope.days[0], source, actor=actor, now=now)

    return bring_in


INCOMING: Mapping[str, Incoming] = {
    "learners": Incoming(
        Act.KEEP_LEARNER_RECORDS,
        exam_imports.LEARNER_COLUMNS,
        _always(exam_imports.import_learners),
        {"people": Person, "records": Learner},
    ),
    "results": Incoming(
        Act.KEEP_LEARNER_RECORDS,
        exam_imports.RESULT_COLUMNS,
        _always(exam_imports.import_results),
        {"results": ExamResult},
    ),
    "vehicles": Incoming(
        Act.KEEP_VEHICLE_RECORDS,
        vehicles.COLUMNS,
        _always(vehicles.import_vehicles),
        {"owners": Owner, "vehicles": Vehicle},
        changed="vehicles",
    ),
    "plans": Incoming(
        Act.PROPOSE_PLANS, plans.PARSERS, _always(plans.import_plans), {"plans": Plan, "sessions": PlanLine}
    ),
    "attempts": Incoming(Act.KEEP_ROSTERS, rosters.ATTEMPT_COLUMNS, _attempts, {"attempts": Attempt}, asks_day=True),
    "sites": Incoming(
        Act.KEEP_STATIONS,
        sites.PARSERS,
        _always(sites.import_sites),
        {"sites": Site, "lanes": TestLane},
        changed="sites",
    ),
    "history": Incoming(
        Act.APPROVE_SETTINGS, history.PARSERS, _always(history.import_history), {"bookings": PastBooking}
    ),
}
OUTGOING: Mapping[str, Outgoing] = {
    "learners": Outgoing(
        Act.KEEP_LEARNER_RECORDS,
        tuple(exam_imports.LEARNER_COLUMNS),
        lambda session, scope, now: exam_exports.exported_learners(session),
        again=True,
    ),
    "results": Outgoing(
        Act.KEEP_LEARNER_RECORDS,
        tuple(exam_imports.RESULT_COLUMNS),
        lambda session, scope, now: exam_exports.exported_results(session, *scope.days),
        asks_days=True,
        again=True,
    ),
    "vehicles": Outgoing(
        Act.KEEP_VEHICLE_RECORDS,
        tuple(vehicles.COLUMNS),
        lambda session, scope, now: vehicles.exported_vehicles(session),
        again=True,
    ),
    "plans": Outgoing(
        Act.PROPOSE_PLANS,
        plans.COLUMNS,
        lambda session, scope, now: plans.exported_plans(session, *scope.days, site_id=scope.site_id),
        asks_days=True,
        is_personal=False,
        again=True,
    ),
    "rosters": Outgoing(
        Act.SEE_ROSTERS,
        roster_rows.COLUMNS,
        roster_rows.exported_rosters,
        asks_days=True,
        one_day=True,
        asks_site=True,
    ),
    "bookings": Outgoing(
        Act.SEE_FIGURES,
        booking_rows.COLUMNS,
        lambda session, scope, now: booking_rows.exported_bookings(session, *scope.days),
        asks_days=True,
        is_personal=False,
    ),
}
