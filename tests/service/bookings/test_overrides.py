"""Overrides: one booking, two persons, exactly the refusals that were named, and a seat like any other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.bookings import overrides
from booking.bookings import service as bookings
from booking.bookings.evidence import Evidence, Paper
from booking.bookings.jobs import expire_overrides
from booking.bookings.models import Booking, OverrideKind, OverrideState
from booking.bookings.override_queries import override_shown, overrides_between, overrides_waiting
from booking.bookings.overrides import Proposal
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS
from booking.exams.rules.places import PLACE_REFUSALS
from booking.exams.rules.wording import REFUSALS as EXAM_REFUSALS
from booking.inspections.line import INSPECTIONS
from booking.inspections.rules.refusals import NOT_KNOWN
from booking.inspections.rules.wording import REFUSALS as INSPECTION_REFUSALS
from booking.invariants.asking import findings
from booking.invariants.overrides import OVERRIDES
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, constraint_name, reading, unit_of_work
from booking.kernel.errors import BookingError, ConflictError, NotAllowedError, NotEligibleError, SamePersonError
from booking.kernel.ids import PersonId, SlotId
from booking.notices.models import Channel, Notice
from booking.slots.models import Lane, Method, Quota, Slot
from booking.slots.service import SlotClosedError, SlotFullError
from tests import factories
from tests.conftest import NOW
from tests.service.house.test_invariants import behind_the_back

TOO_SOON = frozenset({"subject-2-too-soon"})
LONG_AGO = NOW - timedelta(12)


@dataclass
class Office:
    """Mei has a permit of five days ago, so that subject 2 comes too soon; Wang proposes and Li decides."""

    sessions: Sessions
    mei: Actor
    wang: Actor
    li: Actor
    slot_id: SlotId

    @property
    def proposal(self) -> Proposal:
        evidence = Evidence(Paper.ID_ORIGINAL, "原件")
        mei = PersonId(self.mei.person_id or 0)
        kind = OverrideKind.OFFICE_ERROR
        return Proposal(mei, EXAMS.holder(mei), self.slot_id, TOO_SOON, kind, "证明签发晚了", evidence)

    def propose(self, proposal: Proposal | None = None, *, by: Actor | None = None) -> int:
        with unit_of_work(self.sessions) as session:
            given = proposal or self.proposal
            return overrides.propose(session, EXAMS, given, actor=by or self.wang, now=NOW)

    def approve(self, number: int, *, by: Actor | None = None) -> str:
        with unit_of_work(self.sessions) as session:
            return overrides.approve(session, EXAMS, number, actor=by or self.li, now=NOW)

    def counted(self) -> tuple[int, int]:
        """Return (bookings, seats taken)."""
        with reading(self.sessions) as session:
            rows = session.scalar(select(func.count()).where(Booking.slot_id == self.slot_id))
            taken = session.scalar(select(Quota.taken).where(Quota.slot_id == self.slot_id, Quota.lane == "ordinary"))
        return rows or 0, taken or 0

    def state(self, number: int) -> OverrideState:
        with reading(self.sessions) as session:
            return override_shown(session, number).state


@pytest.fixture
def office(sessions: Sessions) -> Office:
    with unit_of_work(sessions) as session:
        mei = factories.account(session)
        factories.learner(session, PersonId(mei.person_id or 0), permit_issued_on=local_day(NOW) - timedelta(5))
        factories.passed(session, mei, "subject_1", day=date(2026, 11, 10))
        wang, li = factories.account(session, Role.COUNTER), factories.account(session, Role.APPROVER)
        slot_id = factories.slot(session, released=1, day=date(2026, 11, 27), published_at=LONG_AGO)
    return Office(sessions, mei, wang, li, slot_id)


def test_without_an_override_the_rule_stands_and_with_one_there_is_a_booking(office: Office) -> None:
    given = office.proposal
    wish = Wish(given.person_id, given.holder, given.slot_id, "key")
    with pytest.raises(NotEligibleError), unit_of_work(office.sessions) as session:
        bookings.book_seat(session, EXAMS, wish, actor=office.mei, now=NOW)  # the control

    number = office.propose()
    assert office.counted() == (0, 0)
    reference = office.approve(number)

    assert office.counted() == (1, 1)
    with reading(office.sessions) as session:
        assert override_shown(session, number).reference == reference
        made = session.scalars(select(AuditEntry).where(AuditEntry.act == "booking made")).one()
        assert (made.person_id, made.after["paper"], made.after["evidence"]) == (
            office.wang.person_id,
            "id_original",
            "原件",
        )
        assert session.scalars(select(Notice.template).distinct()).all() == ["booking_confirmed"]
        published = overrides_between(session, local_day(NOW), local_day(NOW))
        assert [(one.service, one.lifted, one.kind) for one in published] == [
            ("subject_2", ("subject-2-too-soon",), OverrideKind.OFFICE_ERROR)
        ]
        assert not overrides_between(session, local_day(NOW) + timedelta(1), local_day(NOW) + timedelta(9))
        mine = {invariant.name for invariant in OVERRIDES}
        assert {one.name: one.count for one in findings(session, now=NOW) if one.name in mine} == dict.fromkeys(
            mine, 0
        )


def test_nobody_approves_what_the_same_person_proposed_whatever_the_account(office: Office) -> None:
    number = office.propose()
    with unit_of_work(office.sessions) as session:
        wang_again = factories.account(session, Role.APPROVER, person_id=PersonId(office.wang.person_id or 0))
        mei_at_work = factories.account(session, Role.APPROVER, person_id=PersonId(office.mei.person_id or 0))

    with pytest.raises(SamePersonError):
        office.approve(number, by=wang_again)
    with pytest.raises(NotAllowedError):  # it is her own affair
        office.approve(number, by=mei_at_work)
    for role in (office.wang, office.mei):
        with pytest.raises(NotAllowedError):
            office.approve(number, by=role)
    assert office.counted() == (0, 0)
    assert office.state(number) is OverrideState.PROPOSED


def test_the_database_itself_wants_two_persons_and_keeps_what_was_decided(office: Office) -> None:
    number = office.propose()
    by_one = (
        "UPDATE override SET state = 'declined', decided_at = proposed_at, decided_by_person = proposed_by_person"
    )
    with pytest.raises(IntegrityError) as refused, unit_of_work(office.sessions) as session:
        session.execute(text(by_one))
    assert constraint_name(refused.value) == "ck_override_two_persons"
    office.approve(number)

    for change in ("UPDATE override SET answer = 'x'", "DELETE FROM override"):
        with pytest.raises(IntegrityError), unit_of_work(office.sessions) as session:
            session.execute(text(change))


def test_only_what_the_rules_refuse_now_can_be_lifted_and_all_of_it_must_be(office: Office) -> None:
    with unit_of_work(office.sessions) as session:
        fei = factories.account(session)
        person_id = PersonId(fei.person_id or 0)
        factories.learner(session, person_id, permit_issued_on=local_day(NOW) - timedelta(5))  # subject 1 not passed
    mei = office.proposal
    fei_too = replace(mei, person_id=person_id, holder=EXAMS.holder(person_id))
    wrong: list[tuple[Proposal, type[BookingError]]] = [
        (replace(mei, lifted=frozenset()), overrides.NothingToLiftError),
        (replace(mei, lifted=TOO_SOON | {"road-too-soon"}), overrides.NothingToLiftError),
        (replace(fei_too, lifted=TOO_SOON), NotEligibleError),
        (replace(fei_too, lifted=TOO_SOON | {"subject-1-first"}), overrides.NeverLiftedError),
    ]
    for proposal, error in wrong:
        with pytest.raises(error):
            office.propose(proposal)
    with pytest.raises(NotAllowedError):
        office.propose(by=office.mei)
    office.propose()
    with pytest.raises(overrides.ProposedAlreadyError):
        office.propose()


def test_an_override_makes_no_seat_and_does_not_pass_over_a_round(office: Office) -> None:
    with unit_of_work(office.sessions) as session:
        full = factories.slot(session, released=0, capacity=1, day=date(2026, 11, 27), published_at=LONG_AGO)
        lanes = {Lane.ORDINARY: 1}
        day = date(2026, 11, 28)
        of_round = factories.slot(session, method=Method.RANKED, day=day, lanes=lanes, published_at=LONG_AGO)

    with pytest.raises(SlotFullError):
        office.propose(replace(office.proposal, slot_id=full))
    with pytest.raises(SlotClosedError):
        office.propose(replace(office.proposal, slot_id=of_round))


def test_when_the_world_has_changed_approval_says_so_and_stores_nothing(office: Office) -> None:
    number = office.propose()
    with unit_of_work(office.sessions) as session:
        other = factories.account(session)
        factories.booking(session, other, office.slot_id, at=NOW)
    with pytest.raises(SlotFullError):
        office.approve(number)
    with unit_of_work(office.sessions) as session:
        session.execute(text("UPDATE learner SET permit_issued_on = '2026-09-01'"))
    with pytest.raises(overrides.NothingToLiftError):
        office.approve(number)
    with unit_of_work(office.sessions) as session:
        session.execute(text("UPDATE learner SET permit_issued_on = '2026-11-19', permit_valid_until = '2026-11-20'"))
    with pytest.raises(NotEligibleError):
        office.approve(number)

    assert office.state(number) is OverrideState.PROPOSED
    assert office.counted() == (1, 1)


def test_what_nobody_decides_in_time_expires_and_the_person_is_told(office: Office) -> None:
    number = office.propose()
    with reading(office.sessions) as session:
        closes_at = session.get_one(Slot, office.slot_id).closes_at
        assert overrides_waiting(session, now=NOW) == 1

    assert expire_overrides(office.sessions, EXAMS, closes_at - timedelta(seconds=1)) == 0
    assert expire_overrides(office.sessions, EXAMS, closes_at) == 1
    assert expire_overrides(office.sessions, EXAMS, closes_at) == 0
    assert office.state(number) is OverrideState.EXPIRED
    with pytest.raises(overrides.DecidedError):
        office.approve(number)
    with reading(office.sessions) as session:
        assert session.scalars(select(Notice.template).distinct()).all() == ["override_expired"]


@pytest.mark.parametrize(
    ("language", "answer_en", "told"),
    [
        ("zh", "Papers are missing", "原因：材料不足。"),
        ("en", "Papers are missing", "Reason: Papers are missing. "),
        ("en", "", "Reason: 材料不足. "),
    ],
)
def test_a_declined_override_tells_the_person_why_and_another_may_be_proposed(
    office: Office, language: str, answer_en: str, told: str
) -> None:
    number = office.propose()
    with unit_of_work(office.sessions) as session:
        session.execute(update(Person).values(language=language))
        given = {"answer": "材料不足", "answer_en": answer_en}
        overrides.decline(session, EXAMS, number, actor=office.li, now=NOW, **given)

    assert office.state(number) is OverrideState.DECLINED
    with reading(office.sessions) as session:
        assert session.scalars(select(Notice.template).distinct()).all() == ["override_declined"]
        sealed = session.scalars(select(Notice.text_sealed).where(Notice.channel == Channel.INBOX)).one()
    assert told in office.sessions.keyring.open(sealed, column="notice.text")
    assert office.approve(office.propose())


@pytest.mark.race
def test_approved_by_eight_at_once_it_is_one_booking(office: Office) -> None:
    with unit_of_work(office.sessions) as session:
        office.slot_id = factories.slot(session, released=8, day=date(2026, 11, 27), published_at=LONG_AGO)
        approvers = [factories.account(session, Role.APPROVER) for _ in range(8)]
    number = office.propose()
    start = Barrier(8)

    def approve(approver: Actor) -> str:
        start.wait()
        try:
            office.approve(number, by=approver)
        except (ConflictError, NotEligibleError):  # decided already, or she has her place by now
            return "too late"
        return "booked"

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(approve, approvers))

    assert answers == {"booked": 1, "too late": 7}
    assert office.counted() == (1, 1)


def test_every_refusal_of_a_line_is_one_that_may_be_lifted_or_one_that_never_is() -> None:
    for line, codes in (
        (EXAMS, {*EXAM_REFUSALS, *PLACE_REFUSALS}),
        (INSPECTIONS, {*INSPECTION_REFUSALS, NOT_KNOWN.code}),
    ):
        assert {*line.liftable, *line.never_lifted} == codes
        assert not line.liftable.keys() & line.never_lifted.keys()


BREACHES = (
    (
        "an approved override has exactly its own booking",
        "UPDATE booking SET created_at = '2020-01-01 00:00:00+00:00'",
    ),
    ("nobody concerned decides an override of exams", "UPDATE override SET decided_by_person = person_id"),
    (
        "no override waits beyond its deadline",
        "UPDATE override SET state = 'proposed', decided_at = NULL, decided_by_person = NULL, booking_id = NULL,"
        " decide_until = '2020-01-01 00:00:00+00:00'",
    ),
)


@pytest.mark.parametrize(("name", "breach"), BREACHES)
def test_the_check_of_the_house_speaks_up(office: Office, name: str, breach: str) -> None:
    office.approve(office.propose())

    with behind_the_back(office.sessions) as session:
        session.execute(text(breach))
        assert name in {one.name for one in findings(session, now=NOW) if one.count}
