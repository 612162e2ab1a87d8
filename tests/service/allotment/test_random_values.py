"""Random values that are missing, late, wrong or entered differently: nothing is drawn on a doubtful one, ever."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from booking.allotment import jobs
from booking.allotment.beacons import Beacons, DoubtfulValueError
from booking.allotment.models.rounds import BeaconValue, Round, Stage
from booking.allotment.service import beacons as values
from booking.allotment.service import drawing
from booking.audit.models import AuditEntry
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidStateError, NotAllowedError, NotFoundError
from booking.notices.models import Channel, Notice
from booking.slots.models import Lane
from tests import factories
from tests.service.allotment.city import CLOSE, DRAW, FREEZE, HOUR, MINUTE, Town, person_of
from tests.service.allotment.meanwhile import meanwhile

VALUE = "ab" * 32
KUAILE = "draw:kuaile8"
NUMBERS = " ".join(f"{number:02}" for number in range(1, 21))
OTHERS = " ".join(f"{number:02}" for number in range(2, 22))


class FakeDrand:
    """A source that gives what it is told to: a value, None, or a reason to doubt it."""

    def __init__(self) -> None:
        self.gives: str | Exception | None = None
        self.asked = 0

    def __call__(self, announcement_hash: str, not_before: datetime) -> str | None:
        self.asked += 1
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


@pytest.fixture
def drand() -> FakeDrand:
    return FakeDrand()


def frozen(sessions: Sessions, beacon: str, drand: FakeDrand | None = None) -> Town:
    """Lead a round with two people and one place up to its freeze."""
    town = Town(sessions, beacons=Beacons({"drand": drand} if drand else {}))
    with unit_of_work(sessions) as session:
        factories.setting(session, "rounds.beacon", beacon)
        factories.account(session, Role.SUPERVISOR)
    slot_id = town.add_slot()
    people = town.add_learners(2)
    town.open()
    for person in people:
        town.ask(person, slot_id)
    town.advance(CLOSE)
    town.advance(FREEZE)
    return town


def alarms(town: Town) -> list[str]:
    """Return why the supervisors were alarmed; each of them was told as often."""
    with reading(town.sessions) as session:
        told = select(func.count()).where(Notice.template == "round_alarm", Notice.channel == Channel.INBOX)
        query = select(AuditEntry.reason).where(AuditEntry.act == "random value in doubt").order_by(AuditEntry.id)
        reasons = list(session.scalars(query))
        assert session.scalar(told) == len(reasons)
        return reasons


def enter(town: Town, clerk: Actor, numbers: str = NUMBERS, now: datetime = DRAW, source: str = KUAILE) -> None:
    with unit_of_work(town.sessions) as session:
        values.enter_draw(session, 1, source, numbers, actor=clerk, now=now)


def kept(town: Town) -> list[str]:
    with reading(town.sessions) as session:
        return list(session.scalars(select(BeaconValue.value).order_by(BeaconValue.id)))


def test_nothing_is_asked_before_its_hour_and_nothing_drawn_before_it_is_there(
    sessions: Sessions, drand: FakeDrand
) -> None:
    town = frozen(sessions, "drand", drand)
    drand.gives = VALUE

    town.advance(DRAW - timedelta(seconds=1))
    asked = drand.asked
    town.advance(DRAW)

    assert asked == 0
    assert town.stage(1) is Stage.DRAWN
    assert town.record(1)["beacon"] == [{"source": "drand", "value": VALUE}]
    town.require_sound()


@pytest.mark.parametrize("doubt", ["the mirrors differ", "an answer is for another round", "not the hash"])
def test_a_value_in_doubt_is_never_kept_alarms_once_and_the_draw_goes_on_once_it_is_right(
    sessions: Sessions, drand: FakeDrand, doubt: str
) -> None:
    town = frozen(sessions, "drand", drand)
    drand.gives = DoubtfulValueError(doubt)

    for minutes in range(5):
        town.advance(DRAW + minutes * MINUTE)
    before = (town.stage(1), kept(town), town.holders(), alarms(town))
    drand.gives = VALUE
    town.advance(DRAW + 6 * MINUTE)

    assert before == (Stage.FROZEN, [], {}, ["wrong"])
    assert town.stage(1) is Stage.DRAWN
    assert alarms(town) == ["wrong"]
    town.require_sound()


def test_a_value_that_does_not_come_alarms_once_after_half_an_hour_and_is_used_when_it_comes(
    sessions: Sessions, drand: FakeDrand
) -> None:
    town = frozen(sessions, "drand", drand)

    found = []
    for minutes in (0, 29, 30, 31, 600):
        town.advance(DRAW + minutes * MINUTE)
        found.append(len(alarms(town)))
    drand.gives = VALUE
    town.advance(DRAW + timedelta(days=1))

    assert found == [0, 0, 1, 1, 1]
    assert alarms(town) == ["late"]
    assert town.stage(1) is Stage.DRAWN
    assert len(town.holders()) == 1
    town.require_sound()


def test_without_anybody_who_fetches_it_the_supervisors_hear_of_a_missing_value(sessions: Sessions) -> None:
    town = frozen(sessions, "drand")

    town.advance(DRAW + HOUR)

    assert alarms(town) == ["late"]
    assert town.stage(1) is Stage.FROZEN


def test_one_source_in_doubt_holds_up_no_other_round(sessions: Sessions, drand: FakeDrand) -> None:
    town = frozen(sessions, "drand", drand)
    drand.gives = DoubtfulValueError("the mirrors differ")
    with unit_of_work(sessions) as session:
        other = factories.slot(session, service="subject_1", method=town.method, lanes={Lane.ORDINARY: 1})
    jobs.open_rounds(sessions, EXAMS, Town(sessions).beacons, CLOSE - HOUR)
    demo = Town(sessions)
    drand_and_demo = Beacons({"drand": drand, "demo": demo.beacons.fetchers["demo"]})

    for hour in (CLOSE, FREEZE, DRAW):
        jobs.advance_rounds(sessions, EXAMS, drand_and_demo, hour)

    assert (town.stage(1), town.stage(town.round_of(other))) == (Stage.FROZEN, Stage.DRAWN)


def test_two_people_who_enter_the_same_numbers_settle_the_draw(sessions: Sessions) -> None:
    town = frozen(sessions, "draw")
    one, other = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)

    enter(town, one)
    town.advance(DRAW + MINUTE)
    after_one = town.stage(1)
    enter(town, other, NUMBERS.replace(" 0", " "))
    town.advance(DRAW + 2 * MINUTE)

    assert after_one is Stage.FROZEN
    assert town.stage(1) is Stage.DRAWN
    assert town.record(1)["beacon"] == [{"source": KUAILE, "value": NUMBERS}]
    assert alarms(town) == []
    town.require_sound()


def test_one_person_alone_settles_nothing_however_often_and_with_whatever_account(sessions: Sessions) -> None:
    town = frozen(sessions, "draw")
    clerk = town.add_staff(Role.PLANNER)
    with unit_of_work(sessions) as session:
        same_person = factories.account(session, Role.APPROVER, person_id=person_of(clerk))

    for account in (clerk, clerk, same_person):
        enter(town, account)
    town.advance(DRAW + MINUTE)

    assert town.stage(1) is Stage.FROZEN


def test_two_people_who_differ_draw_nothing_alarm_and_agree_later(sessions: Sessions) -> None:
    town = frozen(sessions, "draw")
    one, other = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)

    enter(town, one)
    enter(town, other, OTHERS)
    town.advance(DRAW + MINUTE)
    town.advance(DRAW + HOUR)
    between = (town.stage(1), alarms(town))
    enter(town, other, now=DRAW + HOUR)
    town.advance(DRAW + HOUR)

    assert between == (Stage.FROZEN, ["differing"])
    assert town.stage(1) is Stage.DRAWN
    assert alarms(town) == ["differing"]
    town.require_sound()


def test_two_against_two_is_no_agreement(sessions: Sessions) -> None:
    town = frozen(sessions, "draw")
    clerks = [town.add_staff(Role.PLANNER) for _ in range(4)]

    for clerk, numbers in zip(clerks, (NUMBERS, OTHERS, NUMBERS, OTHERS), strict=True):
        enter(town, clerk, numbers)
    town.advance(DRAW + MINUTE)
    before = town.stage(1)
    enter(town, clerks[3], NUMBERS)
    town.advance(DRAW + 2 * MINUTE)

    assert before is Stage.FROZEN
    assert town.stage(1) is Stage.DRAWN


def test_numbers_come_neither_early_nor_late_nor_from_nobody_nor_for_another_source(sessions: Sessions) -> None:
    town = frozen(sessions, "draw")
    one, other = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)

    with pytest.raises(InvalidStateError):
        enter(town, one, now=DRAW - timedelta(seconds=1))
    with pytest.raises(NotAllowedError):
        enter(town, SYSTEM)
    for source in ("drand", "draw:other"):
        with pytest.raises(NotFoundError):
            enter(town, one, source=source)
    enter(town, one)
    enter(town, other)
    town.advance(DRAW)
    with pytest.raises(InvalidStateError):
        enter(town, one, OTHERS)
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        values.enter_draw(session, 1, KUAILE, OTHERS, actor=other, now=DRAW)

    assert kept(town) == [NUMBERS, NUMBERS]
    town.require_sound()


def test_both_announced_sources_are_needed(sessions: Sessions, drand: FakeDrand) -> None:
    town = frozen(sessions, "drand_and_draw", drand)
    one, other = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)
    drand.gives = VALUE

    town.advance(DRAW)
    enter(town, one)
    enter(town, other)
    stages = [town.stage(1)]
    town.advance(DRAW + MINUTE)

    assert [*stages, town.stage(1)] == [Stage.FROZEN, Stage.DRAWN]
    assert [value["source"] for value in town.record(1)["beacon"]] == ["drand", KUAILE]
    town.require_sound()


def test_numbers_corrected_between_computing_and_settling_a_draw_are_not_drawn_on(sessions: Sessions) -> None:
    town = frozen(sessions, "draw")
    one, other = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)
    enter(town, one)
    enter(town, other)
    with reading(sessions) as session:
        drawn = drawing.compute(session, 1)
    assert drawn is not None
    enter(town, other, OTHERS)

    with unit_of_work(sessions) as session:
        is_settled = drawing.settle(session, EXAMS, 1, drawn, actor=SYSTEM, now=DRAW)
    before = town.stage(1)
    enter(town, one, OTHERS)
    town.advance(DRAW)

    assert not is_settled
    assert before is Stage.FROZEN
    assert town.record(1)["beacon"] == [{"source": KUAILE, "value": OTHERS}]
    town.require_sound()


def test_numbers_corrected_while_a_draw_is_settled_come_too_late(sessions: Sessions) -> None:
    town = frozen(sessions, "draw")
    one, other = town.add_staff(Role.PLANNER), town.add_staff(Role.APPROVER)
    enter(town, one)
    enter(town, other)

    with (
        pytest.raises(InvalidStateError),
        meanwhile(sessions, "INSERT INTO round_outcome", lambda: enter(town, one, OTHERS)),
    ):
        town.advance(DRAW)

    assert kept(town) == [NUMBERS, NUMBERS]
    town.require_sound()


def test_a_value_that_comes_again_when_another_process_has_drawn_is_no_failure(
    sessions: Sessions, drand: FakeDrand
) -> None:
    town = frozen(sessions, "drand", drand)
    drand.gives = VALUE

    class Rival(FakeDrand):
        def __call__(self, announcement_hash: str, not_before: datetime) -> str | None:
            town.advance(DRAW)  # while this process asks, another one asks, keeps and draws
            return VALUE

    taken = jobs.advance_rounds(sessions, EXAMS, Beacons({"drand": Rival()}), DRAW)

    assert taken == 0
    assert kept(town) == [VALUE]
    with reading(sessions) as session:
        assert session.get_one(Round, 1).stage is Stage.DRAWN
    town.require_sound()
