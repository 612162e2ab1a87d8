"""What can go wrong with a request or a round, in words for the person."""

from collections.abc import Sequence
from typing import ClassVar

from booking.kernel.errors import ConflictError, InvalidInputError, NotEligibleError, Refusal, Wording


class AlreadyAskedError(ConflictError):
    """The holder has a live request of this service; it can be changed."""

    wording: ClassVar[Wording] = Wording(
        "这项业务已经有一份有效申请，请修改原申请。",
        "There is a live request of this service; please change that one.",
    )


class RoundClosedError(ConflictError):
    """The round takes no more requests: its list is sealed, or its last hour has passed."""

    wording: ClassVar[Wording] = Wording(
        "这个批次的申请已经截止，名单已封存。请选择其他批次的场次。",
        "Requests of this round have closed; its list is sealed. Please choose another session.",
    )


class UnfitWishError(InvalidInputError):
    """A wish cannot stand in this request; the subclass says why. The field is always "wishes"."""

    def __init__(self) -> None:
        super().__init__("wishes")


class NoWishError(UnfitWishError):
    wording: ClassVar[Wording] = Wording(
        "请至少选择一个场次或一个考场。", "Please choose at least one session or one site."
    )


class TooManyWishesError(UnfitWishError):
    wording: ClassVar[Wording] = Wording("志愿太多，请删去几个。", "There are too many wishes; please remove some.")


class DuplicateWishError(UnfitWishError):
    wording: ClassVar[Wording] = Wording(
        "同一个志愿填了两次，请删去一个。", "The same wish stands twice; please remove one."
    )


class ForeignWishError(UnfitWishError):
    wording: ClassVar[Wording] = Wording(
        "有一个场次或考场不属于这个科目，请重新选择。",
        "One session or site does not belong to this subject; please choose again.",
    )


class ClosedWishError(UnfitWishError):
    wording: ClassVar[Wording] = Wording(
        "有一个场次已经截止申请，请另选。", "One session no longer takes requests; please choose another."
    )


class NothingOpenError(UnfitWishError):
    wording: ClassVar[Wording] = Wording(
        "所选考场目前没有可以申请的场次。请另选，或选择继续参加以后公布的场次。",
        "The chosen sites have no session that takes requests now. Choose others, or carry on into later dates.",
    )


class RequestRefusedError(NotEligibleError):
    """The rules refuse every wish; `round_id` is the first round concerned, in whose record the refusal stands."""

    def __init__(self, reasons: Sequence[Refusal], round_id: int) -> None:
        super().__init__(reasons)
        self.round_id = round_id


class WrongValueError(InvalidInputError):
    """A random value is not spelled as its source spells values."""

    wording: ClassVar[Wording] = Wording(
        "开奖号码有误：应为 20 个不同的号码，从 1 到 80，由小到大，用空格分开。",
        "These are not the numbers of a draw: 20 different ones from 1 to 80, ascending, separated by spaces.",
    )
