"""People, their accounts, sign-ins, second factors, phone codes and the throttle counters."""

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
    BETWEEN = "mid"  # the password was right, the second factor is still due: it opens no page but those of that step


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


class SecondFactor(Base):
    """The key of somebody's authenticator app. It counts once a code from it has come back."""

    __tablename__ = "second_factor"
    __table_args__ = (
        Index(
            "uq_second_factor_confirmed",
            "account_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
        CheckConstraint("(confirmed_at IS NULL) = (sign_in_id IS NOT NULL)", name="set_up_in_one_sign_in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # Null: confirmed. A key that is being set up is shown in the one sign-in it was made for and in no other, so that
    # whoever knows the password only cannot read along.
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"), unique=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(default=0)  # of thirty seconds since 1970: no code of it or before counts
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # null: being set up


class RecoveryCode(Base):
    """One of ten codes on paper for the day on which the phone is lost; kept as a keyed hash, good once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]  # null: still good


class ResetOf(StrEnum):
    """What of a staff account is set back."""

    FACTOR = "factor"
    PASSWORD = "password"  # noqa: S105 - the name of a thing


class ResetState(StrEnum):
    """Where a reset stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"


class AccountReset(Base):
    """A lost second factor or a forgotten password of staff: proposed by one person, decided by another."""

    __tablename__ = "account_reset"
    __table_args__ = (
        Index(
            "uq_account_reset_open",
            "account_id",
            "what",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        CheckConstraint("decided_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("person_id <> proposed_by_person AND person_id <> decided_by_person", name="not_oneself"),
        CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_person IS NULL)",
            name="decision_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # of the account
    what: Mapped[ResetOf] = mapped_column(named(ResetOf))
    state: Mapped[ResetState] = mapped_column(named(ResetState))
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: not decided
    decided_at: Mapped[datetime | None]  # null: not decided
    # The key for one new password, as a keyed hash. Null: none was given out, or it has been used.
    key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    key_until: Mapped[datetime | None]  # null: likewise


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
