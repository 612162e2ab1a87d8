"""Sites of both lines: where they are, what they serve, when they are open; and the test lanes of stations."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base


class Site(Base):
    """An exam site or an inspection station. `open_weekdays` holds ISO weekdays: "12345" is Monday to Friday."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("daily_maximum >= 0", name="daily_maximum_not_negative"),
        CheckConstraint("lanes >= 0 AND vehicles_per_hour >= 0", name="lanes_not_negative"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position_whole"),
        CheckConstraint("abs(latitude) <= 90000000", name="latitude_on_earth"),
        CheckConstraint("abs(longitude) <= 180000000", name="longitude_on_earth"),
        CheckConstraint("method IN ('', 'first_come', 'ranked', 'lottery')", name="method_known"),
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
    # As the last imported list has them. A station's first test lanes are made of them, and count from then on.
    lanes: Mapped[int] = mapped_column(default=0)
    vehicles_per_hour: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    directions: Mapped[str] = mapped_column(String(500), default="")  # how to get there, public
    directions_en: Mapped[str] = mapped_column(String(500), default="")
    # Both in millionths of a degree of WGS 84; null: nobody has measured it. Whole numbers compare alike everywhere.
    latitude: Mapped[int | None]
    longitude: Mapped[int | None]
    method: Mapped[str] = mapped_column(
        String(10), default=""
    )  # how a station gives its places; "": the office's way


class SiteService(Base):
    """A service that a site offers, for which licence classes or vehicle kinds ("" = all)."""

    __tablename__ = "site_service"
    __table_args__ = (
        UniqueConstraint("site_id", "service"),
        CheckConstraint("price_fen >= 0", name="price_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    service: Mapped[str] = mapped_column(String(40))
    classes: Mapped[str] = mapped_column(String(120), default="")  # "C1,C2", in the order of the law's table
    price_fen: Mapped[int | None]  # of one inspection, public; null: not published


class SiteDay(Base):
    """A date on which a site is open or closed against its weekly habit, and why."""

    __tablename__ = "site_day"
    __table_args__ = (UniqueConstraint("site_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    is_open: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))


class SiteHours(Base):
    """One span of a weekday in which a station works, as wall-clock times at the office; spans never overlap."""

    __tablename__ = "site_hours"
    __table_args__ = (
        UniqueConstraint("site_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_iso"),
        CheckConstraint("opens < closes", name="opens_before_it_closes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    weekday: Mapped[int]  # 1 is Monday
    opens: Mapped[time]
    closes: Mapped[time]


class TestLane(Base):
    """A physical test lane of a station: one service, certain kinds of vehicle ("" = all of the service)."""

    __test__ = False  # a lane and no test, whatever pytest makes of the name
    __tablename__ = "test_lane"
    __table_args__ = (
        UniqueConstraint("site_id", "name"),
        CheckConstraint("vehicles_per_hour > 0", name="rate_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    kinds: Mapped[str] = mapped_column(String(120), default="")  # "TRUCK,SCHOOL_BUS"
    vehicles_per_hour: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class LaneOutage(Base):
    """A test lane is out of service in [starts_at, ends_at), or until it was ended earlier. The reason is public."""

    __tablename__ = "lane_outage"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        CheckConstraint("announced_at <= ended_at", name="ended_after_announced"),
        # Announced once: a second click, or a second clerk, is told so.
        Index(
            "uq_lane_outage_running",
            "lane_id",
            "starts_at",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lane_id: Mapped[int] = mapped_column(ForeignKey("test_lane.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # null: until further notice
    reason: Mapped[str] = mapped_column(String(200))
    reason_en: Mapped[str] = mapped_column(String(200), default="")  # "": nobody wrote any
    announced_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # null: the system itself
    announced_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # null: nobody has ended it; then it is over at ends_at
