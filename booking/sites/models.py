"""Sites of both lines: where they are, what they serve, when they are open."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base


class Site(Base):
    """An exam site or an inspection station. `open_weekdays` holds ISO weekdays: "12345" is Monday to Friday."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("daily_maximum >= 0", name="daily_maximum_not_negative"),
        CheckConstraint("lanes >= 0 AND vehicles_per_hour >= 0", name="lanes_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    line: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    district: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(30))  # of the site, public
    open_weekdays: Mapped[str] = mapped_column(String(7), default="12345")
    daily_maximum: Mapped[int]  # people or vehicles a day, all services together (Order 162, art. 54)
    lanes: Mapped[int] = mapped_column(default=0)
    vehicles_per_hour: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class SiteService(Base):
    """A service that a site offers, for which licence classes or vehicle kinds ("" = all)."""

    __tablename__ = "site_service"
    __table_args__ = (UniqueConstraint("site_id", "service"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    service: Mapped[str] = mapped_column(String(40))
    classes: Mapped[str] = mapped_column(String(120), default="")  # "C1,C2", in the order of the law's table


class SiteDay(Base):
    """A date on which a site is open or closed against its weekly habit, and why."""

    __tablename__ = "site_day"
    __table_args__ = (UniqueConstraint("site_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    is_open: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))
