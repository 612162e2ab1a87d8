"""Vehicles, who owns them, who may act for an owner, and which reminders went out."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.kernel.db import Base, named


class OwnerKind(StrEnum):
    """Whom a vehicle can belong to."""

    PERSON = "person"
    COMPANY = "company"


class Source(StrEnum):
    """Where the office knows a vehicle from; what the register or an import says is not for the owner to change."""

    REGISTER = "register"  # entered at the counter from the vehicle's papers
    OWNER = "owner"
    STATION = "station"  # a car that came to the gate unannounced
    IMPORT = "import"


class How(StrEnum):
    """How an owner's consent came to the office."""

    OWNER_ONLINE = "owner_online"
    COUNTER = "counter"
    DECLARED = "declared"  # by the agent of a company; it covers only what this agent has bound


class Owner(Base):
    """A person or a company that vehicles belong to, once. Number and name are sealed and found by keyed hash."""

    __tablename__ = "owner"
    __table_args__ = (CheckConstraint("kind = 'person' OR person_id IS NULL", name="company_is_no_person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OwnerKind] = mapped_column(named(OwnerKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)  # null: not registered here
    id_type: Mapped[str] = mapped_column(String(1))  # of the national system: N is a unified social credit code
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    identity_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # null: a person's, or not in the imported file
    district: Mapped[str] = mapped_column(String(40), default="")  # where the owner looks for a station; "" = unknown
    reminders_off: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Vehicle(Base):
    """A vehicle, once for each plate. It is bound when somebody has claimed it and may book for it.

    Kinds, uses and plate types are stored as the codes of `inspections.rules`. Plate and VIN are sealed and found by
    keyed hash, also by their last characters.
    """

    __tablename__ = "vehicle"
    __table_args__ = (
        UniqueConstraint("plate_type", "plate_hash"),
        CheckConstraint("bound_at IS NULL OR owner_id IS NOT NULL", name="bound_has_owner"),
        CheckConstraint("(bound_at IS NULL) = (bound_by IS NULL)", name="binding_whole"),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        CheckConstraint("valid_until >= registered_on", name="valid_after_registration"),
        Index("ix_vehicle_owner_id", "owner_id"),
        Index("ix_vehicle_plate_hash", "plate_hash"),
        Index("ix_vehicle_plate_tail_hash", "plate_tail_hash"),
        Index("ix_vehicle_vin_tail_hash", "vin_tail_hash"),
        Index("ix_vehicle_valid_until", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))  # null: not known, as of a car at the gate
    plate_type: Mapped[str] = mapped_column(String(2))
    plate_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    plate_hash: Mapped[str] = mapped_column(String(64))
    plate_tail_hash: Mapped[str] = mapped_column(String(64))  # of the last four characters
    vin_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # null: not told, as at the gate
    vin_hash: Mapped[str | None] = mapped_column(String(64))  # null: as above
    vin_tail_hash: Mapped[str | None] = mapped_column(String(64))  # of the last six characters; null: as above
    vehicle_kind: Mapped[str] = mapped_column(String(20))
    use: Mapped[str] = mapped_column(String(1))
    seats: Mapped[int] = mapped_column(default=0)  # 0: not told
    registered_on: Mapped[date | None]  # null: not told, as at the gate
    valid_until: Mapped[date | None]  # null: not told; what is computed is only a suggestion
    had_casualty_accident: Mapped[bool] = mapped_column(default=False)
    was_altered: Mapped[bool] = mapped_column(default=False)
    source: Mapped[Source] = mapped_column(named(Source))
    created_at: Mapped[datetime]
    bound_at: Mapped[datetime | None]  # null: nobody here has bound it
    bound_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: as above

    owner: Mapped[Owner | None] = relationship(lazy="raise")


class Renewal(Base):
    """The mark that a passed line test renewed, once for each visit. The register's word overrides it at any time."""

    __tablename__ = "renewal"
    __table_args__ = (
        UniqueConstraint("visit_id"),
        CheckConstraint("before < valid_until", name="later"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    before: Mapped[date | None]  # null: it was not known
    valid_until: Mapped[date | None]  # null: only the plate is known, so nothing could be computed
    renewed_at: Mapped[datetime]


class Agency(Base):
    """An owner's consent that a person acts for the owner's vehicles (Order 164, art. 86). Ended, never deleted."""

    __tablename__ = "agency"
    __table_args__ = (
        Index(
            "uq_agency_live",
            "owner_id",
            "agent_person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_agency_agent_person_id", "agent_person_id"),
        CheckConstraint("how = 'owner_online' OR evidence <> ''", name="consent_has_evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    agent_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    how: Mapped[How] = mapped_column(named(How))
    evidence: Mapped[str] = mapped_column(String(500), default="")  # what was shown or declared
    consented_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]  # null: still good


class Reminder(Base):
    """A reminder that went out: its stage of its last valid day, once for ever."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("vehicle_id", "valid_until", "days_before"),
        CheckConstraint("days_before IN (90, 30, 7)", name="stage_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    valid_until: Mapped[date]
    days_before: Mapped[int]
    told_at: Mapped[datetime]
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"))  # null: it carried no place
