"""Closing a site or a day: who is hit is seen before anything is stored, a second person consents, all are told."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from booking.accounts.models import Person
from booking.allotment import jobs
from booking.allotment.models.proposals import Closure
from booking.allotment.models.requests import Entry
from booking.bookings.models import LIVE, Booking
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.notices.models import Channel, Notice
from booking.slots.models import Slot, SlotState
from tests import factories
from tests.service.allotment.city import DAY, DRAW, Town
from tests.web.allotment.conftest import Scene
from tests.web.conftest import Visitor, hidden_fields

HOUR = timedelta(hours=1)
DAYS = {"line": "exams", "site": "", "service": "", "first_day": str(DAY), "last_day": str(DAY)}
WHY = {**DAYS, "reason": "台风“测试”"}
PREVIEW = f"/desk/closures/new?line=exams&site=&service=&first_day={DAY}&last_day={DAY}"


@pytest.fixture
def drawn(scene: Scene) -> Scene:
    scene.at(DRAW + HOUR)
    return scene


def propose(person: Visitor, **more: str) -> str:
    answer = person.submit("/desk/closures/new", {**WHY, **more}, on=PREVIEW)
    assert answer.status_code == 303
    return str(answer.location)


def live(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return len(session.scalars(select(Booking.id).where(Booking.state.in_(LIVE))).all())


def test_the_planner_sees_who_is_hit_before_anything_is_stored(
    drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    page = visitor(Role.PLANNER).get(PREVIEW).text

    with reading(sessions) as session:
        references = session.scalars(select(Booking.reference)).all()
        names = session.scalars(select(Person.name).join(Entry, Entry.person_id == Person.id)).all()
        assert session.scalars(select(Closure)).all() == []
    assert len(references) == 4
    assert [reference for reference in references if reference not in page] == []
    assert [name for name in names if name in page] == []
    assert "08:30–09:30" in page
    assert "10:00–11:00" in page


def test_requests_that_name_a_session_are_counted(scene: Scene, visitor: Callable[..., Visitor]) -> None:
    page = " ".join(visitor(Role.PLANNER).get(PREVIEW).text.split())

    assert "Nobody holds a place in these sessions." in page
    assert "<strong>5</strong>" in page  # of five people, each of whom names both sessions


def test_a_second_person_sees_the_same_and_takes_the_sessions_back(
    drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions, clock: FixedClock
) -> None:
    address = propose(visitor(Role.PLANNER))
    approver = visitor(Role.APPROVER)
    shown = approver.get(address).text
    with reading(sessions) as session:
        references = session.scalars(select(Booking.reference)).all()

    answer = approver.submit(address)

    assert [reference for reference in references if reference not in shown] == []
    assert answer.status_code == 303
    with reading(sessions) as session:
        assert set(session.scalars(select(Slot.state))) == {SlotState.WITHDRAWN}
    assert "<strong>4</strong>" in approver.get(address).text  # to be told
    jobs.cancel_in_withdrawn_slots(sessions, EXAMS, clock.instant)
    done = " ".join(approver.get(address).text.split())
    assert "<dt>People told and asked for again</dt> <dd> <strong>4</strong>" in done
    assert "<dt>Still to be told</dt> <dd> <strong>0</strong>" in done
    assert live(sessions) == 0


def test_who_is_left_over_stands_on_the_clerks_list_to_be_telephoned(
    drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions, clock: FixedClock
) -> None:
    address = propose(visitor(Role.PLANNER))
    visitor(Role.APPROVER).submit(address)
    jobs.cancel_in_withdrawn_slots(sessions, EXAMS, clock.instant)

    for page in (visitor(Role.COUNTER).get("/desk/closures").text, visitor(Role.SUPERVISOR).get(address).text):
        assert "To be telephoned" in page
        assert len(re.findall(r"\b\d{3}\*{4}\d{4}\b", page)) == 4  # telephone numbers, masked
    assert "To be telephoned" not in visitor(Role.PLANNER).get("/desk/closures").text


def test_the_proposer_cannot_consent(drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions) -> None:
    planner = visitor(Role.PLANNER)
    address = propose(planner)
    with unit_of_work(sessions) as session:
        second_account = factories.account(session, Role.APPROVER, person_id=planner.actor.person_id)
    approver = visitor(actor=second_account)

    page = approver.get(address).text
    answer = approver.submit(address, on="/desk/rounds/1/numbers")

    assert "You proposed this yourself" in page
    assert answer.status_code == 409
    assert "A second person has to do this step." in answer.text
    assert live(sessions) == 4


def test_a_closure_is_consented_to_once(drawn: Scene, visitor: Callable[..., Visitor]) -> None:
    address = propose(visitor(Role.PLANNER))
    approver = visitor(Role.APPROVER)
    form = hidden_fields(approver.get(address), address)
    approver.post(address, data=form)

    again = approver.post(address, data=form)

    assert again.status_code == 409


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**WHY, "reason": " "}, "reason"),
        ({**WHY, "first_day": "soon"}, "first_day"),
        ({**WHY, "last_day": "2026-12-07"}, "last_day"),
        ({**WHY, "last_day": "2027-12-08"}, "last_day"),
        ({**WHY, "site": "999"}, "site"),
        ({**WHY, "service": "tea"}, "service"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions, values: dict[str, str], field: str
) -> None:
    answer = visitor(Role.PLANNER).submit("/desk/closures/new", values, on=PREVIEW)

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    with reading(sessions) as session:
        assert session.scalars(select(Closure)).all() == []


def test_a_closure_that_hits_nothing_is_not_stored(
    drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    planner = visitor(Role.PLANNER)
    elsewhere = {**WHY, "first_day": "2026-12-20", "last_day": "2026-12-20"}

    page = planner.get(PREVIEW.replace(str(DAY), "2026-12-20")).text
    answer = planner.submit("/desk/closures/new", elsewhere, on=PREVIEW)

    assert "Nothing to take back" in page
    assert answer.status_code == 422
    with reading(sessions) as session:
        assert session.scalars(select(Closure)).all() == []


def test_everybody_reads_a_closure_in_force_with_days_and_reason(
    drawn: Scene, stranger: Visitor, visitor: Callable[..., Visitor], clock: FixedClock
) -> None:
    address = propose(visitor(Role.PLANNER))
    before = stranger.get("/plans").text
    visitor(Role.APPROVER).submit(address)
    clock.instant += timedelta(seconds=2)

    after = stranger.get("/plans").text

    assert "Closed: every site, every service" not in before
    assert "Closed: every site, every service" in after
    assert "Tue 8 Dec 2026" in after
    assert "台风“测试”" in after
    clock.instant += timedelta(days=5)
    assert "Closed: every site" not in stranger.get("/plans").text


@pytest.mark.parametrize(
    ("written", "read"), [("Typhoon “test”", "Typhoon “test”"), ("", '<span lang="zh-Hans-CN">台风“测试”</span>')]
)
def test_whoever_reads_english_gets_the_english_reason_and_the_chinese_one_where_there_is_none(
    drawn: Scene, visitor: Callable[..., Visitor], stranger: Visitor, sessions: Sessions, written: str, read: str
) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Person).where(Person.id == drawn.people[0].person_id).values(language="en"))
    address = propose(visitor(Role.PLANNER), reason_en=written)
    approver = visitor(Role.APPROVER)
    both = approver.get(address).text
    approver.submit(address)
    jobs.cancel_in_withdrawn_slots(sessions, EXAMS, drawn.clock.instant)

    english = stranger.get("/plans").text
    stranger.set_cookie("language", "zh")
    chinese = stranger.get("/plans").text

    assert [reason in both for reason in ("台风“测试”", written)] == [True, True]
    assert english.count(f"Reason: {read}") == 3  # of the closure, and of both sessions
    assert chinese.count("原因：台风“测试”") == 3
    with reading(sessions) as session:
        query = select(Notice).where(
            Notice.template == "booking_cancelled_by_office", Notice.channel == Channel.INBOX
        )
        texts = [sessions.keyring.open(one.text_sealed, column="notice.text") for one in session.scalars(query)]
    assert sorted(
        text.partition(start)[2][:4] for text in texts for start in ("Reason: ", "原因：") if start in text
    ) == (sorted([(written or "台风“测试”")[:4], *["台风“测"] * 3]))


def test_site_staff_close_their_own_site_and_see_no_other(
    drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    own, other = visitor(actor=_operator(sessions, drawn.town)), visitor(Role.EXAM_SITE)

    page = own.get("/desk/closures/new").text
    answer = own.submit("/desk/closures/new", {**WHY, "site": str(drawn.town.site_id)},
                        on=PREVIEW.replace("site=", f"site={drawn.town.site_id}"))  # fmt: skip

    assert "All sites" not in page
    assert answer.status_code == 303
    assert own.get(answer.location).status_code == 200
    assert other.get(answer.location).status_code == 403
    assert answer.location not in other.get("/desk/closures").text
    assert other.submit("/desk/closures/new", WHY, on="/desk/closures/new").status_code == 422


def test_an_operator_suspends_a_session_in_three_clicks_with_a_ready_notice(
    drawn: Scene, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    operator = visitor(actor=_operator(sessions, drawn.town))
    address = PREVIEW.replace("site=", f"site={drawn.town.site_id}")

    first = operator.get(address).text  # the first click, from the board of the day
    chosen = f"{address}&text=weather".replace("&", "&amp;")
    second = operator.get(chosen.replace("&amp;", "&")).text
    answer = operator.submit("/desk/closures/new", {**WHY, "site": str(drawn.town.site_id)}, on=address)

    assert chosen in first
    fields = [text.partition("</textarea>")[0] for text in second.split("<textarea")[1:]]
    assert "因恶劣天气，为保障安全，本场取消。" in fields[0]
    assert "Bad weather: the session is withdrawn for your safety." in fields[1]
    assert answer.status_code == 303


def test_a_supervisor_sees_closures_and_finds_no_button(drawn: Scene, visitor: Callable[..., Visitor]) -> None:
    address = propose(visitor(Role.PLANNER))
    supervisor = visitor(Role.SUPERVISOR)

    page = supervisor.get(address).text

    assert "Nothing is taken back until an approver consents." in page
    assert "Consent and take" not in page
    assert "/desk/closures/new" not in supervisor.get("/desk/closures").text
    assert supervisor.get("/desk/closures/new").status_code == 403


def test_a_preview_takes_a_fixed_number_of_statements(
    sessions: Sessions,
    visitor: Callable[..., Visitor],
    clock: FixedClock,
    statements: Callable[[Callable[[], object]], int],
) -> None:
    town, planner, counts = Town(sessions), visitor(Role.PLANNER), list[int]()
    for number in range(2):
        for person in town.add_learners(1 + 4 * number):
            slot_id = town.add_slot(starts=clock.instant.time().replace(hour=9 + number, minute=len(counts)))
            with unit_of_work(sessions) as session:
                factories.booking_row(session, person, slot_id, at=clock.instant)
        counts.append(statements(lambda: planner.get(PREVIEW)))

    assert counts[0] == counts[1]


def _operator(sessions: Sessions, town: Town) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.EXAM_SITE, site_id=town.site_id)
