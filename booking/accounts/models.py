"""People, their accounts, sign-ins, phone codes and the throttle counters."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.kernel.actors import Role
from booking.kernel.db import Base, named
from booking.kernel.identifiers import IdType


class Person(Base):
    """A human being, once. Document and phone are sealed and found by keyed hash."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_phone_hash", "phone_hash"), Index("ix_person_sort_key", "sort_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    sort_key: Mapped[str] = mapped_column(String(200))
    id_type: Mapped[IdType] = mapped_column(named(IdType))
    id_number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    identity_hash: Mapped[str] = mapped_column(String(64), unique=True)
    id_tail_hash: Mapped[str] = mapped_column(String(64))  # of the last four characters, for the counter's search
    born_on: Mapped[date]
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_hash: Mapped[str] = mapped_column(String(64))
    phone_proved_at: Mapped[datetime | None]  # null: entered by a clerk or imported, not yet proved by a code
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # null: none given
    language: Mapped[str] = mapped_column(String(2), default="zh")
    created_at: Mapped[datetime]


class Account(Base):
    """A right to sign in, with one role. A member of staff has a second account for private matters."""

    __tablename__ = "account"
    __table_args__ = (
        Index(
            "uq_account_applicant",
            "person_id",
            unique=True,
            sqlite_where=text("role = 'applicant'"),
            postgresql_where=text("role = 'applicant'"),
        ),
        CheckConstraint("role <> 'system'", name="not_system"),
        CheckConstraint("(role = 'applicant') = (login IS NULL)", name="staff_has_login"),
        CheckConstraint("role NOT IN ('station', 'exam_site') OR site_id IS NOT NULL", name="site_staff_has_site"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(named(Role))
    login: Mapped[str | None] = mapped_column(String(40), unique=True)  # null: applicants use their phone or document
    site_id: Mapped[int | None]  # null: the role is not bound to a site
    password_hash: Mapped[str] = mapped_column(String(200))
    epoch: Mapped[int] = mapped_column(default=1)  # raised to end every sign-in at once
    disabled_at: Mapped[datetime | None]  # null: in use
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")


class SignInKind(StrEnum):
    """Where a sign-in is used."""

    WEB = "web"
    API = "api"


class SignIn(Base):
    """A session on the server: the cookie or bearer token is only a pointer to it, so it can be revoked."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[SignInKind] = mapped_column(named(SignInKind))
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]  # null: still good, if not expired

    account: Mapped[Account] = relationship(lazy="raise")


class CodePurpose(StrEnum):
    """What a code sent to a phone proves."""

    REGISTER = "register"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a purpose
    CHANGE_PHONE = "change_phone"


class PhoneCode(Base):
    """Six digits sent to a phone, kept as a keyed hash, good for a few minutes and a few tries."""

    __tablename__ = "phone_code"
    __table_args__ = (
        Index("ix_phone_code_phone_hash", "phone_hash"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[CodePurpose] = mapped_column(named(CodePurpose))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]  # null: not yet used


class Throttle(Base):
    """How often something was tried in one window of time; in the database, since there are several processes."""

    __tablename__ = "throttle"
    __table_args__ = (UniqueConstraint("what", "key_hash", "window_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(30))
    key_hash: Mapped[str] = mapped_column(String(64))
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)
