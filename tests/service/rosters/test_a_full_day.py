"""A day at an exam site in fast motion: 240 learners in eight sessions, 12 absent, 30 retests, a power cut at noon.

The clock steps minute by minute. What every roster, record, message and figure should say is counted here once more,
from nothing but what the test itself did.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from sqlalchemy import func, select

from booking.allotment.models.requests import Request, RequestState
from booking.audit.models import AuditEntry
from booking.bookings.models import Booking
from booking.exams.line import EXAMS
from booking.exams.models import ExamResult
from booking.exams.models import Learner as Record
from booking.kernel.calendar import ONE_DAY, local_time
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.notices.models import Channel, Notice
from booking.rosters.imports import import_attempts
from booking.rosters.models import AttemptOutcome, ClosedRoster
from booking.rosters.queries.rosters import rosters_of
from booking.rosters.rules.standing import Counts
from booking.stats.jobs import roll_up_figures
from booking.stats.queries.counted import Asked, counts
from booking.stats.queries.shares import shares
from booking.stats.rules.spans import Days
from tests.service.rosters.exam_site import DAY, FAILED, PASSED, ExamSite, Learner, at

SESSIONS = (
    ("08:00", "subject_1"), ("09:00", "subject_1"), ("10:00", "subject_2"), ("11:30", "subject_2"),
    ("13:00", "road"), ("14:00", "subject_2"), ("15:00", "road"), ("16:00", "subject_2"),
)  # fmt: skip
EACH, ABSENT, RETESTS, LEFT = 30, 12, 30, 3  # LEFT: failed the test and did not stay for the retest
CUT, OFFLINE, BY_FILE = "11:30", "14:00", "15:00"  # the session of the power cut, of the dead network, of the file
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OPENS, NOON, ENDS = at("07:00"), at("12:00"), at("17:30")


@dataclass
class Somebody:
    """What a learner will do this day, and what became of it as the test saw it."""

    learner: Learner
    starts: datetime
    service: str
    comes: datetime | None  # None: stays away
    test: datetime
    retest: datetime | None = None
    fails: bool = False
    passes_retest: bool = False
    tried: list[AttemptOutcome] = field(default_factory=list)

    @cached_property
    def clock(self) -> str:
        return f"{local_time(self.starts):%H:%M}"

    @property
    def end(self) -> str:
        """How it ends, said once more: the last result counts, and a cut session cancels who has none."""
        if PASSED in self.tried:
            return "passed"
        if self.clock == CUT and len(self.tried) < 2:
            return "cancelled_by_office"
        return "failed" if self.tried else "absent"


def people_of_the_day(site: ExamSite, slots: dict[str, SlotId]) -> list[Somebody]:
    """Draw who comes when and how it goes; the same every time."""
    random = Random(4408)
    people = []
    for clock, service in SESSIONS:
        starts = at(clock)
        for number, learner in enumerate(site.all_booked(slots[clock], EACH)):
            comes = starts + MINUTE * random.randrange(-55, 20)
            test = max(starts + MINUTE * (2 + number), comes + MINUTE)
            people.append(Somebody(learner, starts, service, comes, test))
    in_peace = [one for one in people if one.clock != CUT]
    for one in random.sample(in_peace, ABSENT):
        one.comes = None
    early_in_cut = [one for one in people if one.clock == CUT and one.test < NOON - 20 * MINUTE][:4]
    chosen = random.sample([one for one in in_peace if one.comes], RETESTS + LEFT - len(early_in_cut))
    for number, one in enumerate([*early_in_cut, *chosen]):
        one.fails = True
        one.passes_retest = number % 3 > 0
        if number < RETESTS:
            one.retest = one.test + 12 * MINUTE
    for one in people:
        if one.clock == CUT and one.test == NOON - MINUTE:
            one.fails = True  # no time is left for a retest
    return people


@dataclass
class Day:
    """The day as it is played."""

    site: ExamSite
    slots: dict[str, SlotId]
    people: list[Somebody]
    now: datetime = OPENS
    closed: set[str] = field(default_factory=set)

    @property
    def clock(self) -> str:
        return f"{local_time(self.now):%H:%M}"

    def play(self) -> None:
        """Step through the day."""
        while self.now < ENDS:
            if self.now == NOON:
                self.site.withdraw(self.slots[CUT], self.clock)
            for one in self.people:
                self.at_the_door(one)
                self.in_test(one)
            if self.now == at("14:45"):
                self.send_what_was_kept()
            if self.now == at("16:05"):
                self.bring_the_file()
            if self.now.minute % 10 == 0 or self.now == NOON + MINUTE:
                self.site.jobs(self.clock)
            self.close_what_is_over()
            self.now += MINUTE

    def at_the_door(self, one: Somebody) -> None:
        if one.comes != self.now or one.clock == OFFLINE:
            return
        by_document = len(one.tried) == 0 and one.learner.booking_id % 3 == 0
        shown = {"text": one.learner.number, "tail": ""} if by_document else {}
        self.site.check_in(one.learner, self.clock, **shown)
        if one.learner.booking_id % 40 == 0:  # now and then the wrong person
            self.site.undo_check_in(one.learner, self.clock)
            self.site.check_in(one.learner, self.clock)

    def in_test(self, one: Somebody) -> None:
        is_cut = one.clock == CUT and self.now >= NOON
        if one.comes is None or is_cut or one.clock in (BY_FILE, OFFLINE):
            return
        if one.test == self.now:
            outcome = FAILED if one.fails else PASSED
            if one.learner.booking_id % 20 == 0:  # now and then the wrong key
                self.site.attempt(one.learner, self.clock, PASSED if one.fails else FAILED)
                self.site.undo_attempt(one.learner, self.clock)
            self.site.attempt(one.learner, self.clock, outcome)
            one.tried.append(outcome)
        elif one.retest == self.now:
            outcome = PASSED if one.passes_retest else FAILED
            self.site.attempt(one.learner, self.clock, outcome, 2)
            one.tried.append(outcome)

    def send_what_was_kept(self) -> None:
        """The network is back: each device sends its check-ins, one of them twice, then the results are keyed in."""
        kept = [one for one in self.people if one.clock == OFFLINE and one.comes]
        for one in [*kept, kept[0]]:
            answer = self.site.check_in(one.learner, self.clock, at=one.comes, device_key=f"key {one.learner.tail}")
            assert answer.checked_in_at == one.comes
        for one in kept:
            self.key_in(one)

    def key_in(self, one: Somebody) -> None:
        for outcome, number in self.outcomes(one):
            self.site.attempt(one.learner, self.clock, outcome, number)
            one.tried.append(outcome)

    def outcomes(self, one: Somebody) -> list[tuple[AttemptOutcome, int]]:
        first = [(FAILED if one.fails else PASSED, 1)]
        return [*first, (PASSED if one.passes_retest else FAILED, 2)] if one.retest else first

    def bring_the_file(self) -> None:
        mine = [one for one in self.people if one.clock == BY_FILE and one.comes]
        lines = [
            f"{one.learner.reference},{number},{outcome}," for one in mine for outcome, number in self.outcomes(one)
        ]
        source = "\n".join(("reference,attempt,outcome,score", *lines))
        with unit_of_work(self.site.sessions) as session:
            slot_id, actor = self.slots[BY_FILE], self.site.operator
            site_id = self.site.site_id
            done = import_attempts(session, site_id, DAY, source, slot_id=slot_id, actor=actor, now=self.now)
        assert done == len(lines)
        for one in mine:
            one.tried += [outcome for outcome, _ in self.outcomes(one)]

    def close_what_is_over(self) -> None:
        for clock, _ in SESSIONS:
            if clock in self.closed or clock == CUT or self.now < at(clock) + HOUR + 10 * MINUTE:
                continue
            self.site.close(self.slots[clock], self.clock, self.expected(clock))
            self.closed.add(clock)

    def expected(self, clock: str) -> Counts:
        """Return the counts of a session as the test has seen it."""
        ends = Counter(one.end for one in self.people if one.clock == clock)
        passed, failed = ends["passed"], ends["failed"]
        return Counts(EACH, passed + failed, ends["absent"], passed, failed, ends["cancelled_by_office"])


def test_all_figures_of_a_day_agree(sessions: Sessions) -> None:
    site = ExamSite(sessions)
    slots = {clock: site.slot(clock, service=service, places=EACH) for clock, service in SESSIONS}
    day = Day(site, slots, people_of_the_day(site, slots))
    day.play()

    people, ends = day.people, Counter(one.end for one in day.people)
    assert (len(people), ends["absent"], sum(len(one.tried) == 2 for one in people)) == (240, ABSENT, RETESTS)
    cut = Counter(one.end for one in people if one.clock == CUT)
    assert min(cut["passed"], cut["failed"], cut["cancelled_by_office"]) > 0
    assert any(one.tried == [FAILED] and one.end == "cancelled_by_office" for one in people)
    assert sum(one.tried == [FAILED] and one.end == "failed" for one in people) == LEFT

    with reading(sessions) as session:
        # the rosters, closed over the counts of the test and still the same
        heads = {head.slot_id: head for head in rosters_of(session, site.site_id, DAY)}
        assert {clock: heads[slot_id].counts for clock, slot_id in slots.items()} == {
            clock: day.expected(clock) for clock in slots
        }
        columns = [func.sum(getattr(ClosedRoster, name)) for name in ("booked", "passed", "failed", "absent")]
        assert tuple(session.execute(select(*columns)).one()) == (
            len(people), ends["passed"], ends["failed"], ABSENT,
        )  # fmt: skip

        # bookings and the learners' records, person by person
        states = dict(session.execute(select(Booking.id, Booking.state)).all())
        assert {one.learner.booking_id: one.end for one in people} == states
        outcomes = dict(
            session.execute(
                select(ExamResult.booking_id, ExamResult.outcome).where(ExamResult.booking_id.is_not(None))
            ).all()
        )
        assert outcomes == {one.learner.booking_id: one.end for one in people if one.end != "cancelled_by_office"}
        permits = select(func.count()).where(Record.permit_issued_on == DAY)
        assert session.scalar(permits) == sum(one.service == "subject_1" and one.end == "passed" for one in people)

        # the log and the messages
        acts = Counter(session.scalars(select(AuditEntry.act)).all())
        for end, count in ends.items():
            assert acts[f"booking {end}"] == count
        assert acts["attempt recorded"] - acts["attempt undone"] == sum(len(one.tried) for one in people)
        assert acts["booking attended"] - acts["attendance undone"] == sum(one.comes is not None for one in people)
        assert (acts["roster closed"], acts["result recorded"]) == (len(SESSIONS), len(outcomes))
        told = Counter(session.scalars(select(Notice.template).where(Notice.channel == Channel.INBOX)).all())
        assert {name: told[name] for name in ("exam_passed", "exam_failed", "booking_absent")} == {
            "exam_passed": ends["passed"], "exam_failed": ends["failed"], "booking_absent": ABSENT,
        }  # fmt: skip
        assert told["booking_cancelled_by_office"] == ends["cancelled_by_office"]

        # whoever lost the place to the power cut is asked for again, with priority
        again = select(Request.person_id).where(Request.is_make_up.is_(True), Request.state == RequestState.LIVE)
        lost = {one.learner.actor.person_id for one in people if one.end == "cancelled_by_office"}
        assert set(session.scalars(again)) == lost

    # the statistics, counted on the spot and from the roll-up of the night
    tries = Counter(
        f"{name}_{outcome}" for one in people for name, outcome in zip(("first", "retest"), one.tried, strict=False)
    )
    expected = {
        ("ended", ""): ends,
        ("tests", ""): Counter(first_passed=ends["passed"], first_failed=ends["failed"]),
        ("tries", ""): tries,
    }
    assert figures(sessions) == expected
    assert roll_up_figures(sessions, at("09:00", DAY + ONE_DAY)) > 0
    assert figures(sessions) == expected
    assert site.broken("23:00") == []


def figures(sessions: Sessions) -> Mapping[tuple[str, Any], Counter[str]]:
    with reading(sessions) as session:
        assert shares(session, DAY, DAY).total.total == len(SESSIONS) * EACH
        return counts(session, ("ended", "tests", "tries"), Asked(Days(DAY, DAY), EXAMS.key), by="all")
