"""The main journey of everybody who works here, by keyboard alone and with scripts switched off.

Beside these: the counted acts of a clerk in test_desk, the way of a plan in test_clerks, a morning at a station in
test_station and the gate of a session in test_roster.
"""

from datetime import time

from playwright.sync_api import expect

from booking.accounts.models import Person as PersonRow
from booking.bookings.models import BookingState
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.calendar import at_local
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import PersonId
from booking.policies import service as policies
from tests import factories
from tests.browser import inspections_city as city
from tests.browser.driving import Hands, Seated, Way, every_way
from tests.web.rosters import session as town


def goes_to_work(hands: Hands, sessions: Sessions, role: Role) -> None:
    """Give somebody an account of that role, and sign in."""
    with unit_of_work(sessions) as session:
        factories.account(session, role, login=role.value, password_hash=city.password_hash())
    comes_in(hands, role.value)


def comes_in(hands: Hands, login: str) -> None:
    hands.person.visit("/sign-in")
    hands.write("手机号", login)
    hands.write("密码", city.PASSWORD)
    hands.press("登录")


@every_way
def test_a_clerk_finds_a_person_and_books_for_her(somebody: Seated, sessions: Sessions, way: Way) -> None:
    with unit_of_work(sessions) as session:
        mei = factories.account(session, person_id=factories.person(session, name="梅小雨"))
        factories.learner(session, PersonId(mei.person_id or 0))
        factories.passed(session, mei, "subject_1")
        factories.slot(session, released=5)
        sealed = session.get_one(PersonRow, mei.person_id).id_number_sealed
        tail = sessions.keyring.open(sealed, column="person.id_number")[-4:]
    clerk = way(somebody)
    goes_to_work(clerk, sessions, Role.COUNTER)

    clerk.goes_to("窗口")
    clerk.write("查找人员或车辆", f"梅{tail}")
    clerk.press("查询")
    clerk.press("选择场次 科目二")
    clerk.press("选择")
    clerk.tick("身份证明原件")
    clerk.write("理由", "不会上网")
    clerk.press("确认预约")
    clerk.reads("已预约")
    assert city.states(sessions) == [BookingState.CONFIRMED]


@every_way
def test_an_exam_site_lets_somebody_in_and_enters_the_result(
    somebody: Seated, sessions: Sessions, clock: FixedClock, way: Way
) -> None:
    site_id = town.site(sessions)
    slot_id = town.slot(sessions, site_id)
    first, _ = town.candidates(sessions, slot_id, 2)
    clock.instant = at_local(town.TODAY, time(9, 30))
    town.operator(sessions, site_id, login="examiner", password_hash=city.password_hash())
    operator = way(somebody)
    comes_in(operator, "examiner")

    operator.goes_to("今日考试名单")
    operator.press("科目二 10:00")
    operator.write("扫描预约凭证", first.ticket)
    operator.press_here("签到")
    operator.reads("准许入场")
    operator.press("登记成绩")
    operator.write(f"{first.name} {first.tail}", "95")
    operator.press("登记成绩并保存")
    operator.reads("已登记")
    assert town.states(sessions, slot_id) == ["attended", "confirmed"]  # for a while it can be undone


@every_way
def test_a_station_lets_a_car_in_calls_it_and_passes_it(somebody: Seated, sessions: Sessions, way: Way) -> None:
    site_id = city.station(sessions, "赤坎机动车检验站")
    city.operator(sessions, site_id, "operator")
    lin = city.owner(sessions, name="林测试", phone="19900000001")
    reference = city.booked_car(sessions, lin, "粤G41000", city.window(sessions, site_id, city.TODAY, 10))
    operator = way(somebody)
    comes_in(operator, "operator")

    operator.goes_to("今日检验站")
    operator.write("扫描凭证", reference)
    operator.press("登记到站")
    operator.reads("可以进站")
    for act, answer in (("叫下一号", "1号已叫到"), ("开始检验", "1号检验中"), ("合格", "1号合格")):
        operator.press(act)
        operator.reads(answer)
    assert city.states(sessions) == [BookingState.ATTENDED]


@every_way
def test_an_administrator_reads_settings_figures_and_the_log(somebody: Seated, sessions: Sessions, way: Way) -> None:
    administrator = way(somebody)
    goes_to_work(administrator, sessions, Role.ADMINISTRATOR)

    administrator.goes_to("业务设置")
    administrator.press("退回名额重新放出的钟点")
    administrator.reads("12:00")
    reads_figures_and_the_log(administrator)


@every_way
def test_a_supervisor_reads_figures_and_the_log(
    somebody: Seated, sessions: Sessions, clock: FixedClock, way: Way
) -> None:
    with unit_of_work(sessions) as session:
        policies.seed_calendar(session, [2026], actor=SYSTEM, now=clock.now())
    supervisor = way(somebody)
    goes_to_work(supervisor, sessions, Role.SUPERVISOR)

    reads_figures_and_the_log(supervisor)
    supervisor.choose("对象类别", "账户")
    supervisor.press("查询")


def reads_figures_and_the_log(reader: Hands) -> None:
    reader.goes_to("全部指标")
    reader.press("查看")
    reader.press("网上")
    expect(reader.page.locator("h1")).to_be_visible()
    reader.goes_to("日志")
    reader.write("日期", "2026-11-24")
    reader.press("查询")
