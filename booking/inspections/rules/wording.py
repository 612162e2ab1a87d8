"""What a person reads: why a window is refused, how the vehicle stands, and what delay costs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from booking.inspections.rules import law
from booking.inspections.rules.due import DueStanding, State
from booking.inspections.rules.facts import KINDS, SERVICES, USES, VehicleFacts, VehicleKind
from booking.inspections.rules.periods import Kept, Step
from booking.kernel.errors import Fact, Language, Refusal, Wording

STEPS: Mapping[Step, Wording] = {
    Step.LINE_TEST: Wording("上线检测", "line test at a station"),
    Step.MARK_ONLY: Wording("免检，网上申领检验标志", "no test: the mark is issued on line"),
}

REFUSALS: Mapping[str, Wording] = {
    "wrong-service": Wording(
        "这个时段不检验您这种车（{kind}）。请选择“{service}”的时段。",
        "This window is not for a vehicle like yours ({kind}). Choose a window under “{service}”.",
    ),
    "kind-not-served": Wording(
        "这个时段的检测线只检验：{classes}。您的车是{kind}，请选择其他时段或其他检验站。",
        "The lanes of this window test only: {classes}. Yours is a {kind}; choose another window or station.",
    ),
    "other-place": Wording(
        "大型载客汽车和校车只能在登记地检验，您的车（{kind}）不在本市登记。请到登记地的检验站办理。",
        "Large passenger vehicles and school buses are inspected only where they are registered, and yours ({kind}) "
        "is registered elsewhere. Go to a station there.",
    ),
    "not-due-yet": Wording(
        "这辆车的检验有效期至{due_on}，最早从{from_day}起办理。请选择这一天或以后的时段。"
        "如果行驶证上写的有效期不是这一天，请先更正车辆信息。",
        "The mark of this vehicle is valid until {due_on}, and the next can be had from {from_day}. Choose a window "
        "on that day or later. If the licence of the vehicle shows another date, correct it here first.",
    ),
    "mark-only": Wording(
        "这辆车这一次不用到检验站，也不用预约。检验标志有效期至{due_on}，从{from_day}起，"
        "在“交管12123”网上申领新标志即可。",
        "This time the vehicle need not come to a station, so there is nothing to book. Its mark is valid until "
        "{due_on}; from {from_day} get the new one on line, in the app 交管12123.",
    ),
}

CONSEQUENCES: Mapping[str, Wording] = {
    "fine": Wording(
        "未按期检验的，处警告或者20元以上200元以下罚款。",
        "An inspection not done in time brings a warning or a fine of 20 to 200 yuan.",
    ),
    "points": Wording("驾驶人一次记 {points} 分。", "Points for the driver, each time: {points}."),
    "scrapping-ahead": Wording(
        "检验到期后连续三个检验周期没有取得标志的车必须报废，这辆车从{from_day}起就属于这种情况。",
        "A vehicle without a mark through three whole periods after expiry must be scrapped; "
        "for this one that would be from {from_day}.",
    ),
    "scrapping": Wording(
        "这辆车检验到期后已连续 {missed} 个检验周期没有取得标志，从{from_day}起已达到强制报废标准。"
        "请先到车管所窗口咨询。",
        "Whole periods without a mark since expiry: {missed}. From {from_day} on this vehicle has been due for "
        "compulsory scrapping. Ask at the counter of the office first.",
    ),
}

KEPT: Mapping[Kept, Wording] = {
    Kept.MINIBUS: Wording(
        "面包车不享受免检，按原来的周期检验。", "Minibuses are not exempt from tests and keep the older period."
    ),
    Kept.SEATS: Wording(
        "这辆车核定 {seats} 座，座位数超过了免检的范围，按原来的周期检验。",
        "With {seats} seats this vehicle is beyond the exemption and keeps the older period.",
    ),
    Kept.USE: Wording(
        "这辆车的使用性质（{use}）不在免检范围内，按原来的周期检验。",
        "The use of this vehicle ({use}) is not exempt, so it keeps the older period.",
    ),
    Kept.ACCIDENT: Wording(
        "这辆车发生过造成人员伤亡的交通事故，不享受免检，按原来的周期检验。",
        "This vehicle was in an accident with death or injury, so it is not exempt and keeps the older period.",
    ),
    Kept.ALTERATION: Wording(
        "这辆车因非法改装被处罚过，不享受免检，按原来的周期检验。",
        "This vehicle was penalised for an illegal alteration, so it is not exempt and keeps the older period.",
    ),
}

_UNTIL: Mapping[State, Wording] = {
    State.NOT_YET: Wording(
        "您的{kind}（{use}）检验有效期至 {due_on}，现在还不用办。",
        "The mark of your {kind} ({use}) is valid until {due_on}. There is nothing to do yet.",
    ),
    State.OPEN: Wording(
        "您的{kind}（{use}）检验有效期至 {due_on}，现在就可以办。",
        "The mark of your {kind} ({use}) is valid until {due_on}, and the next can be had now.",
    ),
    State.OVERDUE: Wording(
        "您的{kind}（{use}）检验有效期到 {due_on} 已经届满，请尽快办理。",
        "The mark of your {kind} ({use}) ran out at the end of {due_on}. Have it renewed soon.",
    ),
}
_TO_DO: Mapping[tuple[State, Step], Wording] = {
    (State.NOT_YET, Step.LINE_TEST): Wording(
        "下一次需要到检验站上线检测：{opens_on}到{due_on}之间，任选一天、任选一个检验站。",
        "Next time a test at a station is needed: any day from {opens_on} to {due_on}, at any station you like.",
    ),
    (State.NOT_YET, Step.MARK_ONLY): Wording(
        "下一次不用到检验站：{opens_on}到{due_on}之间，在“交管12123”网上申领检验标志即可。",
        "Next time no visit is needed: from {opens_on} to {due_on} get the mark on line, in the app 交管12123.",
    ),
    (State.OPEN, Step.LINE_TEST): Wording(
        "这一次需要到检验站上线检测：请预约{due_on}或以前的时段，检验站任选。",
        "This time a test at a station is needed: book a window by {due_on}, at any station you like.",
    ),
    (State.OPEN, Step.MARK_ONLY): Wording(
        "这一次不用到检验站，也不用预约：请在{due_on}或以前，在“交管12123”网上申领检验标志。",
        "This time no visit and no booking is needed: by {due_on} get the mark on line, in the app 交管12123.",
    ),
    (State.OVERDUE, Step.LINE_TEST): Wording(
        "需要到检验站上线检测，请预约最近的时段，检验站任选。",
        "A test at a station is needed: book the next window that suits you, at any station you like.",
    ),
    (State.OVERDUE, Step.MARK_ONLY): Wording(
        "不用到检验站，也不用预约，在“交管12123”网上申领检验标志即可。",
        "No visit and no booking is needed: get the mark on line, in the app 交管12123.",
    ),
}
_BECAUSE = Wording("依据：{basis}。", "This follows from: {basis}.")
_OPENS_BECAUSE = Wording("最早办理日期依据：{basis}。", "The first day follows from: {basis}.")
_DIFFERS = Wording(
    "按首次登记日期推算应为{computed_on}，与登记的有效期不同，以登记的为准。",
    "Counted from the first registration it would be {computed_on}; the register's date is the one that counts.",
)
_BOUND = Wording("这类车只能在登记地检验。", "Such a vehicle is inspected only where it is registered.")
_WITH_BASIS = Wording("{sentence}（{basis}）", "{sentence} ({basis})")

_LAWS = [found for found in vars(law).values() if isinstance(found, Wording)]
_IN_CHINESE: Mapping[str, str] = {found.en: found.zh for found in _LAWS}


def explained(refusal: Refusal, language: Language) -> str:
    """Return the sentence for `refusal`. KeyError for a code of another line of business."""
    return REFUSALS[refusal.code].filled(language, _named(refusal.facts, language))


def basis_shown(refusal: Refusal, language: Language) -> str:
    """Return the basis of `refusal` as pages write it in `language`."""
    return refusal.basis if language == "en" else _IN_CHINESE[refusal.basis]


@dataclass(frozen=True, slots=True)
class StandingWords:
    """How a vehicle stands, in the order in which it is told: until when, what to do, why, what else holds, and what
    delay costs. A page sets them apart; a message says them as one paragraph.
    """

    until: str
    to_do: str
    because: tuple[str, ...]
    notes: tuple[str, ...]
    costs: tuple[str, ...]


def explained_standing(standing: DueStanding, facts: VehicleFacts, language: Language) -> str:
    """Return a short paragraph: until when, what to do, where and by which article, and what delay costs."""
    words = standing_words(standing, facts, language)
    sentences = (words.until, words.to_do, *words.because, *words.notes, *words.costs)
    return ("" if language == "zh" else " ").join(sentences)


def standing_words(standing: DueStanding, facts: VehicleFacts, language: Language) -> StandingWords:
    """Return the same sentence by sentence."""
    shown: Mapping[str, Fact] = {
        "kind": KINDS[facts.kind].filled(language, {}),
        "use": USES[facts.use].filled(language, {}),
        "seats": facts.seats,
        "due_on": standing.due_on,
        "opens_on": standing.opens_on,
        "computed_on": standing.computed_on,
    }
    return StandingWords(
        until=_UNTIL[standing.state].filled(language, shown),
        to_do=_TO_DO[standing.state, standing.step].filled(language, shown),
        because=tuple(_because(standing, language)),
        notes=tuple(_notes(standing, shown, language)),
        costs=tuple(
            _with_basis(CONSEQUENCES[consequence.code], consequence.facts, consequence.basis, language)
            for consequence in standing.consequences
        ),
    )


def _because(standing: DueStanding, language: Language) -> Iterator[str]:
    yield _BECAUSE.filled(language, {"basis": standing.basis.filled(language, {})})
    if standing.state is State.NOT_YET:
        yield _OPENS_BECAUSE.filled(language, {"basis": standing.opens_basis.filled(language, {})})


def _notes(standing: DueStanding, shown: Mapping[str, Fact], language: Language) -> Iterator[str]:
    for reason in standing.kept:
        yield KEPT[reason].filled(language, shown)
    if standing.differs:
        yield _DIFFERS.filled(language, shown)
    if standing.is_bound_to_place:
        yield _with_basis(_BOUND, {}, law.APPLICATION_54, language)


def _with_basis(wording: Wording, facts: Mapping[str, Fact], basis: Wording, language: Language) -> str:
    gaps = {"sentence": wording.filled(language, facts), "basis": basis.filled(language, {})}
    return _WITH_BASIS.filled(language, gaps)


def _named(facts: Mapping[str, Fact], language: Language) -> Mapping[str, Fact]:
    """Put words in the place of the codes of kinds and services."""
    named = dict(facts)
    if "kind" in facts:
        named["kind"] = KINDS[VehicleKind(str(facts["kind"]))].filled(language, {})
    if "service" in facts:
        named["service"] = SERVICES[str(facts["service"])].filled(language, {})
    if "classes" in facts:
        names = (KINDS[VehicleKind[name]].filled(language, {}) for name in str(facts["classes"]).split(","))
        named["classes"] = ("；" if language == "zh" else "; ").join(names)
    return named
