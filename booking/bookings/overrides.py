"""Overrides: one booking for which named refusals are lifted. A clerk proposes it, a second person decides.

An override never makes a seat and never passes over a queue: the slot must be open to whoever comes first, and its
seat is claimed like any other. Every one that was approved is counted in public, without a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Update, insert, select, update
from sqlalchemy.orm import Session

from booking.accounts.queries import recipient
from booking.audit import service as audit
from booking.bookings.acting import refuse_others, refuse_strangers
from booking.bookings.evidence import Evidence
from booking.bookings.line import Line
from booking.bookings.models import BookingChannel, Override, OverrideKind, OverrideState
from booking.bookings.queries import find
from booking.bookings.service import book_seat, open_slot
from booking.bookings.wishes import Wish, look_first
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import (
    ConflictError,
    InvalidInputError,
    InvalidStateError,
    NotAllowedError,
    NotEligibleError,
    NotFoundError,
    SamePersonError,
    Wording,
)
from booking.kernel.ids import AccountId, Holder, PersonId, SlotId
from booking.kernel.secrets import new_token
from booking.notices import service as notices
from booking.sites.models import Site
from booking.slots.models import Slot


class NothingToLiftError(ConflictError):
    """The rules no longer refuse what was to be lifted; then nothing may be called an override."""

    wording: ClassVar[Wording] = Wording(
        "规则现在不再拒绝这个预约，不用破例：请按平常方式预约。",
        "The rules no longer refuse this booking, so nothing has to be lifted: book it in the usual way.",
    )


class NeverLiftedError(ConflictError):
    """One of the refusals is none that anybody may lift."""

    wording: ClassVar[Wording] = Wording(
        "其中有不能破例的原因，任何人都无权免除。请先解决这个原因，或另选场次。",
        "Among the reasons is one that nobody may lift. Settle it first, or choose another session.",
    )


class ProposedAlreadyError(ConflictError):
    """An override for the same holder and service waits already; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "这项业务已有一个破例申请在等待审批，请等它有结果。",
        "An override of this service waits for a decision already; wait for its outcome.",
    )


class DecidedError(InvalidStateError):
    """Somebody has decided it, or its time is over."""

    wording: ClassVar[Wording] = Wording(
        "这个破例申请已经有结果，或者已过期。请刷新后查看。",
        "This override has been decided already, or its time is over. Please look again.",
    )


