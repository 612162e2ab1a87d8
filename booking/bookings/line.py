"""What the shared core asks of a line of business, without knowing any of them.

Every question is about a holder: who or what may hold one live booking of a service. To the core a holder is a word
without parts ("person:17", "vehicle:4"); only its line makes and reads it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from booking.bookings.rules import Ranking
from booking.kernel.errors import Language, Refusal, Wording
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.slots.models import Lane, Slot


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal in words: what it is, by which article, and the first local day on which it no longer holds."""

    code: str
    message: str
    basis: str
    earliest: date | None


class Line(Protocol):
    """A line of business answers about a holder: why not, since when, in which lane, and whose it is."""

    @property
    def key(self) -> str:
        """The code of the line: "exams"."""

    @property
    def name(self) -> Wording:
        """What people call it."""

    @property
    def services(self) -> Mapping[str, Wording]:
        """Its services by code, in the order in which pages show them."""

    @property
    def coming(self) -> Wording:
        """What to bring and when to be there, for a calendar: with the gaps {come}, {starts} and {ends}."""

    @property
    def liftable(self) -> Mapping[str, Wording]:
        """Which refusals two persons may lift for one booking: by code, what the rule is called in public."""

    @property
    def never_lifted(self) -> Mapping[str, Wording]:
        """Which refusals nobody may lift: by code, why not. Every code of the line is in one of the two."""

    def refusals(
        self, session: Session, holder: Holder, slot: Slot, *, now: datetime, moving: bool = False
    ) -> Sequence[Refusal]:
        """Why not now? Every reason at once; `moving` asks for a change of the booking that the holder has."""

    def refused(
        self, session: Session, places: Sequence[tuple[Holder, Slot]], *, now: datetime
    ) -> Mapping[tuple[Holder, SlotId], Sequence[Refusal]]:
        """Why not, for many holders and slots at once: only the pairs that something refuses."""

    def rule_set(self, day: date) -> str:
        """Which dated rule set holds for a slot on the local day: its name in the public record."""

    def ranking(self, session: Session, holder: Holder, service: str) -> Ranking | None:
        """Since when does a request of this service rank, and why? None where there is no record to rank by."""

    def explained(self, refusal: Refusal, language: Language) -> Reason:
        """Put a refusal into words, gaps filled."""

    def lanes(self, session: Session, holder: Holder, slot: Slot, *, now: datetime) -> Sequence[Lane]:
        """In which lanes may the holder stand? The first with a free seat is taken."""

    def is_for(self, session: Session, holder: Holder, person_id: PersonId) -> bool:
        """May the person act for the holder? A clerk acts for everybody else's only."""

    def identities(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        """What are pseudonyms in the public record made of? In clear: only for what is hashed with a secret key."""

    def called(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        """What do messages and lists call each holder beside the person, masked? "" where it is the person."""

    def template(self, name: str) -> str:
        """Which message does this line send for an act of the core ("booking_confirmed")?"""
