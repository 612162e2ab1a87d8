"""Refusals, which are values, and failures, which are exceptions. Neither knows a page or an HTTP number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

Language = Literal["zh", "en"]
Fact = str | int | date | tuple[str, ...]


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
        """Return the sentence in `language` with its gaps filled.

        Days stand as 2026年12月1日 and 1 Dec 2026, several words as C1、C2 and C1, C2.
        """
        written = {name: _written(fact, language) for name, fact in facts.items()}
        return (self.zh if language == "zh" else self.en).format_map(written)


def _written(fact: Fact, language: Language) -> str | int:
    if isinstance(fact, tuple):
        return ("、" if language == "zh" else ", ").join(fact)
    if not isinstance(fact, date):
        return fact
    return f"{fact.year}年{fact.month}月{fact.day}日" if language == "zh" else f"{fact.day} {fact:%b %Y}"


class BookingError(Exception):
    """A call of this system that cannot go on. `wording` is what a person is told, in pages, commands and API."""

    wording: ClassVar[Wording] = Wording(
        "这一步没有完成，没有保存任何内容。请稍后再试，或致电车管所。",
        "This step was not done; nothing was saved. Please try again later, or call the office.",
    )


class NotFoundError(BookingError):
    """There is no such thing, or it is somebody else's."""

    wording = Wording(
        "没有找到您要的内容，或者它不属于您。请从首页或列表重新打开。",
        "There is no such thing here, or it is not yours. Please open it again from the first page or from its list.",
    )


class NotAllowedError(BookingError):
    """This account may not do this, whoever owns the object."""

    wording = Wording(
        "您的账户不能办理这一项。需要办理的，请到窗口或致电车管所；工作人员请联系系统管理员。",
        "Your account may not do this. Please come to the counter or call the office; staff ask their administrator.",
    )


class ConflictError(BookingError):
    """What is asked for no longer fits what is stored; looking again shows how things stand."""

    wording = Wording(
        "情况刚刚发生了变化，没有保存。请刷新后再看。",
        "Things have just changed, so nothing was saved. Please look again.",
    )


class StaleError(ConflictError):
    """Somebody else changed the object first; what was read is no longer true."""

    wording = Wording(
        "另一位工作人员刚刚改过这里，您的修改没有覆盖它。请查看最新内容后再改。",
        "Somebody else has just changed this; your change did not overwrite it. Look at it again, then change it.",
    )


class InvalidStateError(ConflictError):
    """The object is not in a state from which this step is possible."""

    wording = Wording(
        "这一步现在不能办理：可能已经办过，或者情况已有变化。请刷新后再看。",
        "This step is not possible now: it may be done already, or things have changed. Please look again.",
    )


class SamePersonError(ConflictError):
    """A second person is needed, and this is the first one again."""

    wording = Wording(
        "两步不能由同一个人完成。请由另一位工作人员办理这一步。",
        "A second person has to do this step. Please ask a colleague.",
    )


class InvalidInputError(BookingError):
    """A value cannot be right; `field` names it."""

    wording = Wording(
        "填写的内容有误，没有保存。请核对后重新提交。",
        "A value is not right, so nothing was saved. Please check it and send it again.",
    )

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
