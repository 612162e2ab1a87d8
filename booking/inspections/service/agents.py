"""Agents: an owner's consent that somebody acts for the owner's vehicles (Order 164, art. 86), and its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.accounts import queries as accounts
from booking.accounts.models import Person
from booking.accounts.queries import recipient
from booking.accounts.service import throttle
from booking.audit import service as audit
from booking.inspections import sealing
from booking.inspections.models import Agency, How, Owner
from booking.inspections.service.owners import refuse_strangers
from booking.kernel.actors import Actor, Role
from booking.kernel.db import conflicts_as, keyring_of, rows_changed
from booking.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, Wording
from booking.kernel.ids import OwnerId, PersonId
from booking.notices import service as notices

# Name and telephone must fit together; whoever tries numbers out learns little, and not for long.
AGENTS_SOUGHT = throttle.Limit("agent sought", 10, timedelta(hours=1))


class AlreadyAgentError(ConflictError):
    """The person acts for this owner already."""

    wording: ClassVar[Wording] = Wording(
        "此人已经是这位车主的代办人，不用再登记。",
        "This person acts for the owner already; nothing has to be recorded.",
    )


CONFLICTS = {"uq_agency_live": AlreadyAgentError}


@dataclass(frozen=True, slots=True)
class Consent:
    """What the messages about a consent are made of."""

    agency_id: int
    owner: Owner
    agent_id: PersonId


def grant_agency_by_phone(
    session: Session, owner_id: OwnerId, name: str, phone: str, *, actor: Actor, now: datetime, evidence: str = ""
) -> int | None:
    """Let the person of this name and telephone act for the owner; return the consent's number.

    None if nobody here has both: the unit of work has to be committed all the same, so that the try is counted.
    Raises as `grant_agency`, or `TooManyTriesError`.
    """
    refuse_strangers(session, owner_id, actor)
    throttle.count(session, AGENTS_SOUGHT, f"account {actor.account_id}", now=now)
    found = [one for one in accounts.find_people(session, phone) if one.name == name.strip() and one.phone_proved]
    if len(found) != 1:
        return None
    return grant_agency(session, owner_id, found[0].person_id, actor=actor, now=now, evidence=evidence)


def grant_agency(
    session: Session, owner_id: OwnerId, agent_id: PersonId, *, actor: Actor, now: datetime, evidence: str = ""
) -> int:
    """Record the owner's consent, tell both, and return the consent's number.

    The owner consents on line; the counter records what was shown there as `evidence`. Raises `AlreadyAgentError`,
    `InvalidInputError` naming "agent" or "evidence", `NotFoundError` or `NotAllowedError`.
    """
    owner = _own(session, owner_id, actor)
    if owner.person_id == agent_id:
        raise InvalidInputError("agent")
    if actor.role is Role.COUNTER:
        if actor.person_id == agent_id:
            raise NotAllowedError
        if not evidence.strip():
            raise InvalidInputError("evidence")
    _end_declared(session, owner_id, agent_id, now)
    how = How.COUNTER if actor.role is Role.COUNTER else How.OWNER_ONLINE
    agency_id = add_agency(session, owner_id, agent_id, how, evidence.strip(), actor=actor, now=now)
    _tell(session, Consent(agency_id, owner, agent_id), "agent_added", now)
    return agency_id


def declare_agency(
    session: Session, owner_id: OwnerId, agent_id: PersonId, declaration: str, *, actor: Actor, now: datetime
) -> None:
    """Note that an agent has declared a company's consent; what there is already stays as it is."""
    live = select(Agency.id).where(
        Agency.owner_id == owner_id, Agency.agent_person_id == agent_id, Agency.ended_at.is_(None)
    )
    if session.scalar(live) is not None:
        return
    how = How.COUNTER if actor.role is Role.COUNTER else How.DECLARED
    try:
        with session.begin_nested():
            add_agency(session, owner_id, agent_id, how, declaration, actor=actor, now=now)
    except AlreadyAgentError:
        return  # the same form in another window was faster


def end_agency(session: Session, agency_id: int, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """End a consent and tell both; raise `NotFoundError` if it has ended, or is none of the actor's business."""
    agency = session.get(Agency, agency_id)
    if agency is None:
        raise NotFoundError
    owner_id, agent_id = OwnerId(agency.owner_id), PersonId(agency.agent_person_id)
    owner = session.get_one(Owner, owner_id)
    is_theirs = actor.person_id is not None and actor.person_id in (owner.person_id, agent_id)
    if actor.role is Role.APPLICANT and not is_theirs:
        raise NotFoundError
    if actor.role not in (Role.APPLICANT, Role.COUNTER) or (actor.role is Role.COUNTER and is_theirs):
        raise NotAllowedError
    ending = update(Agency).where(Agency.id == agency_id, Agency.ended_at.is_(None)).values(ended_at=now)
    if rows_changed(session, ending) != 1:
        raise NotFoundError
    before = {"agent": agent_id}
    audit.record(session, "agency ended", "owner", owner_id, actor=actor, now=now, before=before, reason=reason)
    _tell(session, Consent(agency_id, owner, agent_id), "agent_ended", now)


def add_agency(
    session: Session, owner_id: OwnerId, agent_id: PersonId, how: How, evidence: str, *, actor: Actor, now: datetime
) -> int:
    """Write a consent and return its number; raise `AlreadyAgentError`."""
    row = insert(Agency).values(
        owner_id=owner_id,
        agent_person_id=agent_id,
        how=how,
        evidence=evidence,
        consented_at=now,
        recorded_by=actor.account_id,
    )
    with conflicts_as(CONFLICTS):
        agency_id = int(session.execute(row.returning(Agency.id)).scalar_one())
    after = {"agent": agent_id, "how": how.value}
    audit.record(session, "agency granted", "owner", owner_id, actor=actor, now=now, after=after)
    return agency_id


def _own(session: Session, owner_id: OwnerId, actor: Actor) -> Owner:
    """Return the owner whose own consent the actor may give or record: an agent names no further agents."""
    refuse_strangers(session, owner_id, actor)
    owner = session.get_one(Owner, owner_id)
    if actor.role is Role.APPLICANT and owner.person_id != actor.person_id:
        raise NotAllowedError
    return owner


def _end_declared(session: Session, owner_id: OwnerId, agent_id: PersonId, now: datetime) -> None:
    """What was only declared gives way to what the owner has said."""
    declared = update(Agency).where(
        Agency.owner_id == owner_id,
        Agency.agent_person_id == agent_id,
        Agency.ended_at.is_(None),
        Agency.how == How.DECLARED,
    )
    session.execute(declared.values(ended_at=now))


def _tell(session: Session, consent: Consent, act: str, now: datetime) -> None:
    owner, agent = consent.owner, session.get_one(Person, consent.agent_id)
    name = sealing.name_in(keyring_of(session), owner.name_sealed)
    if owner.person_id is not None:
        name = session.get_one(Person, owner.person_id).name
    for person_id, is_agent in ((owner.person_id, False), (consent.agent_id, True)):
        if person_id is not None:
            notices.tell(
                session,
                recipient(session, PersonId(person_id)),
                f"inspection_{act}",
                event=f"agency {consent.agency_id} {act} {'agent' if is_agent else 'owner'}",
                facts={"is_agent": is_agent, "owner": name, "agent": agent.name},
                now=now,
            )