CONFLICTS = {"uq_override_open": ProposedAlreadyError}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which refusals of which slot shall be lifted for whom, why, and what showed it."""

    person_id: PersonId
    holder: Holder
    slot_id: SlotId
    lifted: frozenset[str]
    kind: OverrideKind
    reason: str
    evidence: Evidence
    channel: BookingChannel = BookingChannel.COUNTER


def propose(session: Session, line: Line, proposal: Proposal, *, actor: Actor, now: datetime) -> int:
    """Propose an override and return its number; nothing is booked.

    `lifted` must be what the rules refuse now, all of it: raises `NothingToLiftError` for what they do not refuse,
    `NeverLiftedError`, `NotEligibleError` with what would still be refused, `InvalidInputError` without a reason or
    evidence, `SlotClosedError` or `SlotFullError`, and `ProposedAlreadyError` while another one waits.
    """
    person_id = _clerk(session, line, proposal.holder, actor)
    refuse_strangers(session, line, proposal.holder, proposal.person_id)
    _require_words(proposal)
    slot = open_slot(session, line, proposal.slot_id, now=now)
    _require_exactly(session, line, proposal.holder, slot, proposal.lifted, now=now)
    look_first(session, line, Wish(proposal.person_id, proposal.holder, proposal.slot_id, ""), now=now)
    row = insert(Override).values(
        line=line.key,
        service=slot.service,
        slot_id=slot.id,
        person_id=proposal.person_id,
        holder=proposal.holder,
        channel=proposal.channel,
        lifted=",".join(sorted(proposal.lifted)),
        kind=proposal.kind,
        reason=proposal.reason.strip(),
        paper=proposal.evidence.paper,
        evidence=proposal.evidence.note.strip(),
        state=OverrideState.PROPOSED,
        proposed_by=actor.account_id,
        proposed_by_person=person_id,
        proposed_at=now,
        decide_until=slot.closes_at,
        answer="",
    )
    with conflicts_as(CONFLICTS):
        number = session.execute(row.returning(Override.id)).scalar_one()
    after = {"slot": slot.id, "kind": proposal.kind, "lifted": sorted(proposal.lifted), **proposal.evidence.facts}
    audit.record(
        session, "override proposed", "override", number,
        actor=actor, now=now, after=after, reason=proposal.reason.strip(),
    )  # fmt: skip
    return int(number)


def approve(session: Session, line: Line, number: int, *, actor: Actor, now: datetime) -> str:
    """Approve as a second person, which makes the booking; return its reference.

    Raises `SamePersonError` (by person), `NotAllowedError` for one's own affair, `DecidedError`, and whatever speaks
    against the booking now: other refusals, fewer of them, no seat, a slot that is closed. Then nothing is stored.
    """
    override = _decidable(session, line, number, actor, now)
    lifted = frozenset(override.lifted.split(","))
    slot_id, holder = SlotId(override.slot_id), Holder(override.holder)
    slot = open_slot(session, line, slot_id, now=now)
    _require_exactly(session, line, holder, slot, lifted, now=now)
    wish = Wish(
        PersonId(override.person_id), holder, slot_id, new_token(), override.channel, override.reason,
        Evidence(override.paper, override.evidence), lifted,
    )  # fmt: skip
    # The clerk who proposed it books, as for anybody at the counter; the second person's consent lets it through.
    clerk = Actor(AccountId(override.proposed_by), PersonId(override.proposed_by_person), Role.COUNTER)
    reference = book_seat(session, line, wish, actor=clerk, now=now)
    booking_id = find(session, reference).id
    claim = _still_open(number).values(
        state=OverrideState.APPROVED, decided_by_person=actor.person_id, decided_at=now, booking_id=booking_id
    )
    _decide(session, claim)
    after = {"state": OverrideState.APPROVED, "lifted": sorted(lifted), "booking": booking_id}
    audit.record(
        session, "override approved", "override", number,
        actor=actor, now=now, after=after, reason=override.reason,
    )  # fmt: skip
    return reference


def decline(
    session: Session, line: Line, number: int, *, answer: str, actor: Actor, now: datetime, answer_en: str = ""
) -> None:
    """Decline as a second person, with the reason, and tell the person; as `approve` for who may."""
    override = _decidable(session, line, number, actor, now)
    if not answer.strip():
        raise InvalidInputError("answer")
    values = {"decided_by_person": actor.person_id, "decided_at": now, "answer": answer.strip()}
    values["answer_en"] = answer_en.strip()
    _decide(session, _still_open(number).values(state=OverrideState.DECLINED, **values))
    _tell(session, line, override, "override_declined", Wording(answer.strip(), answer_en.strip()), now=now)
    after = {"state": OverrideState.DECLINED, **({"reason_en": answer_en.strip()} if answer_en.strip() else {})}
    audit.record(
        session, "override declined", "override", number, actor=actor, now=now, after=after, reason=answer.strip()
    )


def due_to_expire(session: Session, line: Line, *, now: datetime) -> Sequence[int]:
    """Return the numbers of overrides whose slot has stopped taking bookings before anybody decided."""
    query = select(Override.id).where(
        Override.line == line.key, Override.state == OverrideState.PROPOSED, Override.decide_until <= now
    )
    return session.scalars(query.order_by(Override.id)).all()


def expire(session: Session, line: Line, number: int, *, now: datetime) -> bool:
    """Note that nobody decided in time, and tell the person; False if somebody has, or there is still time."""
    late = _still_open(number).where(Override.decide_until <= now)
    if rows_changed(session, late.values(state=OverrideState.EXPIRED, decided_at=now)) != 1:
        return False
    override = session.get_one(Override, number)
    _tell(session, line, override, "override_expired", Wording("", ""), now=now)
    after = {"state": OverrideState.EXPIRED}
    audit.record(session, "override expired", "override", number, actor=SYSTEM, now=now, after=after)
    return True


def _clerk(session: Session, line: Line, holder: Holder, actor: Actor) -> PersonId:
    if actor.role is not Role.COUNTER or actor.person_id is None:
        raise NotAllowedError
    refuse_others(session, line, actor, holder)
    return actor.person_id


def _require_words(proposal: Proposal) -> None:
    if not proposal.reason.strip():
        raise InvalidInputError("reason")
    if proposal.evidence.paper is None:
        raise InvalidInputError("paper")


def _require_exactly(
    session: Session, line: Line, holder: Holder, slot: Slot, lifted: frozenset[str], *, now: datetime
) -> None:
    """The rules must refuse all that is lifted, and nothing else: else it is not what two persons agree to."""
    refusals = line.refusals(session, holder, slot, now=now)
    codes = {refusal.code for refusal in refusals}
    if not lifted or lifted - codes:
        raise NothingToLiftError
    if lifted & line.never_lifted.keys():
        raise NeverLiftedError
    if codes - lifted:
        raise NotEligibleError([refusal for refusal in refusals if refusal.code not in lifted])


def _decidable(session: Session, line: Line, number: int, actor: Actor, now: datetime) -> Override:
    override = session.get(Override, number)
    if override is None or override.line != line.key:
        raise NotFoundError
    if actor.role is not Role.APPROVER or actor.person_id is None:
        raise NotAllowedError
    if line.is_for(session, Holder(override.holder), actor.person_id):
        raise NotAllowedError
    if actor.person_id == override.proposed_by_person:
        raise SamePersonError
    if override.state is not OverrideState.PROPOSED or now >= override.decide_until:
        raise DecidedError
    return override


def _still_open(number: int) -> Update:
    return update(Override).where(Override.id == number, Override.state == OverrideState.PROPOSED)


def _decide(session: Session, claim: Update) -> None:
    if rows_changed(session, claim) != 1:
        raise DecidedError


def _tell(session: Session, line: Line, override: Override, act: str, answer: Wording, *, now: datetime) -> None:
    slot = session.get_one(Slot, override.slot_id)
    site = session.get_one(Site, slot.site_id)
    service = line.services[slot.service]
    facts = {
        "service_zh": service.zh,
        "service_en": service.en,
        "day": slot.day,
        "starts_at": slot.starts_at,
        "site": site.name,
        "site_en": site.name_en or site.name,
        "holder": line.called(session, [Holder(override.holder)])[Holder(override.holder)],
        "reason": answer.zh,
        "reason_en": answer.en or answer.zh,
    }
    to = recipient(session, PersonId(override.person_id))
    notices.tell(session, to, act, event=f"override {override.id} {act}", facts=facts, now=now)
