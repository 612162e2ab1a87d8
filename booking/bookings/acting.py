"""Who may act on a booking, and who may be told of one."""

from sqlalchemy.orm import Session

from booking.bookings.line import Line
from booking.kernel.actors import Actor, Role
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.ids import Holder, PersonId

CLERKS = (Role.COUNTER, Role.SYSTEM)


def refuse_others(session: Session, line: Line, actor: Actor, holder: Holder) -> None:
    """Applicants act for what is theirs, clerks for what is not, and nobody else acts on a booking at all."""
    if actor.role not in (Role.APPLICANT, *CLERKS):
        raise NotAllowedError
    if actor.role is Role.SYSTEM:
        return
    is_theirs = actor.person_id is not None and line.is_for(session, holder, actor.person_id)
    if actor.role is Role.APPLICANT and not is_theirs:
        raise NotFoundError
    if actor.role is Role.COUNTER and is_theirs:
        raise NotAllowedError


def refuse_strangers(session: Session, line: Line, holder: Holder, person_id: PersonId) -> None:
    """Whoever is told, and finds the place among their own, must be somebody who may act for the holder."""
    if not line.is_for(session, holder, person_id):
        raise NotFoundError
