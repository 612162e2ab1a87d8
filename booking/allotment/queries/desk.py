"""The desk of rounds: what is due today, the applicants of a round masked, numbers of a draw, corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from booking.accounts import queries as people
from booking.accounts.models import Person
from booking.allotment.models.proposals import Closure, Correction
from booking.allotment.models.requests import Entry, Request, Standing
from booking.allotment.models.rounds import BeaconValue, Leaf, Round, Stage
from booking.allotment.queries.rounds import RoundLine, lines_of
from booking.allotment.service import beacons
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import masked_name, plain_number
from booking.kernel.ids import REFERENCE_LENGTH, Holder, PersonId
from booking.slots.models import Lane, Method

PAGE = 50
MOST_OPEN = 60
PID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class DueNumbers:
    """A frozen round that waits for the numbers of a draw; `entered` counts the people who have entered some."""

    line: RoundLine
    entered: int
    alarmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """What the desk of rounds has before it; `closures` counts those that wait for a second person."""

    numbers: Sequence[DueNumbers]
    rounds: Sequence[RoundLine]
    corrections: Sequence["CorrectionShown"]
    closures: int


@dataclass(frozen=True, slots=True)
class DrawSource:
    """A named draw of a round, as one person sees it: nobody sees what somebody else entered."""

    source: str
    entered: int
    mine: str
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a round stands with its public random value."""

    draws: Sequence[DrawSource]
    is_differing: bool
    alarmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """One row of a round, with the person masked. `seq` is the number of the latest row."""

    holder: Holder
    person_id: PersonId
    name: str
    reference: str
    seq: int
    pid: str
    lane: Lane
    ranking_time: datetime | None
    standing: Standing
    place: int
    queue: int
    passed_because: str


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """A proposed change of a row: what stands there now, and what is to stand there."""

    id: int
    round_id: int
    service: str
    day: date
    method: Method
    stage: Stage
    objections_until: datetime
    name: str
    seq: int
    lane_now: Lane
    ranking_time_now: datetime | None
    lane: Lane
    ranking_time: datetime | None
    reason: str
    proposed_by: PersonId
    proposed_at: datetime
    approved_at: datetime | None


def board(session: Session, *, now: datetime) -> Board:
    """Return what is due at the desk; a fixed number of statements."""
    rounds = lines_of(
        session, select(Round).where(Round.stage != Stage.DRAWN).order_by(Round.closes_at, Round.id).limit(MOST_OPEN)
    )
    awaited = {line.id: line for line in rounds if line.state(now) == "awaited"}
    entered = dict(
        session.execute(
            select(BeaconValue.round_id, func.count(BeaconValue.entered_by_person.distinct()))
            .where(BeaconValue.round_id.in_(awaited))
            .group_by(BeaconValue.round_id)
        ).all()
    )
    alarms = dict(session.execute(select(Round.id, Round.alarmed_at).where(Round.id.in_(awaited))).all())
    waiting = _corrections(
        Correction.approved_at.is_(None), Round.stage == Stage.CLOSED, Round.objections_until > now
    )
    closures = select(func.count()).where(Closure.approved_at.is_(None))
    return Board(
        numbers=[DueNumbers(line, entered.get(id_, 0), alarms.get(id_)) for id_, line in awaited.items()],
        rounds=rounds,
        corrections=[_correction(row) for row in session.execute(waiting)],
        closures=session.scalar(closures) or 0,
    )


def numbers_of(session: Session, round_id: int, person_id: PersonId | None) -> Numbers:
    """Return how a round stands with its draws, with what `person_id` entered; raise `NotFoundError`."""
    round_ = session.get(Round, round_id)
    if round_ is None:
        raise NotFoundError
    named = [source for source in beacons.sources_of(round_) if source.startswith(beacons.DRAW)]
    missing = beacons.missing_sources(session, round_)
    query = select(BeaconValue).where(BeaconValue.round_id == round_id).order_by(BeaconValue.id)
    latest = {(one.source, one.entered_by_person): one.value for one in session.scalars(query)}
    draws = [
        DrawSource(
            source=source,
            entered=sum(of_source == source for of_source, _ in latest),
            mine=latest.get((source, person_id), ""),
            is_agreed=source not in missing,
        )
        for source in named
    ]
    return Numbers(draws, beacons.differing(session, round_), round_.alarmed_at)


