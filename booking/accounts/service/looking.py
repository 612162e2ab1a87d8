"""What staff look at is logged: whose page was opened, once a day, and each number that was shown in full."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from booking.accounts.queries import masked_person, own_data
from booking.accounts.service import throttle
from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.errors import NotAllowedError
from booking.kernel.ids import PersonId


class Page(StrEnum):
    """Whose page was opened, as the log says it."""

    LEARNER = "learner looked up"
    VEHICLE = "vehicle looked up"


class Number(StrEnum):
    """What can be shown in full."""

    DOCUMENT = "document"
    PHONE = "phone"


class Purpose(StrEnum):
    """What a number is needed for."""

    COMPARE = "compare"
    CALL = "call"
    RECORD = "record"
    COMPLAINT = "complaint"
    ORDER = "order"


OBJECTS = {Page.LEARNER: "person", Page.VEHICLE: "vehicle"}
SHOWN = {Number.DOCUMENT: "document shown in full", Number.PHONE: "phone shown in full"}


def note_look(session: Session, page: Page, object_id: int, *, actor: Actor, now: datetime) -> None:
    """Log that the actor opened a page, the first time on each day at the office."""
    key = f"{actor.account_id} {page} {object_id} {local_day(now)}"
    if throttle.counted(session, throttle.LOOKS, key, now=now) is None:
        audit.record(session, page, OBJECTS[page], object_id, actor=actor, now=now)


def reveal(
    session: Session, person_id: PersonId, number: Number, purpose: Purpose, *, actor: Actor, now: datetime
) -> str:
    """Return a number in full and log who saw it and what for.

    Raises `NotAllowedError` for the own person, `NotFoundError`, and `TooManyTriesError` for the 31st in a day.
    """
    if actor.person_id == person_id:
        raise NotAllowedError
    masked_person(session, person_id)  # raises for somebody who is not there
    throttle.count(session, throttle.REVEALS, f"account {actor.account_id}", now=now)
    after = {"purpose": purpose}
    audit.record(session, SHOWN[number], "person", person_id, actor=actor, now=now, after=after)
    data = own_data(session, person_id)
    return data.id_number if number is Number.DOCUMENT else data.phone
