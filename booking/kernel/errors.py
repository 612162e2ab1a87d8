"""Refusals, which are values, and failures, which are exceptions. Neither knows a page or an HTTP number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

Language = Literal["zh", "en"]
Fact = str | int | date


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why something is not given now.

    `code` is stable and public, `basis` names order and article, `earliest` is the first local day on which
    this reason no longer holds (None: waiting alone does not lift it). `facts` fill the gaps of the wording.
    """

    code: str
    basis: str
    earliest: date | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence in the two languages of the pages; `{name}` stands for a fact."""

    zh: str
    en: str

    def filled(self, language: Language, facts: Mapping[str, Fact]) -> str:
        """Return the sentence in `language` with its gaps filled; days as 2026年12月1日 and 1 Dec 2026."""
        written = {name: _written(fact, language) for name, fact in facts.items()}
        return (self.zh if language == "zh" else self.en).format_map(written)


def _written(fact: Fact, language: Language) -> str | int:
    if not isinstance(fact, date):
        return fact
    return f"{fact.year}年{fact.month}月{fact.day}日" if language == "zh" else f"{fact.day} {fact:%b %Y}"


class BookingError(Exception):
    """A call of this system that cannot go on. `wording` is what a person is told, in pages, commands and API."""

    wording: ClassVar[Wording] = Wording(
        "这一步没有完成，没有保存任何内容。", "This step was not done; nothing was saved."
    )


class NotFoundError(BookingError):
    """There is no such thing, or it is somebody else's."""

    wording = Wording("没有找到您要的内容，或者它不属于您。", "There is no such thing here, or it is not yours.")


class NotAllowedError(BookingError):
    """This account may not do this, whoever owns the object."""

    wording = Wording("您的账户没有办理这一项的权限。", "Your account may not do this.")


class ConflictError(BookingError):
    """What is asked for no longer fits what is stored; looking again shows how things stand."""

    wording = Wording("情况刚刚发生了变化，请刷新后再看。", "Things have just changed; please look again.")


class StaleError(ConflictError):
    """Somebody else changed the object first; what was read is no longer true."""

    wording = Wording(
        "另一位工作人员刚刚改过这里，您的修改没有覆盖它。请查看最新内容后再改。",
        "Somebody else has just changed this; your change did not overwrite it. Look at it again, then change it.",
    )


class InvalidStateError(ConflictError):
    """The object is not in a state from which this step is possible."""

    wording = Wording("现在的状态不能办理这一步。", "This step is not possible in the present state.")


class SamePersonError(ConflictError):
    """A second person is needed, and this is the first one again."""

    wording = Wording("需要另一位工作人员办理，不能由同一个人完成两步。", "A second person has to do this step.")


class InvalidInputError(BookingError):
    """A value cannot be right; `field` names it."""

    wording = Wording("填写的内容有误。", "A value is not right.")

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotEligibleError(BookingError):
    """The rules refuse; `reasons` holds every refusal, not only the first."""

    wording = Wording("现在还不能预约，原因如下。", "This cannot be booked now, for these reasons.")

    def __init__(self, reasons: Sequence[Refusal]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class LineError:
    """One thing wrong in an imported file: line number (the header is line 1), column, the value, and why."""

    line: int
    column: str
    value: str
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.value!r}: {self.problem}"


class ImportRefusedError(BookingError):
    """A file was not imported, and nothing of it was stored."""

    wording = Wording(
        "文件没有导入，也没有保存任何内容。", "The file was not imported, and nothing of it was stored."
    )

    def __init__(self, errors: Sequence[LineError]) -> None:
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = tuple(errors)