def applicants_page(session: Session, round_id: int, *, page: int = 1) -> tuple[Sequence[Applicant], bool]:
    """Return one page of the people of a round by the number of their row, and whether there are more."""
    query = _applicants(Entry.round_id == round_id).limit(PAGE + 1).offset((page - 1) * PAGE)
    found = [_applicant(row) for row in session.execute(query)]
    return found[:PAGE], len(found) > PAGE


def find_applicants(session: Session, round_id: int, text: str) -> Sequence[Applicant]:
    """Return whom the clerk means: by row number, code or reference, or as the counter finds anybody.

    An older row of a person finds the person too.
    """
    text = text.strip()
    plain = plain_number(text)
    if text.isascii() and text.isdigit() and len(text) < REFERENCE_LENGTH:
        wanted: ColumnElement[bool] = Entry.pid.in_(
            select(Leaf.pid).where(Leaf.round_id == round_id, Leaf.seq == int(text))
        )
    elif len(plain) == PID_LENGTH:
        wanted = Entry.pid == plain.lower()
    elif session.scalar(select(Request.id).where(Request.reference == plain)) is not None:
        wanted = Request.reference == plain
    else:
        wanted = Entry.person_id.in_([person.person_id for person in people.find_people(session, text)])
    return [_applicant(row) for row in session.execute(_applicants(Entry.round_id == round_id, wanted).limit(PAGE))]


def applicant(session: Session, round_id: int, holder: Holder) -> Applicant:
    """Return the row of one holder in a round, or raise `NotFoundError`."""
    query = _applicants(Entry.round_id == round_id, Entry.holder == holder)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError
    return _applicant(row)


def corrections_of(session: Session, round_id: int) -> Sequence[CorrectionShown]:
    """Return the corrections of a round, the latest first."""
    query = _corrections(Correction.round_id == round_id)
    return [_correction(row) for row in session.execute(query)]


def correction(session: Session, correction_id: int) -> CorrectionShown:
    """Return one correction, or raise `NotFoundError`."""
    row = session.execute(_corrections(Correction.id == correction_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _correction(row)


def _applicants(*wanted: ColumnElement[bool]) -> Select[Any]:
    fields = (name for name in Applicant.__dataclass_fields__ if hasattr(Entry, name))
    columns: list[Any] = [getattr(Entry, name) for name in fields]
    return (
        select(*columns, Person.name, Request.reference)
        .select_from(Entry)
        .join(Person, Person.id == Entry.person_id)
        .join(Request, Request.id == Entry.request_id)
        .where(*wanted)
        .order_by(Entry.seq)
    )


def _applicant(row: Row[Any]) -> Applicant:
    found = row._asdict()
    return Applicant(**{**found, "name": masked_name(found["name"])})


def _corrections(*wanted: ColumnElement[bool]) -> Select[Any]:
    columns: list[Any] = [
        Correction.id, Correction.round_id, Correction.lane, Correction.ranking_time, Correction.reason,
        Correction.proposed_by_person.label("proposed_by"), Correction.proposed_at, Correction.approved_at,
        Round.service, Round.day, Round.method, Round.stage, Round.objections_until, Person.name, Entry.seq,
        Entry.lane.label("lane_now"), Entry.ranking_time.label("ranking_time_now"),
    ]  # fmt: skip
    here = (Entry.round_id == Correction.round_id) & (Entry.holder == Correction.holder)
    return (
        select(*columns)
        .select_from(Correction)
        .join(Round, Round.id == Correction.round_id)
        .join(Entry, here)
        .join(Person, Person.id == Entry.person_id)
        .where(*wanted)
        .order_by(Correction.proposed_at.desc(), Correction.id.desc())
    )


def _correction(row: Row[Any]) -> CorrectionShown:
    found = row._asdict()
    return CorrectionShown(**{**found, "name": masked_name(found["name"])})
