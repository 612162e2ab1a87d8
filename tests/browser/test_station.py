"""The operator of a station through a morning: at the gate, on the lanes, and what everybody sees of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from booking.bookings.models import BookingState
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from booking.kernel.ids import SiteId
from booking.web.language import whole
from tests.browser import inspections_city as city
from tests.browser.conftest import DESK, Person
from tests.browser.inspections_city import SMALL_PHONE, TODAY, fits_a_phone, keeps_a_dark_picture

LOGIN = "operator"
THURSDAY = date(2026, 11, 26)
Seated = Callable[..., Person]


@dataclass
class Morning:
    """A station at ten o'clock, and the references of the cars before its gate."""

    sessions: Sessions
    clock: FixedClock
    site_id: SiteId
    on_time: Sequence[str]
    late: str
    on_thursday: str

    @property
    def queue(self) -> str:
        return f"/inspections/stations/{self.site_id}/queue"

    @property
    def display(self) -> str:
        return f"/inspections/stations/{self.site_id}/display"


@pytest.fixture
def morning(sessions: Sessions, clock: FixedClock) -> Morning:
    """Three cars are booked for this hour, one for the last and one for Thursday, which has room left."""
    site_id = city.station(sessions, "赤坎机动车检验站")
    city.operator(sessions, site_id, LOGIN)
    lin = city.owner(sessions, name="林测试", phone="19900000001")
    nine, ten = (city.window(sessions, site_id, TODAY, starts) for starts in (9, 10))
    thursday = city.window(sessions, site_id, THURSDAY)
    return Morning(
        sessions,
        clock,
        site_id,
        on_time=[city.booked_car(sessions, lin, f"粤G4100{number}", ten) for number in range(3)],
        late=city.booked_car(sessions, lin, "粤G41005", nine),
        on_thursday=city.booked_car(sessions, lin, "粤G41006", thursday),
    )


def goes_to_work(operator: Person) -> None:
    """Sign in and open the board, without a mouse."""
    page = operator.page
    operator.visit("/sign-in")
    city.types(page, "手机号", LOGIN)
    city.types(page, "密码", city.PASSWORD)
    city.enters(operator)
    page.wait_for_url("**/")
    city.chooses(operator, "今日检验站")
    page.wait_for_url("**/station")


def scans(operator: Person, text: str, answer: str) -> None:
    """Type where the cursor stands, as a scanner does, and read the answer."""
    expect(operator.page.locator("[name=text]")).to_be_focused()
    operator.page.keyboard.type(text)
    city.enters(operator)
    operator.reads(answer)


def acts(operator: Person, words: str, answer: str) -> None:
    """Press a button of the board by the keyboard, and read the answer."""
    city.chooses(operator, words)
    operator.page.get_by_role("status").filter(has_text=whole(answer)).wait_for()


def calls(page: Page) -> list[str]:
    """Return the numbers that the call display shows."""
    return page.locator(".ticket .call").all_inner_texts()


def everybody_sees(reader: Person, morning: Morning, numbers: Sequence[str], waiting: int) -> None:
    """Fail unless the page of the queue and the display agree, and name no plate. It takes the reader a minute."""
    morning.clock.instant += timedelta(minutes=1)  # whoever asks within the same second is shown the same
    reader.visit(morning.queue)
    fits_a_phone(reader)
    reader.keeps_a_picture()
    listed = reader.page.locator("#called, section:has(#called)").get_by_role("rowheader").all_inner_texts()
    assert city.PLATE.findall(reader.page.content()) == []
    assert reader.page.locator(".figures").inner_text().split()[1] == str(waiting)

    reader.visit(morning.display)
    fits_a_phone(reader)
    reader.keeps_a_picture()
    assert city.PLATE.findall(reader.page.content()) == []
    reader.reads(f"等候：{waiting} 辆")
    assert (listed, calls(reader.page)) == (list(numbers), list(numbers))


def test_a_morning_at_the_station_with_the_keyboard_alone(somebody: Seated, morning: Morning) -> None:
    operator, reader = somebody(DESK), somebody(SMALL_PHONE)
    page = operator.page
    goes_to_work(operator)
    operator.keeps_a_picture()

    for number, reference in enumerate(morning.on_time, 1):
        scans(operator, reference, "可以进站")
        assert page.locator(".ticket .call").inner_text() == str(number)
    operator.keeps_a_picture()
    scans(operator, morning.on_thursday, "预约的不是今天：11月26日（星期四）09:00，赤坎机动车检验站")
    operator.keeps_a_picture()
    scans(operator, morning.late.lower(), "预约（迟到）")
    scans(operator, morning.on_time[0], "重复登记")
    operator.keeps_a_picture()

    city.chooses(operator, "未预约车辆")
    operator.reads("请填写现场看到的信息")
    city.types(page, "字母和号码", "G88888")
    operator.keeps_a_picture()
    city.enters(operator)
    operator.reads("可以进站")
    assert page.locator(".ticket .call").inner_text() == "5"
    operator.keeps_a_picture()
    keeps_a_dark_picture(operator)

    acts(operator, "叫下一号", "1号已叫到")
    acts(operator, "叫下一号", "2号已叫到")
    operator.keeps_a_picture()
    everybody_sees(reader, morning, ["2", "1"], waiting=3)  # the last call stands first

    acts(operator, "开始检验 1号", "1号检验中")
    acts(operator, "合格 1号", "1号合格")
    acts(operator, "过号 2号", "2号已退回队列等候")
    acts(operator, "叫下一号", "3号已叫到")
    acts(operator, "开始检验 3号", "3号检验中")
    acts(operator, "不合格 3号", "已预留复检名额：2026年11月26日（星期四）09:00–10:00")
    operator.keeps_a_picture()
    acts(operator, "撤回 3号", "3号检验中")
    acts(operator, "不合格 3号", "3号不合格")

    everybody_sees(reader, morning, [], waiting=3)
    for waits in ("4", "5"):  # whoever missed a call stands behind those who were there
        acts(operator, "叫下一号", f"{waits}号已叫到")
    everybody_sees(reader, morning, ["5", "4"], waiting=1)
    acts(operator, "开始检验 4号", "4号检验中")
    acts(operator, "合格 4号", "4号合格")
    acts(operator, "叫下一号", "2号已叫到")
    acts(operator, "过号 2号", "2号已离开")
    operator.keeps_a_picture()

    passed, left, failed = city.states(morning.sessions)[:3]
    assert left is BookingState.ABSENT
    assert passed is failed is BookingState.ATTENDED  # results can be taken back for a while
