"""What the demo city's office announces and writes, and what its people say of their visits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from booking.bookings.models import Booking
from booking.demo.asking import City
from booking.guides.rules.sections import Section
from booking.guides.service import announcements, guides
from booking.guides.service.announcements import Text
from booking.guides.shipped import shipped
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import AccountId, PersonId
from booking.ratings import service as ratings
from booking.ratings.rules import CAME, Grade
from booking.slots.models import Slot

MOST_RATED = 40
GRADES = (5, 5, 4, 5, 3, 4, 5, 2, 5, 4)
SAID = {2: "签到时排了很久，窗口太少。", 5: "按时开考，工作人员很耐心。"}
FINGERPRINT_DAY = Text(
    title_zh="考场指纹机更换，请提前十分钟到场",
    text_zh="本周起各考场更换指纹机，第一次使用需要重新采集。\n- 请比签到时间提前十分钟到场\n- 带身份证原件",
    first_day=date.min,
    last_day=date.min,
    title_en="New fingerprint readers: please come ten minutes early",
    text_en="The test sites have new fingerprint readers.\n- Come ten minutes before check-in\n- Bring your document",
)


def let_everybody_speak(city: City, now: datetime) -> None:
    """Announce something, leave a change of a guide to be approved, and rate the visits of the last week."""
    today, visits = local_day(now), _visits(city, now)
    text = replace(FINGERPRINT_DAY, first_day=today, last_day=today + timedelta(6))
    content = shipped()["driving-tests"]
    fees = replace(content, zh={**content.zh, Section.FEE: "考试费按本省标准收取，窗口和本页同时公示。"})
    with unit_of_work(city.sessions) as session:
        new_id = announcements.propose_announcement(session, text, actor=city.staff["planner"], now=now)
        announcements.approve_announcement(session, new_id, actor=city.staff["approver"], now=now)
        guides.propose_guide(
            session, "driving-tests", fees, seen=0, reason="写明公示的地方", actor=city.staff["counter"], now=now
        )
        for number, (booking_id, author) in enumerate(visits):
            grade = GRADES[number % len(GRADES)]
            ratings.rate(session, booking_id, Grade(grade), SAID.get(grade, ""), actor=author, now=now)


def _visits(city: City, now: datetime) -> Sequence[tuple[int, Actor]]:
    query = (
        select(Booking.id, Booking.booked_by, Booking.person_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.state.in_(CAME), Slot.ends_at < now, Slot.ends_at > now - timedelta(days=20))
        .order_by(Booking.id.desc())
        .limit(MOST_RATED)
    )
    with reading(city.sessions) as session:
        return [
            (booking_id, Actor(AccountId(account_id), PersonId(person_id), Role.APPLICANT))
            for booking_id, account_id, person_id in session.execute(query)
        ]
