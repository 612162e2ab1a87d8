"""What is wrong with one planned day: everything at once, each with a code, facts and words in both languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import combinations

from booking.kernel.calendar import LOCAL, at_local
from booking.kernel.errors import Fact, Wording
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.plans.rules.timetable import Timetable

WORDINGS: Mapping[str, Wording] = {
    "closed-day": Wording(
        "当天不开放{reason}，请另选日期。", "The site is closed that day{reason}; choose another day."
    ),
    "service-not-offered": Wording(
        "这里不承办这项业务，请另选地点。", "The site does not offer this service; choose another site."
    ),
    "class-not-offered": Wording(
        "这里不受理以下车型，请去掉：{classes}。",
        "The site does not take these classes or kinds; leave them out: {classes}.",
    ),
    "plan-exists": Wording(
        "这里同一业务、同一天已有一份计划（第 {plan} 号），请在那份计划上修改。",
        "There is a plan for this site, service and day already (no. {plan}); change that one.",
    ),
    "over-daily-maximum": Wording(
        "当天全部业务合计 {places} 个名额，超过每日上限 {maximum}（考试：公安部令第162号第五十四条），请减少名额。",
        "{places} places that day over all services; the daily maximum is {maximum} (of tests: Order 162, art. 54). "
        "Plan fewer.",
    ),
    "no-daily-maximum": Wording(
        "该考场尚未核定每日最大考试人数（公安部令第162号第五十四条），请先在考场信息中核定。",
        "The site's daily maximum is not fixed yet (Order 162, art. 54); enter it with the site first.",
    ),
    "no-lines": Wording("这一天没有任何场次，请至少排一个。", "There is no session on this day; plan one at least."),
    "empty-window": Wording(
        "场次 {starts}–{ends}：结束时间必须晚于开始时间。",
        "Session {starts}–{ends}: the end must come after the start.",
    ),
    "no-places": Wording(
        "场次 {starts}–{ends} 没有名额，请填写。", "Session {starts}–{ends} has no places; enter some."
    ),
    "lines-overlap": Wording(
        "场次 {first} 与 {second} 时间重叠，而且准驾车型相同，请错开。",
        "Sessions {first} and {second} overlap and are for the same classes; move one of them.",
    ),
    "too-late": Wording(
        "已过公布期限：最迟应在 {publish_by}，即提前十日公布（考试：公安部令第162号第五十二条）。"
        "确需公布的，须写明理由并由另一人同意。",
        "Too late to publish: the limit was {publish_by}, ten days ahead (of tests: Order 162, art. 52). "
        "An exception needs a reason and a second person's consent.",
    ),
    "no-time-to-book": Wording(
        "公布之后没有可以预约的时间：{opens_at} 开放，{closes_at} 截止（节假日可能占满这段时间）。请另选较晚的日期。",
        "No time is left for booking: it opens at {opens_at} and closes at {closes_at} (holidays can fill the gap). "
        "Choose a later day.",
    ),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that is wrong with one day; `facts` fill the gaps of the wording."""

    day: date
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def wording(self) -> Wording:
        """The sentence in both languages, its gaps filled."""
        words = WORDINGS[self.code]
        return Wording(words.filled("zh", self.facts), words.filled("en", self.facts))


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What is known about one site, service and day, and nothing else.

    `planned_places` counts the other plans of that site and day, all services. `offered` holds the classes of
    the service here (empty = every class), `is_offered` whether it is offered at all. `existing_plan` is the
    number of another plan for the same site, service and day, 0 if there is none; a `daily_maximum` of 0 is one
    that nobody has fixed yet, None where none is asked for. A site `with_test_lanes` serves other kinds side by side.
    """

    timetable: Timetable
    daily_maximum: int | None
    planned_places: int = 0
    is_open: bool = True
    closed_reason: str = ""
    is_offered: bool = True
    offered: frozenset[str] = frozenset()
    existing_plan: int = 0
    with_test_lanes: bool = False


def conflicts(planned: PlannedDay, facts: DayFacts, *, now: datetime, exempt: bool = False) -> tuple[Conflict, ...]:
    """Return everything that forbids publishing the day as planned; `exempt` lifts the ten days (art. 52) only."""
    found = (
        *_of_site(planned, facts),
        *_of_lines(planned, facts),
        *_of_time(planned, facts.timetable, now=now, exempt=exempt),
    )
    return tuple(Conflict(planned.day, code, values) for code, values in found)


Finding = tuple[str, dict[str, Fact]]


def _of_site(planned: PlannedDay, facts: DayFacts) -> Iterator[Finding]:
    if not facts.is_open:
        yield "closed-day", {"reason": f" ({facts.closed_reason})" if facts.closed_reason else ""}
    if not facts.is_offered:
        yield "service-not-offered", {}
    asked = frozenset[str]().union(*(line.class_codes for line in planned.lines))
    if facts.is_offered and facts.offered and asked - facts.offered:
        yield "class-not-offered", {"classes": tuple(sorted(asked - facts.offered))}
    if facts.existing_plan:
        yield "plan-exists", {"plan": facts.existing_plan}
    places = facts.planned_places + planned.places
    if facts.daily_maximum == 0:
        yield "no-daily-maximum", {}
    elif facts.daily_maximum is not None and places > facts.daily_maximum:
        yield "over-daily-maximum", {"places": places, "maximum": facts.daily_maximum}


def _of_lines(planned: PlannedDay, facts: DayFacts) -> Iterator[Finding]:
    if not planned.lines:
        yield "no-lines", {}
    for line in planned.lines:
        if line.starts >= line.ends:
            yield "empty-window", {"starts": f"{line.starts:%H:%M}", "ends": f"{line.ends:%H:%M}"}
        if line.places <= 0 or line.ordinary < 0 or line.priority < 0:
            yield "no-places", {"starts": f"{line.starts:%H:%M}", "ends": f"{line.ends:%H:%M}"}
    for one, other in combinations(sorted(planned.lines), 2):
        side_by_side = facts.with_test_lanes and one.class_codes != other.class_codes
        if one.overlaps(other) and not side_by_side:
            yield "lines-overlap", {"first": _span(one), "second": _span(other)}


def _of_time(planned: PlannedDay, timetable: Timetable, *, now: datetime, exempt: bool) -> Iterator[Finding]:
    if now > timetable.publish_by and not exempt:
        yield "too-late", {"publish_by": _moment(timetable.publish_by)}
        return
    publication = max(now, timetable.publish_at) if now <= timetable.publish_by else now
    actual = timetable.published_at(publication) if exempt else timetable
    begins = at_local(planned.day, min((line.starts for line in planned.lines), default=_NOON))
    if not actual.is_in_order(publication, begins):
        yield "no-time-to-book", {"opens_at": _moment(actual.opens_at), "closes_at": _moment(actual.closes_at)}


_NOON = time(12)


def _span(line: PlannedLine) -> str:
    return f"{line.starts:%H:%M}–{line.ends:%H:%M}"


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(LOCAL):%Y-%m-%d %H:%M}"
