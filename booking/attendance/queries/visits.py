"""Single visits and cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from booking.attendance.models import Visit, VisitKind, VisitState
from booking.attendance.rules.order import Waiting, Window
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import BookingId, Holder, SiteId, VisitId


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as it stands. The window is that of its booking; `post` is "" where it is not called."""

    id: VisitId
    site_id: SiteId
    day: date
    number: int
    service: str
    holder: Holder
    kind: VisitKind
    booking_id: BookingId | None
    first_visit_id: VisitId | None
    window_starts_at: datetime | None
    window_ends_at: datetime | None
    on_time: bool
    arrived_at: datetime
    queued_at: datetime
    missed_calls: int
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    settled_at: datetime | None
    post: str
    state: VisitState

    @property
    def case_id(self) -> VisitId:
        """The first visit of the case."""
        return self.first_visit_id or self.id

    @property
    def waiting(self) -> Waiting:
        """What the order of the queue needs to know. The turn of a window is for who came on time and answered."""
        window = None
        if self.window_starts_at and self.window_ends_at and self.on_time and not self.missed_calls:
            window = Window(self.window_starts_at, self.window_ends_at)
        return Waiting(self.number, self.queued_at, window)

    def can_be_undone(self, undo: timedelta, now: datetime) -> bool:
        """Say whether its result can still be taken back at `now`."""
        has_result = self.state in (VisitState.PASSED, VisitState.FAILED) and self.settled_at is None
        return has_result and self.ended_at is not None and now < self.ended_at + undo


SHOWN = select(*(getattr(Visit, name) for name in VisitRow.__dataclass_fields__)).order_by(Visit.day, Visit.number)


def visit_shown(session: Session, visit_id: VisitId) -> VisitRow:
    """Return one visit; raise `NotFoundError` if there is none."""
    row = session.execute(SHOWN.where(Visit.id == visit_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    return VisitRow(**row)


def case_of(session: Session, visit: VisitRow) -> Sequence[VisitRow]:
    """Return the visits of the same case, the first one first."""
    of_case = SHOWN.where(or_(Visit.id == visit.case_id, Visit.first_visit_id == visit.case_id))
    rows = [VisitRow(**row) for row in session.execute(of_case).mappings()]
    return sorted(rows, key=lambda row: row.id)


def visits_of(session: Session, holder: Holder, *, limit: int = 50) -> Sequence[VisitRow]:
    """Return the visits of a holder, the last first."""
    of_holder = SHOWN.where(Visit.holder == holder).order_by(None).order_by(Visit.id.desc()).limit(limit)
    return [VisitRow(**row) for row in session.execute(of_holder).mappings()]


def waiting_by_site(session: Session, day: date) -> Mapping[SiteId, int]:
    """Return how many wait at each site on a local day; sites where nobody waits are left out. One statement."""
    query = select(Visit.site_id, func.count()).where(Visit.day == day, Visit.state == VisitState.WAITING)
    found = session.execute(query.group_by(Visit.site_id))
    return {SiteId(site_id): count for site_id, count in found}
