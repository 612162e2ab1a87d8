"""What the demo city has nothing of: proposals that wait, drafts, files. Its people make them on its pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from shutil import copy

from sqlalchemy import select

from booking.bookings.models import Booking, BookingState
from booking.kernel.db import reading
from booking.slots.models import Slot
from tests.pages.city import FILES, City
from tests.pages.house import House

DAY, LATER = "2026-12-04", "2026-12-21"


@dataclass(frozen=True)
class Act:
    """A form that somebody sends; it must be taken."""

    who: str
    page: str
    data: Mapping[str, object] = field(default_factory=dict)
    action: str = ""


def stir(city: City, folder: Path) -> None:
    """Copy the city into the folder and do all of it there."""
    folder.mkdir()
    for name in FILES:
        copy(city.folder / name, folder / name)
    scratch = folder / "stirring"
    scratch.mkdir()
    house = House(City(folder), scratch)
    for act in _acts(house):
        answer = house.visitor(act.who).submit(act.page, act.data, action=act.action, is_filled=True)
        assert answer.status_code == 303, f"{act.who} at {act.page}: {answer.status_code}\n{answer.text}"
    house.close()
    copy(house.path, folder / FILES[0])


def _acts(house: House) -> Iterator[Act]:
    yield Act("approver", "/desk/guides/proposals/1", action="/approve")
    yield Act("planner", "/desk/guides/complaints/edit", {"reason": "写明投诉电话"})
    yield Act("planner", "/desk/announcements/new", {
        "title_zh": "周五停电检修", "text_zh": "周五下午一号考场停电，场次不变。", "title_en": "Power cut on Friday",
        "text_en": "No power at hall 1 on Friday afternoon; sessions stay.", "last_day": DAY,
    })  # fmt: skip
    yield Act("planner", "/desk/settings/plans.lead_days", {
        "value": "12", "effective_from": LATER, "reason": "给学员更多时间",
    })  # fmt: skip
    yield Act("planner", f"/desk/plans/slots/{_slot_with_bookings(house)}/withdraw", {"reason": "考场设备检修"})
    yield Act("planner", f"/desk/closures/new?line=exams&site=2&service=&first_day={DAY}&last_day={DAY}", {
        "reason": "台风预警",
    })  # fmt: skip
    yield Act("planner", "/desk/plans/make-up", {
        "place": "2:subject_2", "day": DAY, "starts_1": "16:30", "ends_1": "17:30", "ordinary_1": "4",
        "priority_1": "0", "reason": "补上检修时停的场次",
    })  # fmt: skip
    yield Act("counter", "/desk/transfers/out/bookings", {
        "first_day": "2026-11-23", "last_day": "2026-11-29", "file_format": "csv", "reason": "周报",
    })  # fmt: skip
    yield Act("counter", "/desk/transfers/in/learners", {"file": (BytesIO(b"\xef\xbb\xbfa,b\n1,2\n"), "a.csv")})


def _slot_with_bookings(house: House) -> int:
    """Return the exam session farthest ahead for which somebody has a place."""
    rows = select(Slot.id).join(Booking, Booking.slot_id == Slot.id)
    rows = rows.where(Booking.line == "exams", Booking.state == BookingState.CONFIRMED)
    with reading(house.sessions) as session:
        return session.scalars(rows.order_by(Slot.starts_at.desc(), Slot.id)).first() or 0
