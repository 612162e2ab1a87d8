"""A line of business whose holders are no people: an owner may ask for several vehicles in one round."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.bookings.line import Reason
from booking.bookings.rules import Ranking
from booking.kernel.errors import Language, Refusal, Wording
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.slots.models import Lane, Slot


@dataclass
class Garage:
    """Answers for vehicles by their number and owner; nothing speaks against any of them."""

    key: str = "inspections"
    name: Wording = field(default_factory=lambda: Wording("机动车检验", "Vehicle inspection"))
    services: Mapping[str, Wording] = field(
        default_factory=lambda: {"inspection_small": Wording("小型汽车检验", "Inspection of small cars")}
    )
    coming: Wording = field(default_factory=lambda: Wording("请到站。", "Drive in."))
    liftable: Mapping[str, Wording] = field(default_factory=dict)
    never_lifted: Mapping[str, Wording] = field(default_factory=dict)
    owners: dict[Holder, PersonId] = field(default_factory=dict)

    def vehicle(self, owner: PersonId) -> Holder:
        """Give the owner one more vehicle."""
        holder = Holder(f"vehicle:{len(self.owners) + 1}")
        self.owners[holder] = owner
        return holder

    def refusals(
        self, session: Session, holder: Holder, slot: Slot, *, now: datetime, moving: bool = False
    ) -> Sequence[Refusal]:
        return ()

    def refused(
        self, session: Session, places: Sequence[tuple[Holder, Slot]], *, now: datetime
    ) -> Mapping[tuple[Holder, SlotId], Sequence[Refusal]]:
        return {}

    def rule_set(self, day: date) -> str:
        return "garage"

    def ranking(self, session: Session, holder: Holder, service: str) -> Ranking | None:
        return None

    def explained(self, refusal: Refusal, language: Language) -> Reason:
        return Reason(refusal.code, refusal.code, "", None)

    def lanes(self, session: Session, holder: Holder, slot: Slot, *, now: datetime) -> Sequence[Lane]:
        return (Lane.ORDINARY,)

    def is_for(self, session: Session, holder: Holder, person_id: PersonId) -> bool:
        return self.owners.get(holder) == person_id

    def identities(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        return {holder: f"plate:02:{plate_of(holder)}" for holder in holders}

    def called(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        return {holder: f"粤G·***{plate_of(holder)[-1]}" for holder in holders}

    def template(self, name: str) -> str:
        return name


def plate_of(holder: Holder) -> str:
    return f"粤G1234{holder.removeprefix('vehicle:')}"
