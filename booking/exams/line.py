"""The line "driving tests" as the shared core sees it: facts are loaded here, and the pure rules decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.accounts import queries as accounts
from booking.bookings.line import Reason
from booking.bookings.rules import Ranking
from booking.exams import queries as records
from booking.exams.queries import Record
from booking.exams.rules.facts import Subject
from booking.exams.rules.orders import rules_on
from booking.exams.rules.overriding import LIFTABLE, NEVER_LIFTED
from booking.exams.rules.places import NO_RECORD, PLACE_REFUSALS, Window, less_than_months_left, place_refusals
from booking.exams.rules.ranking import ranking
from booking.exams.rules.refusals import refusals as licence_refusals
from booking.exams.rules.settings import Settings
from booking.exams.rules.wording import basis_shown, explained
from booking.kernel.calendar import local_day
from booking.kernel.errors import Language, Refusal, Wording
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.policies import queries as policies
from booking.slots.models import Lane, Slot

KIND = "person:"


class Exams:
    """Answers the core's questions from the learner's record and the rules."""

    key = "exams"
    name = Wording("驾驶人考试", "Driving tests")
    services: Mapping[str, Wording] = {
        "subject_1": Wording("科目一", "Subject 1 (theory)"),
        "subject_2": Wording("科目二", "Subject 2 (field)"),
        "road": Wording("科目三道路", "Subject 3 (road)"),
        "safety": Wording("科目三安全文明", "Subject 3 (safety)"),
    }
    coming = Wording(
        "请携带本人身份证明原件，{come} 前到场。", "Bring your identity document, the original, and come by {come}."
    )

    liftable = LIFTABLE
    never_lifted = NEVER_LIFTED

    def holder(self, person_id: PersonId) -> Holder:
        """Name the person as the holder of places in exams."""
        return Holder(f"{KIND}{person_id}")

    def refusals(
        self, session: Session, holder: Holder, slot: Slot, *, now: datetime, moving: bool = False
    ) -> Sequence[Refusal]:
        record = records.record_of(session, person_of(holder))
        if record is not None and moving:
            record = _without(record, Subject(slot.service))
        today = local_day(now)
        return _refusals(record, slot, today, records.settings_on(session, today))

    def refused(
        self, session: Session, places: Sequence[tuple[Holder, Slot]], *, now: datetime
    ) -> Mapping[tuple[Holder, SlotId], Sequence[Refusal]]:
        today = local_day(now)
        settings = records.settings_on(session, today)
        people = {holder: person_of(holder) for holder, _ in places}
        found = records.records_of(session, people.values())
        reasons = {
            (holder, SlotId(slot.id)): _refusals(found.get(people[holder]), slot, today, settings)
            for holder, slot in places
        }
        return {place: refusals for place, refusals in reasons.items() if refusals}

    def rule_set(self, day: date) -> str:
        return f"order-{rules_on(day).key}"

    def ranking(self, session: Session, holder: Holder, service: str) -> Ranking | None:
        person_id = person_of(holder)
        record = records.record_of(session, person_id)
        if record is None:
            return None
        given_up = records.last_cancellation(session, person_id, service)
        return ranking(record.facts.accepted_on, record.facts.attempts, given_up)

    def explained(self, refusal: Refusal, language: Language) -> Reason:
        if refusal.code in PLACE_REFUSALS:
            message = PLACE_REFUSALS[refusal.code].filled(language, refusal.facts)
        else:
            message = explained(refusal, language)
        return Reason(refusal.code, message, basis_shown(refusal, language), refusal.earliest)

    def lanes(self, session: Session, holder: Holder, slot: Slot, *, now: datetime) -> Sequence[Lane]:
        return self.lanes_on(session, person_of(holder), slot.service, slot.day, now=now)

    def lanes_on(
        self, session: Session, person_id: PersonId, service: str, day: date, *, now: datetime
    ) -> Sequence[Lane]:
        """Return the lanes in which the person may stand for an exam on `day`, the better one first.

        Priority is for a permit that ends soon, and for once in each subject.
        """
        months = policies.value(session, "exams.priority_months", on=local_day(now))
        until = records.permit_valid_until(session, person_id)
        ends_soon = less_than_months_left(until, day, int(str(months)))
        if ends_soon and not records.had_priority(session, person_id, service):
            return (Lane.PRIORITY, Lane.ORDINARY)
        return (Lane.ORDINARY,)

    def is_for(self, session: Session, holder: Holder, person_id: PersonId) -> bool:
        return holder == self.holder(person_id)

    def identities(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        found = accounts.identities(session, [person_of(holder) for holder in holders])
        return {self.holder(person_id): f"{id_type}:{number}" for person_id, (id_type, number) in found.items()}

    def called(self, session: Session, holders: Iterable[Holder]) -> Mapping[Holder, str]:
        return dict.fromkeys(holders, "")

    def template(self, name: str) -> str:
        return name


def person_of(holder: Holder) -> PersonId:
    """Return the person who is the holder of a place in an exam."""
    return PersonId(int(holder.removeprefix(KIND)))


def _refusals(record: Record | None, slot: Slot, today: date, settings: Settings) -> Sequence[Refusal]:
    if record is None:
        return (NO_RECORD,)
    subject = Subject(slot.service)
    by_law = licence_refusals(record.facts, subject, today=today, exam_day=slot.day, settings=settings)
    classes = tuple(slot.classes.split(",")) if slot.classes else ()
    window = Window(slot.starts_at, slot.ends_at)
    others = tuple(record.windows[other] for other in record.windows if other is not subject)
    return (*by_law, *place_refusals(record.facts.licence_class, classes, window, others))


def _without(record: Record, subject: Subject) -> Record:
    """Leave out the live booking that is about to be moved."""
    live = {other: day for other, day in record.facts.live.items() if other is not subject}
    windows = {other: window for other, window in record.windows.items() if other is not subject}
    return replace(record, facts=replace(record.facts, live=live), windows=windows)


EXAMS = Exams()
