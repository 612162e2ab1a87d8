"""An exam session at ten o'clock with people on its roster, as pages and browsers meet it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.bookings.models import Booking
from booking.bookings.ticket import Ticket, tail_of, ticket_text
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId, SlotId
from booking.sites.models import Site
from booking.slots.models import Slot
from tests import factories

TODAY = date(2026, 11, 24)
BOOKED_AT = at_local(TODAY - timedelta(8), time(9))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with a place, and what can be shown at the gate."""

    person_id: PersonId
    name: str
    reference: str
    tail: str
    number: str  # of the document
    ticket: str


def site(sessions: Sessions, name: str = "麻章科目二考场") -> SiteId:
    """Add an exam site."""
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)
        session.execute(update(Site).where(Site.id == site_id).values(name=name, name_en="Field site, Mazhang"))
    return site_id


def slot(sessions: Sessions, site_id: SiteId, *, starts: time = time(10), day: date = TODAY) -> SlotId:
    """Add a session of subject 2 with room for forty."""
    published = at_local(day - timedelta(10), time(9))
    with unit_of_work(sessions) as session:
        return factories.slot(
            session, site_id=site_id, day=day, starts=starts, released=40, capacity=40, published_at=published
        )


def operator(
    sessions: Sessions, site_id: SiteId, *, login: str = "", password_hash: str = factories.NO_PASSWORD
) -> Actor:
    """Let somebody keep the rosters of a site."""
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.EXAM_SITE, site_id=site_id, login=login, password_hash=password_hash)


def candidates(sessions: Sessions, slot_id: SlotId, count: int, *, first: int = 1) -> Sequence[Candidate]:
    """Book so many learners into a session; they are on the roster in the order in which they are returned."""
    with unit_of_work(sessions) as session:
        return [_candidate(sessions, session, slot_id, number) for number in range(first, first + count)]


def candidate_of(sessions: Sessions, slot_id: SlotId, somebody: Actor) -> Candidate:
    """Book somebody who has an account into a session."""
    with unit_of_work(sessions) as session:
        return _booked(sessions, session, slot_id, PersonId(somebody.person_id or 0), "考试员")


def _candidate(sessions: Sessions, session: Session, slot_id: SlotId, number: int) -> Candidate:
    name = f"考生{number:02}"
    person_id = factories.person(session, name=name)
    session.execute(update(Person).where(Person.id == person_id).values(sort_key=f"kao sheng {number:04}"))
    return _booked(sessions, session, slot_id, person_id, name)


def _booked(sessions: Sessions, session: Session, slot_id: SlotId, person_id: PersonId, name: str) -> Candidate:
    holder = factories.account(session, person_id=person_id)
    factories.learner(session, person_id)
    factories.passed(session, holder, "subject_1")
    reference = factories.booking(session, holder, slot_id, at=BOOKED_AT)
    sealed = session.scalars(select(Person.id_number_sealed).where(Person.id == person_id)).one()
    document = keyring_of(session).open(sealed, column="person.id_number")
    place = session.get_one(Slot, slot_id)
    code = session.scalars(select(Site.code).where(Site.id == place.site_id)).one()
    says = Ticket(reference, "exams", place.service, code, place.starts_at, tail_of(document), 0)
    return Candidate(person_id, name, reference, tail_of(document), document, ticket_text(says, sessions.keyring))


def states(sessions: Sessions, slot_id: SlotId) -> Sequence[str]:
    """Return how the bookings of a session stand, in the order in which they were made."""
    with reading(sessions) as session:
        return list(session.scalars(select(Booking.state).where(Booking.slot_id == slot_id).order_by(Booking.id)))
