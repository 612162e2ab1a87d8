"""Everything a roster refuses: a stable code, what is wrong, and what to do about it, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from booking.kernel.errors import Fact, Language, Wording


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a step on a roster was not taken. `facts` fill the gaps of the two sentences."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def what(self, language: Language) -> str:
        """Say what is wrong."""
        return WORDINGS[self.code][0].filled(language, self.facts)

    def then(self, language: Language) -> str:
        """Say what to do now."""
        return WORDINGS[self.code][1].filled(language, self.facts)


# code: what is wrong, what to do.
WORDINGS: Mapping[str, tuple[Wording, Wording]] = {
    "not-known": (
        Wording("没有找到这个预约。", "No booking was found by this."),
        Wording(
            "请核对号码；仍查不到的，请考生到窗口查询。", "Check the number; else send the person to the counter."
        ),
    ),
    "ticket-false": (
        Wording("这张预约凭证不是本所签发的，或者被改动过。", "This ticket is not of this office, or was altered."),
        Wording(
            "请凭身份证件原件核对，并报告考场负责人。", "Go by the identity document, and tell whoever is in charge."
        ),
    ),
    "identity-missing": (
        Wording("还没有核对证件。", "The identity document has not been checked."),
        Wording("请看证件原件，输入号码后四位。", "Look at the document and enter its last four characters."),
    ),
    "identity-differs": (
        Wording("证件后四位与预约人不符。", "The document is not that of the person who booked."),
        Wording("请核对证件原件；不是本人的不得入场。", "Look at the document again; nobody else may be let in."),
    ),
    "other-site": (
        Wording("这个预约在{site}，不在本考场。", "This booking is for {site_en}, not for here."),
        Wording("请考生前往{site}：{day} {clock}。", "Send the person to {site_en}: {day}, {clock}."),
    ),
    "other-day": (
        Wording("这个预约是{day} {clock}的，不是今天的。", "This booking is for {day}, {clock}, not for today."),
        Wording("请考生按预约日期前来。", "The person is to come on that day."),
    ),
    "cancelled": (
        Wording("这个预约已经取消。", "This booking is cancelled."),
        Wording("请考生到窗口查询或重新申请。", "Send the person to the counter, to ask or to apply again."),
    ),
    "slot-withdrawn": (
        Wording("这个场次已由车管所取消。", "The office has withdrawn this session."),
        Wording(
            "请告知考生：会另外安排，不计次数。",
            "Tell the person: another place is sought, and this counts for nothing.",
        ),
    ),
    "roster-closed": (
        Wording("这个场次的名单已经封存。", "The roster of this session is closed."),
        Wording("以后的更正只能由窗口办理。", "What is to be put right now goes through the counter."),
    ),
    "absent": (
        Wording("已记为缺考。", "This person is recorded as absent."),
        Wording(
            "不能再签到，也不能登记成绩；有异议的请到窗口。",
            "No check-in and no result; objections go to the counter.",
        ),
    ),
    "checked-in": (
        Wording("{clock} 已经签到。", "Checked in already, at {clock}."),
        Wording(
            "不需要再签到；若不是本人签到，请马上报告。",
            "Nothing to do; if that was somebody else, report it at once.",
        ),
    ),
    "tested": (
        Wording("今天的成绩已经登记。", "The result of today is recorded already."),
        Wording("不需要再签到。", "Nothing to do."),
    ),
    "too-early": (
        Wording("{clock} 才开始签到。", "Check-in begins at {clock}."),
        Wording("请考生到时再来。", "Ask the person to come back then."),
    ),
    "too-late": (
        Wording("{clock} 以后不再签到。", "Check-in ended at {clock}."),
        Wording(
            "按缺考处理，等待期后可以重新预约。", "This is an absence; the person can book again after the wait."
        ),
    ),
    "clock-ahead": (
        Wording("这台设备的时间比实际时间快。", "The clock of this device is ahead."),
        Wording("请校准设备时间后再签到。", "Set the clock, then check in again."),
    ),
    "clock-behind": (
        Wording("这次签到发生在太久以前，不能补传。", "This check-in happened too long ago to be sent now."),
        Wording("请考场负责人到窗口说明情况。", "Whoever is in charge of the site tells the counter about it."),
    ),
    "key-used": (
        Wording("这次签到的编号已经用于另一个人。", "This check-in bears the key of another one."),
        Wording("请重新扫描。", "Scan again."),
    ),
    "not-checked-in": (
        Wording("这名考生没有签到。", "This person is not checked in."),
        Wording("请先签到，再登记成绩。", "Check in first, then record the result."),
    ),
    "not-on-roster": (
        Wording("这个预约不在这份名单上。", "This booking is not on this roster."),
        Wording("请核对编号和场次。", "Check the reference and the session."),
    ),
    "result-known": (
        Wording("这次考试的成绩已经登记。", "The result of this attempt is recorded already."),
        Wording("登记错了的，在撤回时间内先撤回。", "If it is wrong, take it back while that is possible."),
    ),
    "no-retest": (
        Wording(
            "没有第一次考试不合格的成绩，不能登记补考。", "There is no retest without a first attempt that failed."
        ),
        Wording("请先登记第一次考试的成绩。", "Record the first attempt first."),
    ),
    "score-differs": (
        Wording("成绩与合格线（{mark} 分）不符。", "Score and outcome do not fit the pass mark of {mark}."),
        Wording("请核对分数和结果。", "Check the score and the outcome."),
    ),
    "has-result": (
        Wording("已登记成绩，不能撤回签到，也不能记为缺考。", "There is a result: no undoing, and no absence."),
        Wording("请先撤回成绩。", "Take the result back first."),
    ),
    "nothing-to-undo": (
        Wording("没有可以撤回的内容。", "There is nothing to take back."),
        Wording("请刷新名单。", "Look at the roster again."),
    ),
    "undo-over": (
        Wording("{clock} 以后不能再撤回。", "It could be taken back until {clock}."),
        Wording("需要更正的，由窗口办理。", "What is wrong is put right at the counter."),
    ),
    "not-begun": (
        Wording("{clock} 以后才能记缺考或封存名单。", "Absences and closing are possible from {clock}."),
        Wording("请到时再办理。", "Do it then."),
    ),
    "counts-differ": (
        Wording("人数与系统不一致：{counts_zh}。", "The counts differ: {counts_en}."),
        Wording("请核对名单，改正后再封存。", "Go through the roster, put it right, then close it."),
    ),
    "untested": (
        Wording("这些号码已签到，没有成绩：{numbers}。", "Checked in and without a result: {numbers}."),
        Wording("请登记成绩；已离开的，记为缺考。", "Record the results; whoever left untested is absent."),
    ),
    "no-record": (
        Wording("这名考生没有在办的学车档案。", "This person has no open learner's record."),
        Wording("请窗口核对档案。", "The counter has to look at the record."),
    ),
}
