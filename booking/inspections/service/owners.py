"""Owners: found by the identity of the person or the credit code of the company, and added once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.accounts import queries as accounts
from booking.audit import service as audit
from booking.inspections import sealing
from booking.inspections.models import Owner, OwnerKind
from booking.inspections.queries.authority import may_act_for_owner
from booking.kernel.actors import Actor, Role
from booking.kernel.db import conflicts_as, keyring_of, rows_changed
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.identifiers import IdDocument
from booking.kernel.ids import OwnerId, PersonId

COMPANY = "N"  # the national system's code of a unified social credit code


class KnownOwnerError(Exception):
    """Somebody else has added the same owner at this moment."""


CONFLICTS: dict[str, type[Exception]] = {
    "uq_owner_identity_hash": KnownOwnerError,
    "uq_owner_person_id": KnownOwnerError,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an owner is to the law; `number` in normal form. `identity` is what makes one of several documents one."""

    kind: OwnerKind
    id_type: str
    number: str
    identity: str
    name: str = ""


def person_identity(document: IdDocument) -> Identity:
    """Return the identity of the owner that a document shows."""
    return Identity(OwnerKind.PERSON, document.kind.value, document.number, document.identity)


def company_identity(credit_code: str, name: str = "") -> Identity:
    """Return the identity of a company; the code must have been checked."""
    return Identity(OwnerKind.COMPANY, COMPANY, credit_code, f"{COMPANY}:{credit_code}", name)


def owner_of_person(session: Session, person_id: PersonId, *, actor: Actor, now: datetime) -> OwnerId:
    """Return the owner that the person is, added or linked to the person if need be."""
    known = session.scalar(select(Owner.id).where(Owner.person_id == person_id))
    if known is not None:
        return OwnerId(known)
    found = accounts.identities(session, [person_id]).get(person_id)
    if found is None:
        raise NotFoundError
    owner_id = find_or_add_owner(session, person_identity(IdDocument(*found)), actor=actor, now=now)
    session.execute(update(Owner).where(Owner.id == owner_id).values(person_id=person_id))
    return owner_id


def find_or_add_owner(session: Session, identity: Identity, *, actor: Actor, now: datetime) -> OwnerId:
    """Return the owner of this identity, added if new; a company's name is kept as it was first told."""
    keyring = keyring_of(session)
    found = select(Owner.id).where(Owner.identity_hash == sealing.identity_hash(keyring, identity.identity))
    known = session.scalar(found)
    if known is not None:
        return OwnerId(known)
    row = insert(Owner).values(
        kind=identity.kind,
        id_type=identity.id_type,
        number_sealed=sealing.sealed_number(keyring, identity.number),
        identity_hash=sealing.identity_hash(keyring, identity.identity),
        name_sealed=sealing.sealed_name(keyring, identity.name),
        created_at=now,
    )
    try:
        with session.begin_nested(), conflicts_as(CONFLICTS):  # two may add the same owner at once: one of them finds
            owner_id = OwnerId(session.execute(row.returning(Owner.id)).scalar_one())
    except KnownOwnerError:
        return OwnerId(session.scalars(found).one())
    audit.record(session, "owner added", "owner", owner_id, actor=actor, now=now, after={"kind": identity.kind.value})
    return owner_id


def name_owner(session: Session, owner_id: OwnerId, name: str) -> None:
    """Note the name of a company that is known by its code alone."""
    sealed = sealing.sealed_name(keyring_of(session), name)
    session.execute(update(Owner).where(Owner.id == owner_id, Owner.name_sealed.is_(None)).values(name_sealed=sealed))


def set_reminders(session: Session, owner_id: OwnerId, *, off: bool, actor: Actor, now: datetime) -> None:
    """Switch the reminders of an owner off or on; asking for what is so already changes nothing."""
    _change(session, owner_id, "reminders_off", off, act="reminders switched", actor=actor, now=now)


def set_district(session: Session, owner_id: OwnerId, district: str, *, actor: Actor, now: datetime) -> None:
    """Note in which district the owner looks for the nearest station; "" forgets it."""
    _change(session, owner_id, "district", district.strip(), act="owner's district set", actor=actor, now=now)


def _change(
    session: Session, owner_id: OwnerId, column: str, value: object, *, act: str, actor: Actor, now: datetime
) -> None:
    refuse_strangers(session, owner_id, actor)
    owner = session.get_one(Owner, owner_id)
    before = getattr(owner, column)
    if before == value:
        return
    as_seen = update(Owner).where(Owner.id == owner_id, getattr(Owner, column) == before)
    if rows_changed(session, as_seen.values({column: value})) == 1:
        audit.record(
            session, act, "owner", owner_id, actor=actor, now=now, before={column: before}, after={column: value}
        )


def refuse_strangers(session: Session, owner_id: OwnerId, actor: Actor) -> None:
    """Owners and their agents act for themselves, the counter for others, and nobody else at all."""
    is_theirs = actor.person_id is not None and may_act_for_owner(session, owner_id, actor.person_id)
    if actor.role is Role.APPLICANT and not is_theirs:
        raise NotFoundError
    if actor.role not in (Role.APPLICANT, Role.COUNTER, Role.SYSTEM) or (actor.role is Role.COUNTER and is_theirs):
        raise NotAllowedError
    if session.get(Owner, owner_id) is None:
        raise NotFoundError
