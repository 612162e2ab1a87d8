"""What a person reads for each refusal: why, and what to do next. Also the names of classes and subjects."""

import re
from collections.abc import Mapping
from datetime import date

from booking.exams.rules.facts import LicenceClass, Subject
from booking.exams.rules.orders import rules_on
from booking.kernel.errors import Language, Refusal, Wording

SUBJECTS: Mapping[Subject, Wording] = {
    Subject.SUBJECT_1: Wording("科目一", "Subject 1 (theory)"),
    Subject.SUBJECT_2: Wording("科目二", "Subject 2 (driving range)"),
    Subject.ROAD: Wording("科目三道路驾驶技能", "Subject 3 (road test)"),
    Subject.SAFETY: Wording("科目三安全文明常识", "Subject 3 (safe driving knowledge)"),
}

CLASSES: Mapping[LicenceClass, Wording] = {
    LicenceClass.A1: Wording("大型客车", "large bus"),
    LicenceClass.A2: Wording("重型牵引挂车", "heavy tractor with trailer"),
    LicenceClass.A3: Wording("城市公交车", "city bus"),
    LicenceClass.B1: Wording("中型客车", "medium bus"),
    LicenceClass.B2: Wording("大型货车", "large truck"),
    LicenceClass.C1: Wording("小型汽车", "small car"),
    LicenceClass.C2: Wording("小型自动挡汽车", "small automatic car"),
    LicenceClass.C3: Wording("低速载货汽车", "low-speed truck"),
    LicenceClass.C4: Wording("三轮汽车", "three-wheeled vehicle"),
    LicenceClass.C5: Wording("残疾人专用小型自动挡载客汽车", "small automatic car for disabled drivers"),
    LicenceClass.C6: Wording("轻型牵引挂车", "light trailer"),
    LicenceClass.D: Wording("普通三轮摩托车", "three-wheeled motorcycle"),
    LicenceClass.E: Wording("普通二轮摩托车", "two-wheeled motorcycle"),
    LicenceClass.F: Wording("轻便摩托车", "moped"),
    LicenceClass.M: Wording("轮式专用机械车", "wheeled special machine"),
    LicenceClass.N: Wording("无轨电车", "trolleybus"),
    LicenceClass.P: Wording("有轨电车", "tram"),
}
_NAMES_139: Mapping[LicenceClass, Wording] = {
    LicenceClass.A2: Wording("牵引车", "tractor"),
    LicenceClass.M: Wording("轮式自行机械车", "wheeled self-propelled machine"),
}

