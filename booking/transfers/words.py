"""What each kind of file is called and what its columns hold, in both languages: for pages, templates and notes."""

from collections.abc import Mapping

from booking.kernel.errors import Wording

NAMES: Mapping[str, Wording] = {
    "learners": Wording("学员", "Learners"),
    "results": Wording("考试成绩", "Results"),
    "vehicles": Wording("机动车", "Vehicles"),
    "plans": Wording("计划", "Plans"),
    "attempts": Wording("考场成绩", "Attempts of a day"),
    "history": Wording("历史预约", "History of bookings"),
    "sites": Wording("考场和检验站", "Sites"),
    "rosters": Wording("考试名单", "Rosters"),
    "bookings": Wording("预约记录", "Bookings"),
}
WHAT: Mapping[str, Wording] = {
    "learners": Wording("每行一名学员和他的驾驶证申请。", "One learner and the application in each line."),
    "results": Wording("每行一个科目的考试结果。", "One result of one subject in each line."),
    "vehicles": Wording("每行一辆机动车和它的所有人。", "One vehicle and its owner in each line."),
    "plans": Wording("每行一个场次；导入的计划都是草稿。", "One session in each line; plans brought in are drafts."),
    "attempts": Wording("一个考场一天的成绩，每行一次考试。", "The tests of one day at your site, one in each line."),
    "history": Wording("本系统之外的预约，只用于统计。", "Bookings made elsewhere; they count in the figures alone."),
    "sites": Wording("每行一个考场或检验站。", "One test site or station in each line."),
    "rosters": Wording(
        "一个考场一天的名单和签到、成绩。", "Who was expected at a site on a day, and what came of it."
    ),
    "bookings": Wording("一段日期内的预约，不含个人信息。", "The bookings of some days, without personal data."),
}
DAY = Wording("日期，如 2026-12-01", "a day such as 2026-12-01")
TIME = Wording("时间，如 08:30", "a time such as 08:30")
ID_TYPE = Wording(
    "证件代码：A\u00a0居民身份证，K\u00a0港澳台居民居住证，F\u00a0护照等，M\u00a0临时身份证，C\u00a0军官证，D\u00a0士兵证，G\u00a0外交人员身份证件",
    "code of the document: A resident card, K residence permit, F passport or like, M temporary card, C officer's, "
    "D soldier's, G diplomat's card",
)
ID_NUMBER = Wording("证件号码，文本格式", "number of the document, as text")
SERVICE = Wording("科目或检验类别的代码，如 subject_1", "code of the service, such as subject_1")
SITE = Wording("考场或检验站的代码", "code of the site")
LINE = Wording("业务：exams 考试，inspections 检验", "exams or inspections")
PLACES = Wording("名额数，整数", "places, a whole number")
EMPTY = Wording("；可为空", "; may be empty")
_DOCUMENT = {"id_type": ID_TYPE, "id_number": ID_NUMBER}


def _or_empty(wording: Wording) -> Wording:
    return Wording(wording.zh + EMPTY.zh, wording.en + EMPTY.en)


COLUMNS: Mapping[str, Mapping[str, Wording]] = {
    "learners": {
        "name": Wording("姓名", "name of the person"),
        **_DOCUMENT,
        "phone": Wording("11 位手机号，文本格式", "mobile number of 11 digits, as text"),
        "licence_class": Wording("准驾车型，如 C1", "licence class, such as C1"),
        "kind": Wording("first\u00a0初次申领，upgrade\u00a0增加准驾车型", "first or upgrade"),
        "accepted_on": Wording("受理日期", "day on which the application was accepted"),
        "permit_issued_on": _or_empty(Wording("学习驾驶证明签发日期", "day of the study permit")),
        "permit_valid_until": _or_empty(Wording("学习驾驶证明有效期止", "last day of the study permit")),
    },
    "results": {
        **_DOCUMENT,
        "service": SERVICE,
        "date": DAY,
        "site": _or_empty(SITE),
        "outcome": Wording("passed\u00a0合格，failed\u00a0不合格，absent\u00a0缺考", "passed, failed or absent"),
        "score": _or_empty(Wording("成绩，0 至 100", "score from 0 to 100")),
    },
    "vehicles": {
        "owner_id_type": Wording(
            "所有人证件代码，同学员；N 为单位", "code of the owner's document as of learners; N is a company"
        ),
        "owner_id_number": Wording("所有人证件号码或统一社会信用代码，文本格式", "number of it, as text"),
        "plate_type": Wording("号牌种类代码，如 02，文本格式", "code of the plate, such as 02, as text"),
        "plate_number": Wording("号牌号码", "number of the plate"),
        "vin": Wording("车辆识别代号", "VIN"),
        "vehicle_kind": Wording("车型代码，如 small_passenger", "kind of vehicle, such as small_passenger"),
        "use": Wording("使用性质代码，如 A", "code of the use, such as A"),
        "seats": Wording("核定载客人数", "seats"),
        "registered_on": Wording("初次登记日期", "day of the first registration"),
        "valid_until": _or_empty(Wording("检验有效期止", "last day of the mark")),
    },
    "plans": {
        "site": SITE,
        "service": SERVICE,
        "date": DAY,
        "starts": TIME,
        "ends": TIME,
        "classes": _or_empty(Wording("准驾车型，如 C1,C2", "classes, such as C1,C2")),
        "ordinary": PLACES,
        "priority": PLACES,
    },
    "attempts": {
        "reference": Wording("预约编号", "reference of the booking"),
        "attempt": Wording("1\u00a0第一次考试，2\u00a0补考", "1, or 2 for the retest"),
        "outcome": Wording("passed\u00a0合格，failed\u00a0不合格", "passed or failed"),
        "score": _or_empty(Wording("成绩，0 至 100", "score from 0 to 100")),
    },
    "history": {
        "line": LINE,
        "service": SERVICE,
        "site": SITE,
        "date": DAY,
        "channel": Wording("预约渠道：internet、counter、phone、school", "internet, counter, phone or school"),
        "outcome": Wording(
            "结果：booked、passed、failed、absent、cancelled", "booked, passed, failed, absent or cancelled"
        ),
    },
    "sites": {
        "code": Wording("代码", "code"),
        "name": Wording("名称", "name"),
        "line": LINE,
        "district": Wording("县（市、区）", "district"),
        "address": Wording("地址", "address"),
        "phone": _or_empty(Wording("电话，文本格式", "telephone, as text")),
        "lanes": _or_empty(Wording("检测线数", "number of test lanes")),
        "vehicles_per_hour": _or_empty(Wording("每条线每小时车辆数", "vehicles an hour on each lane")),
    },
}
