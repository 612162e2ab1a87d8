"""People and accounts as other folders and the pages read them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person, SignIn, SignInKind
from booking.kernel.actors import Role
from booking.kernel.db import batched, keyring_of
from booking.kernel.errors import Language, NotFoundError
from booking.kernel.identifiers import (
    IdDocument,
    IdType,
    InvalidIdentifierError,
    masked_document,
    masked_mobile,
    mobile_number,
    plain_number,
)
from booking.kernel.ids import AccountId, PersonId, SiteId
from booking.kernel.secrets import token_hash
from booking.notices.service import Recipient

STAFF_IDLE = timedelta(minutes=15)
TAIL = re.compile(r"(?<![0-9A-Z])([0-9]{3}[0-9X])(?![0-9A-Z])", re.IGNORECASE)
MOST_FOUND = 20
GOOD = (
    SignIn.revoked_at.is_(None),
    SignIn.expires_at > bindparam("now"),
    SignIn.epoch == Account.epoch,
    Account.disabled_at.is_(None),
)
# Asked at every page of everybody who is signed in: built once, and columns only.
LIVE_SIGN_IN = (
    select(
        SignIn.id.label("sign_in_id"),
        SignIn.seen_at,
        SignIn.expires_at,
        SignIn.account_id,
        Account.person_id,
        Account.role,
        Account.site_id,
        Person.name,
        Person.phone_sealed,
        Person.language,
    )
    .join(Account, SignIn.account_id == Account.id)
    .join(Person, Account.person_id == Person.id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.kind == bindparam("kind"), *GOOD)
)


@dataclass(frozen=True, slots=True)
class MaskedPerson:
    """A person as a clerk sees one: enough to recognise, not enough to copy."""

    person_id: PersonId
    name: str
    id_type: IdType
    document: str
    phone: str
    born_on: date
    phone_proved: bool


@dataclass(frozen=True, slots=True)
class OwnData:
    """Everything accounts keep about one person, in clear: for the person only."""

    name: str
    id_type: IdType
    id_number: str
    born_on: date
    phone: str
    phone_proved_at: datetime | None
    email: str | None
    language: Language
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSignIn:
    """A sign-in that is good now, and the account behind it."""

    sign_in_id: int
    account_id: AccountId
    person_id: PersonId
    role: Role
    site_id: SiteId | None
    name: str
    phone: str
    language: Language
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """One line of the list of own sign-ins."""

    sign_in_id: int
    kind: SignInKind
    created_at: datetime
    expires_at: datetime


def recipient(session: Session, person_id: PersonId) -> Recipient:
    """Return where the person's messages go, in which language."""
    person = session.get_one(Person, person_id)
    keyring = keyring_of(session)
    email = keyring.open(person.email_sealed, column="person.email") if person.email_sealed else None
    phone = keyring.open(person.phone_sealed, column="person.phone")
    return Recipient(person_id, phone, email, _language(person.language))


def recipients(session: Session, person_ids: Iterable[PersonId]) -> dict[PersonId, Recipient]:
    """Return where the messages of many people go; as `recipient` for each."""
    keyring = keyring_of(session)
    columns = select(Person.id, Person.phone_sealed, Person.email_sealed, Person.language)
    return {
        PersonId(row.id): Recipient(
            PersonId(row.id),
            keyring.open(row.phone_sealed, column="person.phone"),
            keyring.open(row.email_sealed, column="person.email") if row.email_sealed else None,
            _language(row.language),
        )
        for some in batched(person_ids)
        for row in session.execute(columns.where(Person.id.in_(some)))
    }


def holders_of(session: Session, role: Role) -> Sequence[PersonId]:
    """Return the people who hold a staff role in an account that is in use."""
    query = select(Account.person_id).where(Account.role == role, Account.disabled_at.is_(None))
    return [PersonId(person_id) for person_id in session.scalars(query.order_by(Account.person_id))]


def identities(session: Session, person_ids: Iterable[PersonId]) -> dict[PersonId, tuple[IdType, str]]:
    """Return kind and number of each person's document, in clear: only for what is hashed with a secret key."""
    keyring = keyring_of(session)
    columns = select(Person.id, Person.id_type, Person.id_number_sealed)
    return {
        PersonId(row.id): (row.id_type, keyring.open(row.id_number_sealed, column="person.id_number"))
        for some in batched(person_ids)
        for row in session.execute(columns.where(Person.id.in_(some)))
    }


def phone_of(session: Session, person_id: PersonId) -> str:
    """Return the person's phone in clear."""
    return recipient(session, person_id).phone


