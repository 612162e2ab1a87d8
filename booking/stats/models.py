"""Bookings made before this system, or beside it, as counted rows of history."""

from datetime import date

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
