"""A sample of each message that people get, in each way it turns out; `python -m tests.messages` prints them all."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import chain, product

from booking.kernel.errors import Language
from booking.notices.service import TEMPLATES, read_out

Facts = Mapping[str, object]

MORNING, LATER = datetime(2026, 12, 8, 0, 30, tzinfo=UTC), datetime(2026, 12, 8, 1, 30, tzinfo=UTC)
END_OF_DAY = datetime(2026, 12, 6, 16, tzinfo=UTC)  # the end of 6 December at the office
PERSON, COMPANY, PLATE = "测试甲", "湛江市示例汽车运输有限公司", "粤G·D****5"
REASON = "考场停电，设备无法使用。"  # typed with its full stop, as people do
REASON_EN = "Power cut at the exam site."
# The longest names that the demo city has.
PLACE = {
    "day": date(2026, 12, 8), "starts_at": MORNING, "ends_at": LATER, "cancel_until": END_OF_DAY,
    "site": "演示麻章科目二考场", "site_en": "Demo field site, Mazhang", "address": "麻章区示例大道88号",
}  # fmt: skip
TEST = {**PLACE, "service_zh": "科目三道路驾驶技能", "service_en": "Subject 3 (road test)", "reference": "K7MP2QXDAB"}
CAR = {**TEST, "service_zh": "小型汽车检验", "service_en": "Inspection of small vehicles", "holder": PLATE}
HELD = {
    **PLACE,
    "plate": PLATE,
    "hold": True,
    "until": datetime(2026, 12, 5, 8, tzinfo=UTC),
    "link": "/inspections/holds/12345",
}
UNHELD = {
    "plate": PLATE,
    "hold": False,
    "site": "示例检验站丁",
    "site_en": "Example station D",
    "address": "雷州市示例路66号",
}
NEXT = [
    ("科目二", "Subject 2", date(2026, 12, 18)),
    ("科目三道路驾驶技能", "Subject 3 (road test)", date(2027, 1, 7)),
]
REMINDER = {"days": 30, "valid_until": date(2026, 12, 31)}
ANSWER = "经查，当天打印机故障，补打等了半个多小时。设备已更换，并安排专人值守，欢迎您再来。"


def each(facts: Facts, name: str, *values: object) -> list[Facts]:
    """Return the facts once with each value of the one that decides how a message reads."""
    return [{**facts, name: value} for value in values]


WHY = ("not_eligible", "overlap", "too_late", "withdrawn")
REQUESTS: dict[str, list[Facts]] = {
    "asked_again": [{}], "changed": [{}], "ended": [{}], "received": [{}], "withdrawn": [{}],
    "corrected": [{"round": 12, "reason": REASON}],
    "granted": [{"booking": "B4RT9WQZKM"}],
    "not_granted": [{"queue": 137}],
    "passed": each({}, "why", *WHY),
}  # fmt: skip
BOOKINGS: dict[str, list[Facts]] = {
    "absent": [{}], "cancelled": [{}], "changed": [{}], "confirmed": [{}],
    "cancelled_by_office": [{"reason": REASON, "reason_en": REASON}, {"reason": REASON, "reason_en": REASON_EN}],
}  # fmt: skip
OTHERS: dict[str, list[Facts]] = {
    "account_opened": [{"name": PERSON}],
    "code": each({"code": "048213", "minutes": 10}, "purpose", "register", "reset_password", "change_phone"),
    "exam_failed": [{**TEST, "score": 80, "again": date(2026, 12, 18)}, {**TEST, "score": None, "again": None}],
    "exam_passed": [
        {**TEST, "score": 95, "is_done": False, "next": NEXT},
        {**TEST, "score": None, "is_done": True, "next": []},
        {**TEST, "score": 100, "is_done": False, "next": []},
    ],
    "identity_in_use": [{}],
    "inspection_agent_added": each({"owner": COMPANY, "agent": PERSON}, "is_agent", True, False),
    "inspection_agent_ended": each({"owner": COMPANY, "agent": PERSON}, "is_agent", True, False),
    "inspection_booked_by_agent": [{**CAR, "plate": PLATE}],
    "inspection_passed": each({"plate": PLATE}, "valid_until", date(2027, 12, 31), None),
    "inspection_reinspection": [HELD, UNHELD],
    "inspection_reminder": [
        {**HELD, **REMINDER, "way": "test"}, {**UNHELD, **REMINDER, "way": "test"},
        {**UNHELD, **REMINDER, "way": "mark"}, {**UNHELD, **REMINDER, "way": "mark", "days": 1},
    ],
    "inspection_result_undone": [{"plate": PLATE}],
    "inspection_vehicle_bound": each({"plate": PLATE}, "owner", COMPANY, ""),
    "inspection_vehicle_changed": [{"plate": PLATE}],
    "inspection_vehicle_unbound": [{"plate": PLATE}],
    "override_declined": [
        {**TEST, "holder": "", "reason": REASON, "reason_en": REASON},
        {**CAR, "reason": REASON, "reason_en": REASON_EN},
    ],
    "override_expired": [{**TEST, "holder": ""}, CAR],
    "password_changed": [{"at": MORNING}],
    "password_key": [{"key": "K7MP-2QXD-ABCD-EFGH", "hours": 24}],
    "phone_changed": [{"tail": "5678"}],
    "plan_missed": [{**PLACE, "plan": 17, "publish_by": END_OF_DAY}],
    "rating_answered": [{"reference": "K7MP2QXDAB", "answer": ANSWER}],
    "recovery_code_used": [{"at": MORNING, "left": 9}],
    "round_alarm": each({"round": 12, "day": date(2026, 12, 8)}, "problem", "late", "differing", "doubt"),
    "second_factor_refused": [{"at": MORNING}],
    "second_factor_reset": [{"at": MORNING}],
    "second_factor_set": [{"at": MORNING}],
}  # fmt: skip


def samples() -> dict[str, list[Facts]]:
    """Return the facts of each way in which each message can read."""
    found = dict(OTHERS)
    acts = chain(
        ((f"booking_{act}", ways) for act, ways in BOOKINGS.items()),
        ((f"request_{act}", ways) for act, ways in REQUESTS.items()),
    )
    for (name, ways), (prefix, line) in product(acts, (("", TEST), ("inspection_", CAR))):
        found[prefix + name] = [{**line, **facts} for facts in ways]
    found["booking_absent"] = [*found["booking_absent"], {**TEST, "again": date(2026, 12, 19)}]
    return found


def kinds() -> set[str]:
    """Return the name of every message there is."""
    return {path.name.split(".")[0] for path in TEMPLATES.glob("*.txt")}


def rendered(language: Language) -> Iterator[tuple[str, str, str]]:
    """Write each message as its reader gets it: kind, title, text."""
    for kind, ways in sorted(samples().items()):
        for facts in ways:
            yield (kind, *read_out(kind, language, facts))


if __name__ == "__main__":
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        for kind, title, text in rendered(language):
            sys.stdout.write(f"{kind}.{language} ({len(text)})\n  {title}\n  {text}\n\n")
