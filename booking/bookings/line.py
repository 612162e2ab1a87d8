"""What the shared core asks of a line of business, without knowing any of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from booking.bookings.rules import Ranking
from booking.kernel.errors import Language, Refusal, Wording
from booking.kernel.ids import PersonId, SlotId
from booking.slots.models import Lane, Slot


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal in words: what it is, by which article, and the first local day on which it no longer holds."""

    code: str
    message: str
    basis: str
    earliest: date | None


class Line(Protocol):
    """A line of business answers three questions about one applicant: why not, since when, and in which lane?"""

    @property
    def key(self) -> str:
        """The code of the line: "exams"."""

    @property
    def name(self) -> Wording:
        """What people call it."""

    @property
    def services(self) -> Mapping[str, Wording]:
        """Its services by code, in the order in which pages show them."""

    def holder(self, person_id: PersonId) -> str:
        """Name who or what holds a place; one live booking per service and holder."""

    def refusals(
        self, session: Session, person_id: PersonId, slot: Slot, *, now: datetime, moving: bool = False
    ) -> Sequence[Refusal]:
        """Why not now? Every reason at once; `moving` asks for a change of the booking that the person holds."""

    def refused(
        self, session: Session, places: Sequence[tuple[PersonId, Slot]], *, now: datetime
    ) -> Mapping[tuple[PersonId, SlotId], Sequence[Refusal]]:
        """Why not, for many people and slots at once: only the pairs that something refuses."""

    def rule_set(self, day: date) -> str:
        """Which dated rule set holds for a slot on the local day: its name in the public record."""

    def ranking(self, session: Session, person_id: PersonId, service: str) -> Ranking | None:
        """Since when does a request of this service rank, and why? None where there is no record to rank by."""

    def explained(self, refusal: Refusal, language: Language) -> Reason:
        """Put a refusal into words, gaps filled."""

    def lanes(self, session: Session, person_id: PersonId, slot: Slot, *, now: datetime) -> Sequence[Lane]:
        """In which lanes may the person stand? The first with a free seat is taken."""
