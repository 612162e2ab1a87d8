"""The office settings of rounds: when they close, what follows, and what a request may hold."""

from datetime import time

from booking.kernel.errors import Wording
from booking.policies.rules.setting import HOURS, PEOPLE, WISHES, Group, Kind, Setting

ARTICLE_9 = Wording("《机动车驾驶人考试工作规范》第九条", "Rules for the Work of Driving Tests, art. 9")

ROUNDS: tuple[Setting, ...] = (
    Setting(
        "rounds.close_days_before",
        Group.ROUNDS,
        Kind.NUMBER,
        5,
        Wording("预约申请提前几天截止", "Days from the close of requests to the test"),
        Wording(
            "预约申请在考试日之前这么多天（自然日）截止。节假日使取消期限提前时，截止时间一并提前。",
            "Requests close this many calendar days before the day of the test. Where holidays bring the last day "
            "for cancelling forward, the close moves with it.",
        ),
        ARTICLE_9,
        least=4,
        most=9,
    ),
    Setting(
        "rounds.close_hour",
        Group.ROUNDS,
        Kind.CLOCK,
        time(17),
        Wording("预约申请截止的钟点", "Hour at which requests close"),
        Wording("到这个时间名单封存，随后公布。", "At this time the list is sealed, and published soon after."),
        ARTICLE_9,
    ),
    Setting(
        "rounds.objections_hour",
        Group.ROUNDS,
        Kind.CLOCK,
        time(12),
        Wording("异议截止的钟点", "Hour at which objections end"),
        Wording(
            "截止后第二天的这个时间以前可以提出异议，由两名工作人员更正；之后名单不再变动。",
            "Until this time on the day after the close two people can put a row right; then the list is frozen.",
        ),
    ),
    Setting(
        "rounds.draw_hour",
        Group.ROUNDS,
        Kind.CLOCK,
        time(21, 30),
        Wording("公开随机数的钟点", "Hour of the public random value"),
        Wording(
            "截止后第二天的这个时间起，随机数已经公开，系统立即排号。必须晚于异议截止半小时以上。",
            "From this time on the day after the close the random value is public, and places are given at once. "
            "At least half an hour after objections end.",
        ),
    ),
    Setting(
        "rounds.beacon",
        Group.ROUNDS,
        Kind.CHOICE,
        "draw",
        Wording("随机数的来源", "Source of the random value"),
        Wording(
            "随批次一起公布，不能事后更换。快乐8的号码由两名工作人员分别录入；drand 需要网络。",
            "Announced with the round and never changed after. The numbers of the Kuaile 8 draw are entered by two "
            "people separately; drand needs a network.",
        ),
        choices={
            "draw": Wording("当晚快乐8开奖号码", "that evening's Kuaile 8 draw"),
            "drand": Wording("drand 公共随机数", "drand, a public randomness beacon"),
            "drand_and_draw": Wording("drand 与快乐8一起", "drand and Kuaile 8 together"),
        },
    ),
    Setting(
        "rounds.most_wishes",
        Group.ROUNDS,
        Kind.NUMBER,
        10,
        Wording("一份申请最多填几个志愿", "Wishes in one request"),
        Wording("志愿按先后排列，排在前面的先考虑。", "Wishes are in order; earlier ones are considered first."),
        least=1,
        most=30,
        unit=WISHES,
    ),
    Setting(
        "rounds.late_hours",
        Group.ROUNDS,
        Kind.NUMBER,
        48,
        Wording("候补名额最晚提前多久通知", "How late a freed seat may still come"),
        Wording(
            "没有另外选择时，离考试不足这么多小时就不再把退回的名额给候补的人。",
            "Unless somebody chooses otherwise, a freed seat comes no later than this many hours before the test.",
        ),
        least=0,
        most=240,
        unit=HOURS,
    ),
    Setting(
        "rounds.sample",
        Group.ROUNDS,
        Kind.NUMBER,
        5,
        Wording("每批抽查人数", "People in the spot check of a round"),
        Wording(
            "由随机数从获得名额的人中选出，谁也不能指定。",
            "Chosen among those with a place by the random value, and by nobody else.",
        ),
        least=0,
        most=200,
        unit=PEOPLE,
    ),
    Setting(
        "rounds.key_days",
        Group.ROUNDS,
        Kind.NUMBER,
        90,
        Wording("考试后多少天销毁编码密钥", "Days after the test until the key of pseudonyms is destroyed"),
        Wording(
            "密钥销毁后，公开名单中的编码再也不能对应到个人。",
            "After that nobody can tell whom a pseudonym of the public list stood for.",
        ),
        least=30,
        most=730,
    ),
)
