"""Spot checks as pages show them, and the draws behind those that were drawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.bookings.models import Booking
from booking.kernel.errors import NotFoundError
from booking.supervision.models import Outcome, SpotCheck, SpotDraw
from booking.supervision.rules.catalogue import DRAW

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Check:
    """One case; `reference` is the booking's where one was drawn, `closed_by` the name of who looked."""

    id: int
    rule: str
    subject: str
    first: date
    last: date
    amount: int
    opened_at: datetime
    outcome: Outcome
    note: str
    closed_at: datetime | None
    closed_by: str
    reference: str

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked yet."""
        return self.outcome is Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Draw:
    """One week's draw."""

    week: date
    seal: int
    seed: str
    bookings: int
    drawn: int
    drawn_at: datetime


def open_checks(session: Session) -> Sequence[Check]:
    """Return the cases nobody has looked at, the oldest first, at most a hundred."""
    query = _checks().where(SpotCheck.outcome == Outcome.OPEN).order_by(SpotCheck.first, SpotCheck.id)
    return _found(session, query.limit(MOST_SHOWN))


def closed_checks(session: Session) -> Sequence[Check]:
    """Return the cases that were looked at, the latest first, at most a hundred."""
    query = (
        _checks().where(SpotCheck.outcome != Outcome.OPEN).order_by(SpotCheck.closed_at.desc(), SpotCheck.id.desc())
    )
    return _found(session, query.limit(MOST_SHOWN))


def check_shown(session: Session, check_id: int) -> Check:
    """Return one case; raise `NotFoundError`."""
    found = _found(session, _checks().where(SpotCheck.id == check_id))
    if not found:
        raise NotFoundError
    return found[0]


def looks_since(session: Session, rules: Collection[str], day: date) -> Mapping[tuple[str, str], Sequence[Check]]:
    """Return the looks at findings of some rules whose days end on `day` or later, by (rule, subject)."""
    query = _checks().where(SpotCheck.rule.in_(rules), SpotCheck.last >= day, SpotCheck.outcome != Outcome.OPEN)
    found: dict[tuple[str, str], list[Check]] = {}
    for check in _found(session, query.order_by(SpotCheck.last.desc())):
        found.setdefault((check.rule, check.subject), []).append(check)
    return found


def open_count(session: Session) -> int:
    """Return how many cases nobody has looked at."""
    return session.scalar(select(func.count()).where(SpotCheck.outcome == Outcome.OPEN)) or 0


def draws(session: Session) -> Sequence[Draw]:
    """Return the last draws, the latest first."""
    columns = (getattr(SpotDraw, name) for name in Draw.__dataclass_fields__)
    query = select(*columns).order_by(SpotDraw.week.desc()).limit(MOST_SHOWN)
    return [Draw(*row) for row in session.execute(query)]


def draw_of(session: Session, week: date) -> Draw:
    """Return the draw of the week of a Monday; raise `NotFoundError`."""
    row = session.get(SpotDraw, week)
    if row is None:
        raise NotFoundError
    return Draw(row.week, row.seal, row.seed, row.bookings, row.drawn, row.drawn_at)


def _checks() -> Select[*tuple[object, ...]]:
    own = [name for name in Check.__dataclass_fields__ if name not in ("closed_by", "reference")]
    return select(
        *(getattr(SpotCheck, name) for name in own), func.coalesce(Person.name, "").label("closed_by")
    ).outerjoin(Person, Person.id == SpotCheck.closed_by_person)


def _found(session: Session, query: Select[*tuple[object, ...]]) -> Sequence[Check]:
    """Return the checks; a drawn booking's reference comes by one statement more for all of them."""
    rows = session.execute(query).mappings().all()
    numbers = {row["subject"]: int(row["subject"].partition(":")[2]) for row in rows if row["rule"] == DRAW}
    known = select(Booking.id, Booking.reference).where(Booking.id.in_(numbers.values()))
    references = {row.id: row.reference for row in (session.execute(known) if numbers else ())}
    return [Check(**row, reference=references.get(numbers.get(row["subject"], 0), "")) for row in rows]
