"""Bookings made before this system, or beside it, as rows of history; and figures that are counted already."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base


class PastBooking(Base):
    """One booking of the past: nobody's name, only what the shares need."""

    __tablename__ = "past_booking"
    __table_args__ = (Index("ix_past_booking_line_day", "line", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    channel: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(10))


class RolledSpan(Base):
    """A day or a month whose figures are counted. A day's row goes, by trigger, when anything of that day changes.

    So what is here holds, and a day that is not here is counted afresh by whoever asks. A month holds as long as
    each of its days does.
    """

    __tablename__ = "rolled_span"

    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    rolled_at: Mapped[datetime | None]  # null: announced, and not yet counted


class RolledFigure(Base):
    """How much of one measure fell into one bucket, in one span of days.

    `cut` says by what else it is parted: "both" by site and licence class, "site" and "class" by one of them, "all"
    by neither. What it is not parted by is 0 or "".
    """

    __tablename__ = "rolled_figure"

    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    cut: Mapped[str] = mapped_column(String(5), primary_key=True)
    measure: Mapped[str] = mapped_column(String(12), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(20), primary_key=True)
    service: Mapped[str] = mapped_column(String(40), primary_key=True)
    site_id: Mapped[int] = mapped_column(primary_key=True)
    licence_class: Mapped[str] = mapped_column(String(2), primary_key=True)
    bucket: Mapped[str] = mapped_column(String(20), primary_key=True)
    amount: Mapped[int]
