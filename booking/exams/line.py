"""The line "driving tests" as the shared core sees it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel.errors import Refusal, Wording
from booking.kernel.ids import PersonId
from booking.slots.models import Lane, Slot


class Exams:
    """Answers the core's questions from the learner's record and the rules."""

    key = "exams"
    name = Wording("驾驶人考试", "Driving tests")
    services: Mapping[str, Wording] = {
        "subject_1": Wording("科目一（道路交通安全法律、法规和相关知识）", "Subject 1 (traffic law)"),
        "subject_2": Wording("科目二（场地驾驶技能）", "Subject 2 (field driving)"),
        "road": Wording("科目三道路驾驶技能", "Subject 3 road driving"),
        "safety": Wording("科目三安全文明驾驶常识", "Subject 3 safe and civilised driving"),
    }

    def holder(self, person_id: PersonId) -> str:
        return f"person:{person_id}"

    def refusals(
        self, session: Session, person_id: PersonId, slot: Slot, *, now: datetime, moving: bool = False
    ) -> Sequence[Refusal]:
        return ()

    def explained(self, refusal: Refusal) -> Wording:
        return Wording(refusal.code, refusal.code)

    def lane(self, session: Session, person_id: PersonId, slot: Slot, *, now: datetime) -> Lane:
        return Lane.ORDINARY


EXAMS = Exams()
