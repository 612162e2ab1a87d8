"""Who acts for whom, and what an owner has chosen: for the owner's and the agent's own pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.inspections import sealing
from booking.inspections.models import Agency, How, Owner, OwnerKind
from booking.inspections.queries.authority import may_act_for_owner
from booking.kernel.db import keyring_of
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import masked_mobile
from booking.kernel.ids import OwnerId, PersonId
from booking.kernel.secrets import Keyring


@dataclass(frozen=True, slots=True)
class Consent:
    """A live consent. `name` is the other side's: of the agent for the owner, of the owner for the agent.

    `phone` is the agent's, masked, and "" for the agent; `owner_id` is whose vehicles it opens.
    """

    agency_id: int
    owner_id: OwnerId
    name: str
    phone: str
    is_company: bool
    how: How
    evidence: str
    consented_at: datetime

    @property
    def covers_all(self) -> bool:
        """Whether it opens every vehicle of the owner, or only what the agent has bound."""
        return self.how is not How.DECLARED


@dataclass(frozen=True, slots=True)
class OwnerShown:
    """What an owner has chosen. `name` is "" for the person who looks."""

    owner_id: OwnerId
    name: str
    district: str
    reminders_off: bool


def agents_of(session: Session, person_id: PersonId) -> Sequence[Consent]:
    """Return who acts for the person's own vehicles, the latest consent first; one statement."""
    query = (
        select(Agency, Owner, Person.name, Person.phone_sealed)
        .join(Owner, Owner.id == Agency.owner_id)
        .join(Person, Person.id == Agency.agent_person_id)
        .where(Owner.person_id == person_id, Agency.ended_at.is_(None))
    )
    keyring = keyring_of(session)
    return [
        _consent(agency, owner, name, masked_mobile(keyring.open(sealed, column="person.phone")))
        for agency, owner, name, sealed in session.execute(query.order_by(Agency.id.desc()))
    ]


def principals_of(session: Session, person_id: PersonId) -> Sequence[Consent]:
    """Return for whom the person acts, the latest consent first; one statement."""
    query = (
        select(Agency, Owner, Person.name)
        .join(Owner, Owner.id == Agency.owner_id)
        .outerjoin(Person, Person.id == Owner.person_id)
        .where(Agency.agent_person_id == person_id, Agency.ended_at.is_(None))
    )
    keyring = keyring_of(session)
    return [
        _consent(agency, owner, _name(owner, name, keyring), "")
        for agency, owner, name in session.execute(query.order_by(Agency.id.desc()))
    ]


def own_owner(session: Session, person_id: PersonId) -> OwnerShown | None:
    """Return what the person has chosen as an owner; None for somebody who has owned nothing here yet."""
    owner = session.scalar(_owners().where(Owner.person_id == person_id))
    return None if owner is None else OwnerShown(OwnerId(owner.id), "", owner.district, owner.reminders_off)


def company_shown(session: Session, owner_id: OwnerId, *, person_id: PersonId) -> OwnerShown:
    """Return what a company has chosen for which the person acts in everything; raise `NotFoundError` otherwise."""
    owner = session.scalar(_owners().where(Owner.id == owner_id, Owner.kind == OwnerKind.COMPANY))
    if owner is None or not may_act_for_owner(session, owner_id, person_id):
        raise NotFoundError
    return OwnerShown(owner_id, _name(owner, None, keyring_of(session)), owner.district, owner.reminders_off)


def _owners() -> Select[Owner]:
    return select(Owner).execution_options(populate_existing=True)


def _consent(agency: Agency, owner: Owner, name: str, phone: str) -> Consent:
    return Consent(
        agency_id=agency.id,
        owner_id=OwnerId(owner.id),
        name=name,
        phone=phone,
        is_company=owner.kind is OwnerKind.COMPANY,
        how=agency.how,
        evidence=agency.evidence,
        consented_at=agency.consented_at,
    )


def _name(owner: Owner, person_name: str | None, keyring: Keyring) -> str:
    return person_name or sealing.name_in(keyring, owner.name_sealed)
