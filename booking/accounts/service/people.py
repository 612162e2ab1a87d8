"""People: found by what their document says, added once, and kept up to date."""

import importlib
from datetime import date, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person
from booking.accounts.queries import phone_of, recipient
from booking.accounts.service import throttle
from booking.audit import service as audit
from booking.kernel.actors import Actor, Role
from booking.kernel.db import conflicts_as, keyring_of, rows_changed
from booking.kernel.errors import ConflictError, Language, NotFoundError, Wording
from booking.kernel.identifiers import IdDocument
from booking.kernel.ids import PersonId, new_reference
from booking.notices import service as notices

MOST_ON_ONE_PHONE = 2  # a parent and a child


class KnownPersonError(ConflictError):
    """There is a person with this document already."""

    wording = Wording(
        "这个证件已经登记过，请先查找此人。", "This document is registered already; please look the person up first."
    )


class PhoneFullError(ConflictError):
    """Two people use this phone already."""

    wording = Wording(
        "这个手机号已经为两个人办理过注册，不能再用。请换一个手机号，或到窗口办理。",
        "Two people use this mobile number already. Please give another number, or come to the counter.",
    )


CONFLICTS = {"uq_person_identity_hash": KnownPersonError}


def person_by_identity(session: Session, document: IdDocument) -> PersonId | None:
    """Return the person with this document, whichever kind it was entered as, or None."""
    identity_hash = keyring_of(session).digest(document.identity, column="person.identity")
    found = session.scalar(select(Person.id).where(Person.identity_hash == identity_hash))
    return None if found is None else PersonId(found)


def add_person(
    session: Session,
    *,
    name: str,
    document: IdDocument,
    phone: str,
    born_on: date,
    actor: Actor,
    now: datetime,
    language: Language = "zh",
    phone_proved_at: datetime | None = None,
) -> PersonId:
    """Add somebody and return the id; raise `KnownPersonError` if the document is known.

    `phone` is eleven digits, or empty where there is none.
    """
    keyring = keyring_of(session)
    with conflicts_as(CONFLICTS):
        person_id = session.execute(
            insert(Person)
            .values(
                name=name,
                sort_key=sort_key(name),
                id_type=document.kind,
                id_number_sealed=keyring.seal(document.number, column="person.id_number"),
                identity_hash=keyring.digest(document.identity, column="person.identity"),
                id_tail_hash=keyring.digest(document.number[-4:], column="person.id_tail"),
                born_on=born_on,
                phone_sealed=keyring.seal(phone, column="person.phone"),
                phone_hash=keyring.digest(phone, column="person.phone"),
                phone_proved_at=phone_proved_at,
                language=language,
                created_at=now,
            )
            .returning(Person.id)
        ).scalar_one()
    after = {"id_type": document.kind, "phone_proved": phone_proved_at is not None}
    audit.record(session, "person added", "person", person_id, actor=actor, now=now, after=after)
    return PersonId(person_id)


def change_phone(
    session: Session, person_id: PersonId, phone: str, *, proved: bool, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Give the person another phone, and tell the old one; raise `PhoneFullError`.

    `proved` says that a code came back from the new phone; a clerk who enters it passes False.
    """
    was = recipient(session, person_id)
    if was.phone == phone:
        return
    refuse_full_phone(session, phone, besides=person_id, now=now)
    keyring = keyring_of(session)
    changed = update(Person).where(Person.id == person_id)
    values = {
        "phone_sealed": keyring.seal(phone, column="person.phone"),
        "phone_hash": keyring.digest(phone, column="person.phone"),
        "phone_proved_at": now if proved else None,
    }
    if rows_changed(session, changed.values(values)) != 1:
        raise NotFoundError
    audit.record(
        session, "phone changed", "person", person_id, actor=actor, now=now, after={"proved": proved}, reason=reason
    )
    event = f"person {person_id} phone changed {new_reference()}"
    notices.tell(session, was, "phone_changed", event=event, facts={"tail": phone[-4:]}, now=now)


def set_language(session: Session, person_id: PersonId, language: Language, *, actor: Actor, now: datetime) -> None:
    """Set the language of the person's messages."""
    before = session.scalar(select(Person.language).where(Person.id == person_id))
    if before is None:
        raise NotFoundError
    if before == language:
        return
    session.execute(update(Person).where(Person.id == person_id).values(language=language))
    audit.record(
        session,
        "language changed",
        "person",
        person_id,
        actor=actor,
        now=now,
        before={"language": before},
        after={"language": language},
    )


def refuse_full_phone(session: Session, phone: str, *, besides: PersonId | None, now: datetime) -> None:
    """Raise `PhoneFullError` if two others with an account have this phone.

    Whoever asks holds the phone's place in the line until the unit of work ends, so that three cannot pass at once.
    """
    throttle.one_by_one(session, f"people on {phone}", now=now)
    query = (
        select(func.count())
        .select_from(Person)
        .join(Account, Account.person_id == Person.id)
        .where(
            Person.phone_hash == keyring_of(session).digest(phone, column="person.phone"),
            Account.role == Role.APPLICANT,
        )
    )
    if besides is not None:
        query = query.where(Person.id != besides)
    if (session.scalar(query) or 0) >= MOST_ON_ONE_PHONE:
        raise PhoneFullError


def has_phone(session: Session, person_id: PersonId, phone: str) -> bool:
    """Say whether this is the phone on the person's record."""
    return phone_of(session, person_id) == phone


def sort_key(name: str) -> str:
    """Return how a name is filed: its sounds, the surname read as a surname."""
    # By name and only when asked for: the dictionary of sounds takes 50 MiB of each process that reads it.
    key: str = importlib.import_module("booking.accounts.sounds").sort_key(name)
    return key