def masked_person(session: Session, person_id: PersonId) -> MaskedPerson:
    """Return the person with document and phone masked; raise `NotFoundError`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError
    return _masked(session, person)


def find_people(session: Session, text: str) -> Sequence[MaskedPerson]:
    """Return whom the counter may mean: by phone, by document number, or by its last four with a name's beginning."""
    wanted = _wanted(session, text)
    if wanted is None:
        return ()
    query = select(Person).where(*wanted).order_by(Person.sort_key, Person.id).limit(MOST_FOUND)
    return [_masked(session, person) for person in session.scalars(query)]


def own_data(session: Session, person_id: PersonId) -> OwnData:
    """Return everything accounts keep about the person, in clear (PIPL art. 45)."""
    person = session.get_one(Person, person_id)
    to = recipient(session, person_id)
    return OwnData(
        name=person.name,
        id_type=person.id_type,
        id_number=keyring_of(session).open(person.id_number_sealed, column="person.id_number"),
        born_on=person.born_on,
        phone=to.phone,
        phone_proved_at=person.phone_proved_at,
        email=to.email,
        language=to.language,
        created_at=person.created_at,
    )


def live_sign_in(session: Session, token: str, kind: SignInKind, *, now: datetime) -> LiveSignIn | None:
    """Return the sign-in behind a token, or None when it was ended, ran out, or staff left it idle."""
    given = {"token_hash": token_hash(token), "kind": kind, "now": now}
    row = session.execute(LIVE_SIGN_IN, given).one_or_none()
    if row is None:
        return None
    if row.role is not Role.APPLICANT and kind is SignInKind.WEB and now >= row.seen_at + STAFF_IDLE:
        return None
    return LiveSignIn(
        sign_in_id=row.sign_in_id,
        account_id=AccountId(row.account_id),
        person_id=PersonId(row.person_id),
        role=row.role,
        site_id=None if row.site_id is None else SiteId(row.site_id),
        name=row.name,
        phone=keyring_of(session).open(row.phone_sealed, column="person.phone"),
        language=_language(row.language),
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )


def own_sign_ins(session: Session, account_id: AccountId, *, now: datetime) -> Sequence[OwnSignIn]:
    """Return the account's sign-ins that are good now, the newest first."""
    query = (
        select(SignIn.id, SignIn.kind, SignIn.created_at, SignIn.expires_at)
        .join(Account, SignIn.account_id == Account.id)
        .where(SignIn.account_id == account_id, *GOOD)
        .order_by(SignIn.created_at.desc(), SignIn.id.desc())
    )
    return [OwnSignIn(*row) for row in session.execute(query, {"now": now})]


def login_of(session: Session, account_id: AccountId) -> str | None:
    """Return the login name of staff; applicants have none."""
    return session.scalar(select(Account.login).where(Account.id == account_id))


def identity_hashes(session: Session, number: str) -> Iterator[str]:
    """Yield the hashes under which a document number may be stored, whatever its kind."""
    keyring = keyring_of(session)
    for identity in sorted({IdDocument(kind, plain_number(number)).identity for kind in IdType}):
        yield keyring.digest(identity, column="person.identity")


def _wanted(session: Session, text: str) -> tuple[ColumnElement[bool], ...] | None:
    keyring = keyring_of(session)
    try:
        return (Person.phone_hash == keyring.digest(mobile_number(text), column="person.phone"),)
    except InvalidIdentifierError:
        pass
    tail = TAIL.search(text)
    name = TAIL.sub("", text, count=1).strip()
    if tail and name:
        tail_hash = keyring.digest(tail[1].upper(), column="person.id_tail")
        return (Person.id_tail_hash == tail_hash, Person.name.startswith(name, autoescape=True))
    return (Person.identity_hash.in_(list(identity_hashes(session, text))),) if plain_number(text) else None


def _masked(session: Session, person: Person) -> MaskedPerson:
    keyring = keyring_of(session)
    return MaskedPerson(
        person_id=PersonId(person.id),
        name=person.name,
        id_type=person.id_type,
        document=masked_document(keyring.open(person.id_number_sealed, column="person.id_number")),
        phone=masked_mobile(keyring.open(person.phone_sealed, column="person.phone")),
        born_on=person.born_on,
        phone_proved=person.phone_proved_at is not None,
    )


def _language(code: str) -> Language:
    return "en" if code == "en" else "zh"


def has_administrator(session: Session) -> bool:
    """Say whether an administrator's account is there, in use or not."""
    return session.scalar(select(Account.id).where(Account.role == Role.ADMINISTRATOR).limit(1)) is not None
