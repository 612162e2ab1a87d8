"""Reasons that lie between a learner and one slot, beside those of the licence rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from booking.exams.rules.facts import LicenceClass
from booking.kernel.errors import Refusal, Wording

OFFICE_RULE = "Office rule"
PLACE_REFUSALS: Mapping[str, Wording] = {
    "no-record": Wording(
        "车管所还没有您的学车档案。请先受理驾驶证申请，或持身份证明到窗口办理。",
        "The office has no learner's record of yours yet. Apply for the licence first, or come to the counter "
        "with your identity document.",
    ),
    "class-not-served": Wording(
        "这个场次只考 {classes}，您申请的是 {licence_class}。请选择您的车型的场次。",
        "This session is for {classes} only, and you applied for {licence_class}. Choose a session of your class.",
    ),
    "overlapping": Wording(
        "您在这段时间已有另一个预约，请换一个时间。",
        "You have another booking at that time. Choose another hour.",
    ),
}
NO_RECORD = Refusal("no-record", OFFICE_RULE)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Window") -> bool:
        """Say whether the two share any moment."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def place_refusals(
    licence_class: LicenceClass, classes: tuple[str, ...], window: Window, others: tuple[Window, ...]
) -> Iterator[Refusal]:
    """Yield what speaks against this slot: `classes` it serves (none = all), `others` already booked."""
    if classes and licence_class not in classes:
        facts = {"classes": classes, "licence_class": licence_class.value}
        yield Refusal("class-not-served", "Order 162, art. 54", facts=facts)
    if any(window.meets(other) for other in others):
        yield Refusal("overlapping", OFFICE_RULE)


def less_than_months_left(valid_until: date | None, day: date, months: int) -> bool:
    """Say whether a permit ends less than `months` months after `day`: it opens the priority lane."""
    if valid_until is None:
        return False
    turned = day.month - 1 + months
    limit = (day.year + turned // 12, turned % 12 + 1, day.day)
    return (valid_until.year, valid_until.month, valid_until.day) < limit
