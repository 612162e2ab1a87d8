"""Who came on the day: visits with their numbers, and the counter from which a site's numbers of a day come."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named


class VisitKind(StrEnum):
    """How a visit came about. A re-inspection may be booked too; it then has a booking and a window."""

    BOOKED = "booked"
    WALK_IN = "walk_in"
    REINSPECTION = "reinspection"


class VisitState(StrEnum):
    """Where a visit stands. The first three are open: the holder is on the premises."""

    WAITING = "waiting"
    CALLED = "called"
    IN_TEST = "in_test"
    PASSED = "passed"
    FAILED = "failed"
    LEFT = "left"


OPEN = (VisitState.WAITING, VisitState.CALLED, VisitState.IN_TEST)
RESULTS = (VisitState.PASSED, VisitState.FAILED)

# From which state to which: the same table stands in the database as a trigger. A result goes back to IN_TEST when it
# is undone, which a second trigger refuses once the result is settled.
STEPS: dict[VisitState, frozenset[VisitState]] = {
    VisitState.WAITING: frozenset({VisitState.CALLED, VisitState.LEFT}),
    VisitState.CALLED: frozenset({VisitState.WAITING, VisitState.IN_TEST, VisitState.LEFT}),
    VisitState.IN_TEST: frozenset({VisitState.PASSED, VisitState.FAILED, VisitState.WAITING}),
    VisitState.PASSED: frozenset({VisitState.IN_TEST}),
    VisitState.FAILED: frozenset({VisitState.IN_TEST}),
}
# In words of SQL, for indexes and for the queries that are to use them: neither database sees through a parameter.
OPEN_IN_SQL = text("state IN ('waiting', 'called', 'in_test')")
CALLED_IN_SQL = text("state = 'called'")
UNSETTLED_IN_SQL = text("state IN ('passed', 'failed') AND settled_at IS NULL")


class Visit(Base):
    """One arrival. `holder` is what came, in the words of the line ("vehicle:4"), and is at one place at a time.

    `on_time` is decided at the arrival and stays: a booked holder who came before its window was over. `queued_at` is
    since when it stands in the queue: its arrival, or the last call that it missed. `called_at` is the last call.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("site_id", "day", "number"),
        UniqueConstraint("booking_id"),
        Index("uq_visit_open", "holder", unique=True, sqlite_where=OPEN_IN_SQL, postgresql_where=OPEN_IN_SQL),
        # One call at a post until it is answered: a button that is pressed twice calls one car.
        Index(
            "uq_visit_called",
            "site_id",
            "day",
            "post",
            unique=True,
            sqlite_where=CALLED_IN_SQL,
            postgresql_where=CALLED_IN_SQL,
        ),
        Index("ix_visit_unsettled", "ended_at", sqlite_where=UNSETTLED_IN_SQL, postgresql_where=UNSETTLED_IN_SQL),
        Index("ix_visit_first_visit_id", "first_visit_id"),
        Index("ix_visit_holder", "holder"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(kind = 'reinspection') = (first_visit_id IS NOT NULL)", name="case_known"),
        CheckConstraint(
            "kind = 'reinspection' OR (kind = 'booked') = (booking_id IS NOT NULL)", name="booking_known"
        ),
        CheckConstraint(
            "(booking_id IS NULL) = (window_starts_at IS NULL) AND (booking_id IS NULL) = (window_ends_at IS NULL)"
            " AND (booking_id IS NOT NULL OR NOT on_time)",
            name="window_whole",
        ),
        CheckConstraint("window_starts_at < window_ends_at", name="window_not_empty"),
        CheckConstraint(
            "arrived_at <= queued_at AND queued_at <= called_at AND called_at <= started_at"
            " AND arrived_at <= ended_at AND started_at <= ended_at AND ended_at <= settled_at",
            name="times_in_order",
        ),
        CheckConstraint("missed_calls >= 0 AND (missed_calls > 0 OR queued_at = arrived_at)", name="place_in_queue"),
        CheckConstraint(
            "(called_at IS NULL) = (post = '') AND (started_at IS NULL OR called_at IS NOT NULL)", name="call_whole"
        ),
        CheckConstraint(
            "(state <> 'waiting' OR called_at IS NULL) AND (state <> 'called' OR called_at IS NOT NULL)"
            " AND (state IN ('waiting', 'called', 'left')) = (started_at IS NULL)"
            " AND (state IN ('passed', 'failed', 'left')) = (ended_at IS NOT NULL)",
            name="state_whole",
        ),
        CheckConstraint("settled_at IS NULL OR state IN ('passed', 'failed')", name="result_settled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    number: Mapped[int]
    service: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(40))
    kind: Mapped[VisitKind] = mapped_column(named(VisitKind))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))  # null: nobody booked it
    first_visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))  # null: the first visit of its case
    window_starts_at: Mapped[datetime | None]  # null: not booked
    window_ends_at: Mapped[datetime | None]  # null: not booked
    on_time: Mapped[bool]
    arrived_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    missed_calls: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]  # null: not called
    started_at: Mapped[datetime | None]  # null: not begun
    ended_at: Mapped[datetime | None]  # null: open
    settled_at: Mapped[datetime | None]  # null: no result, or one that can still be undone
    post: Mapped[str] = mapped_column(String(20), default="")  # the test lane or desk it was called to; "" = none
    state: Mapped[VisitState] = mapped_column(named(VisitState), default=VisitState.WAITING)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # null: the system


class VisitDay(Base):
    """The last number given at a site on a local day; numbers come from here, without gaps."""

    __tablename__ = "visit_day"
    __table_args__ = (CheckConstraint("last_number >= 0", name="last_number_not_negative"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)
