"""One office setting: its kind, bounds and words, and how its values are written down and read again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any

from booking.kernel.errors import InvalidInputError, Wording

Value = int | str | bool | time | date

YES_NO: Mapping[str, Wording] = {"yes": Wording("是", "yes"), "no": Wording("否", "no")}
DAYS = Wording("天", "days")
WORKING_DAYS = Wording("个工作日", "working days")
MONTHS = Wording("个月", "months")
HOURS = Wording("小时", "hours")
MINUTES = Wording("分钟", "minutes")
PER_CENT = Wording("%", "%")
WISHES = Wording("个", "wishes")
PEOPLE = Wording("人", "people")
YEARS = Wording("周岁", "years of age")
ONE = {"people": "person", "years of age": "year of age", "times the median": "time the median"}
OFFICE = Wording("车管所自定", "the office's own choice")


class Kind(StrEnum):
    """What values are: int, the code of a choice, bool, a wall-clock time at the office, or a local day."""

    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CLOCK = "clock"
    DAY = "day"


class Group(StrEnum):
    """Where a setting stands on the page."""

    PLANS = "plans"
    PLACES = "places"
    ROUNDS = "rounds"
    INSPECTIONS = "inspections"
    EXAM_DAY = "exam_day"
    EXAM_LAW = "exam_law"
    ORDER_139 = "order_139"
    INSPECTION_LAW = "inspection_law"
    ACCOUNTS = "accounts"
    SUPERVISION = "supervision"


@dataclass(frozen=True, slots=True)
class Setting:
    """A point that the office decides. Numbers lie from `least` to `most`; a choice is one of the `choices`.

    `basis` names the order and article that leave the point open, or bound it.
    """

    name: str
    group: Group
    kind: Kind
    default: Value
    title: Wording
    explanation: Wording
    basis: Wording = OFFICE
    least: int = 0
    most: int = 0
    unit: Wording = DAYS
    choices: Mapping[str, Wording] = field(default_factory=lambda: YES_NO)

    def read(self, text: str) -> Value:
        """Return the value written as `text`; raise `InvalidInputError` for what the setting cannot be."""
        text = text.strip()
        if self.kind is Kind.NUMBER:
            return self._number(text)
        if self.kind in READERS:
            return READERS[self.kind](text)
        if text not in self.choices:
            raise InvalidInputError("value")
        return text == "yes" if self.kind is Kind.YES_NO else text

    def write(self, value: Value) -> str:
        """Return the text from which `read` gives `value` again."""
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value.isoformat() if isinstance(value, date) else str(value)

    def shown(self, value: Value) -> Wording:
        """Put a value into words: 11 days, 09:00, yes."""
        text = self.write(value)
        if self.kind is Kind.NUMBER:
            unit = ONE.get(self.unit.en, self.unit.en.removesuffix("s")) if value == 1 else self.unit.en
            return Wording(f"{text} {self.unit.zh}", f"{text} {unit}")
        if isinstance(value, date):
            return Wording(f"{value.year}年{value.month}月{value.day}日", f"{value.day} {value:%B %Y}")
        return Wording(text, text) if self.kind in READERS else self.choices[text]

    def _number(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 5 and self.least <= int(text) <= self.most):
            raise InvalidInputError("value")
        return int(text)


def _clock(text: str) -> time:
    try:
        value = time.fromisoformat(text)
    except ValueError as failure:
        raise InvalidInputError("value") from failure
    # fromisoformat also takes seconds, zones and 0900; a setting is written HH:MM.
    if f"{value:%H:%M}" != text:
        raise InvalidInputError("value")
    return value


def _day(text: str) -> date:
    try:
        value = date.fromisoformat(text)
    except ValueError as failure:
        raise InvalidInputError("value") from failure
    # fromisoformat also takes 20201120 and 2020-W47-5; a setting is written YYYY-MM-DD.
    if value.isoformat() != text:
        raise InvalidInputError("value")
    return value


READERS: Mapping[Kind, Callable[[str], Value]] = {Kind.CLOCK: _clock, Kind.DAY: _day}


class Values(Mapping[str, Any]):
    """The values of all settings on one day, by name, each of its setting's kind."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a mapping of mixed kinds; the named readers are typed
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def number(self, name: str) -> int:
        """Return the value of a number setting."""
        return int(self[name])

    def clock(self, name: str) -> time:
        """Return the value of a clock setting: a wall-clock time at the office."""
        value: time = self[name]
        return value

    def day(self, name: str) -> date:
        """Return the value of a day setting: a local day."""
        value: date = self[name]
        return value

    def code(self, name: str) -> str:
        """Return the value of a choice."""
        return str(self[name])

    def yes(self, name: str) -> bool:
        """Return the value of a yes-or-no setting."""
        return bool(self[name])