REFUSALS: Mapping[str, Wording] = {
    "class-not-in-order": Wording(
        "现行规定中没有准驾车型 {licence_class}。请改申请其他准驾车型。",
        "Class {licence_class} does not exist under the rules in force. Apply for another class.",
    ),
    "class-only-by-upgrade": Wording(
        "准驾车型 {licence_class} 不能初次申领，只能在已有驾驶证的基础上增驾。请先申领其他准驾车型。",
        "Class {licence_class} cannot be a first licence, only an upgrade. Apply for another class first.",
    ),
    "too-young": Wording(
        "申请准驾车型 {licence_class} 须年满 {age} 周岁。最早为{from_day}，请届时再约。",
        "Class {licence_class} needs an age of at least {age}. The earliest day is {from_day}; book then.",
    ),
    "too-old": Wording(
        "到考试当天，您已超过准驾车型 {licence_class} 的年龄上限（{age} 周岁）。"
        "您可以向车管所咨询可申请的其他准驾车型。",
        "On the exam day you are past the upper age for class {licence_class} ({age}). "
        "Ask the office which other classes are open to you.",
    ),
    "subject-not-needed": Wording(
        "您申请准驾车型 {licence_class} 不需要考这一科。请预约其他科目。",
        "Your application for class {licence_class} does not need this exam. Book another subject.",
    ),
    "exam-day-past": Wording(
        "考试日期{exam_day}已经过去。请选择今天或以后的场次。",
        "The exam day {exam_day} is over. Choose a session today or later.",
    ),
    "already-passed": Wording(
        "您已通过这一科，无需再约。请预约下一科目。",
        "You have passed this subject. Go on to the next one.",
    ),
    "already-booked": Wording(
        "您已约了这一科{exam_day}的考试。如需换时间，请在“我的预约”里改期。",
        "You already have a booking for this subject on {exam_day}. You can change it under My bookings.",
    ),
    "subject-1-first": Wording(
        "科目一合格后才能约这一科。请先预约科目一。",
        "This test opens once you have passed subject 1. Book subject 1 first.",
    ),
    "subject-2-first": Wording(
        "科目二合格后才能约安全文明常识，合格当天就可以考。请先预约科目二。",
        "The safety test opens once you have passed subject 2, and can follow the same day. Book subject 2 first.",
    ),
    "road-first": Wording(
        "科目三道路驾驶技能合格后才能约安全文明常识，合格当天就可以考。请先预约道路驾驶技能。",
        "The safety test opens once you have passed the road test, and can follow that day. Book that one first.",
    ),
    "permit-missing": Wording(
        "需要先有学习驾驶证明，科目一合格后一个工作日内核发。已经超过的，请致电车管所。",
        "A learner permit is needed first. It is issued within one working day of passing subject 1; "
        "if that day has passed, call the office.",
    ),
    "permit-ran-out": Wording(
        "您的学习驾驶证明有效期至{until}，不能约此后的考试；到期仍未考完的，已合格成绩作废。"
        "请选择到期前的场次；已到期的，请重新申请驾驶证。",
        "Your learner permit is valid until {until}; no exam after that day can be booked, and results are void "
        "if not all is passed by then. Choose an earlier day or, if it is over, apply for the licence again.",
    ),
    "subject-2-too-soon": Wording(
        "取得学习驾驶证明（{permit_day}）满 {days} 日后才能约科目二，最早为{from_day}，请届时再约。",
        "Subject 2 opens {days} days after your learner permit of {permit_day}. "
        "The earliest day is {from_day}; book then.",
    ),
    "road-too-soon": Wording(
        "取得学习驾驶证明（{permit_day}）满 {days} 日后才能约科目三道路驾驶技能，最早为{from_day}，请届时再约。",
        "The road test opens {days} days after your learner permit of {permit_day}. "
        "The earliest day is {from_day}; book then.",
    ),
    "too-soon-after-failure": Wording(
        "您{last_day}的考试不合格，{days} 日后才能再约，最早为{from_day}。请届时再约，可利用这段时间练习。",
        "Your exam of {last_day} was not passed; you can book again after {days} days. "
        "The earliest day is {from_day}: practise until then and book again.",
    ),
    "too-soon-after-absence": Wording(
        "您{last_day}的考试缺考，按不合格处理，{days} 日后才能再约，最早为{from_day}。请届时再约；"
        "以后不能参加时，请提前取消。",
        "You missed your exam of {last_day}, which counts as not passed; you can book again after {days} days. "
        "The earliest day is {from_day}; book then, and cancel in time if you cannot come.",
    ),
    "five-bookings-used": Wording(
        "在学习驾驶证明有效期内，这一科最多预约 {most} 次，您已用 {used} 次。"
        "已有预约的，请按时参加；{most} 次均未合格的，请重新申请驾驶证。",
        "This subject can be booked {most} times on one learner permit, and you have used {used}. "
        "Come to the booking you hold; if none of the {most} was passed, apply for the licence again.",
    ),
    "subject-2-failed-five-times": Wording(
        "您的科目二五次考试均未合格，已合格的其他科目成绩作废。请重新申请驾驶证。",
        "You did not pass subject 2 in five bookings, so your other results are void. Apply for the licence again.",
    ),
    "road-failed-five-times": Wording(
        "您的科目三道路驾驶技能五次考试均未合格，已合格的其他科目成绩作废。请重新申请驾驶证。",
        "You did not pass the road test in five bookings, so your other results are void. "
        "Apply for the licence again.",
    ),
    "other-test-that-day": Wording(
        "您在{exam_day}已约科目二或科目三道路驾驶技能的另一科，本考场不能同日连续考试。请另选日期。",
        "You already have the other driving test on {exam_day}, and the two cannot be taken on one day here. "
        "Choose another day.",
    ),
}

OFFICE_RULE_ZH = "本车管所规定"
_BASIS = re.compile(r"Order (?P<order>\d+), art\. (?P<article>\d+)(?P<notes>.*)")
_BASIS_NOTES_ZH = {
    " (number not confirmed)": "（条号待核实）",
    ", as changed on 2021-06-01": "（2021-06-01 起调整）",
    ", applied to a day before 2016-04-01": "（比照适用于 2016-04-01 之前）",
}


def class_name(licence_class: LicenceClass, on: date) -> Wording:
    """Return what the class is called under the order in force on `on` (A2 and M were renamed by Order 162)."""
    older = _NAMES_139 if rules_on(on).order == "139" else {}
    return older.get(licence_class, CLASSES[licence_class])


def explained(refusal: Refusal, language: Language) -> str:
    """Return the sentence for `refusal`. KeyError for a code of another line of business."""
    return REFUSALS[refusal.code].filled(language, refusal.facts)


def basis_shown(refusal: Refusal, language: Language) -> str:
    """Return the basis of `refusal` as pages write it in `language`."""
    if language == "en":
        return refusal.basis
    found = _BASIS.fullmatch(refusal.basis)
    if found is None:
        return OFFICE_RULE_ZH
    notes = found["notes"]
    for english, chinese in _BASIS_NOTES_ZH.items():
        notes = notes.replace(english, chinese)
    return f"公安部令第{found['order']}号第{found['article']}条{notes}"
