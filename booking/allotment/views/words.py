"""Words and steps of a round, for its pages."""

from collections.abc import Sequence
from datetime import date, datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectChoice

from booking.allotment.queries.rounds import RoundLine, SlotOfRound
from booking.allotment.views.blueprint import bp
from booking.bookings.registered import all_services
from booking.kernel.calendar import local_day, local_time
from booking.web.house import now
from booking.web.language import clock, day, day_span, full_day, language, whole, worded
from booking.web.language import moment as written
from booking.web.words import LANES

NEXT = {"collecting": 1, "closed": 2, "frozen": 3, "awaited": 3, "drawn": 5}
STEPS = (
    (_l("Announced"), _l("Sessions, places, rules and the source of the random number are fixed.")),
    (
        _l("Requests close"),
        _l("Until then early or late makes no difference. Then the list is sealed and published."),
    ),
    (
        _l("Objections end"),
        _l("Whoever finds a mistake in the own row says so. Two people put it right; then nothing changes any more."),
    ),
    (
        _l("Public random number"),
        _l("It orders people of equal standing. Nobody knows it before, and nobody at the office can choose it."),
    ),
    (_l("Result"), _l("Places are given at once, and everybody is told.")),
    (
        _l("Freed places handed on"),
        _l("From then on daily at this hour: a place given back goes to the first in the queue who wants it."),
    ),
)
ANNOUNCED = {
    "collecting": (_l("Requests close on %(at)s"), "closes_at"),
    "closed": (_l("Objections until %(at)s"), "objections_until"),
    "frozen": (_l("Random number on %(at)s"), "beacon_not_before"),
}
Step = tuple[str, str, str, str]


def service_choices() -> list[SelectChoice]:
    """Return the services of all lines, with "all" first."""
    named = (SelectChoice(code, worded(name)) for code, name in all_services().items())
    return [SelectChoice("", _("All services")), *named]


def timeline_of(line: RoundLine) -> Sequence[Step]:
    """Return the steps of a round with their times; the one that comes next is marked as the present one."""
    reached = NEXT[line.state(now())]
    times = (
        line.opens_at,
        line.closes_at,
        line.objections_until,
        line.beacon_not_before,
        line.drawn_at or line.beacon_not_before,
        line.hands_on_at,
    )
    return [
        (
            str(what),
            written(at) if at else "",
            "done" if number < reached else "now" if number == reached else "later",
            str(why),
        )
        for number, (at, (what, why)) in enumerate(zip(times, STEPS, strict=True))
    ]


def next_step(line: RoundLine) -> str:
    """Say what comes next and when."""
    state = line.state(now())
    if state in ANNOUNCED:
        sentence, name = ANNOUNCED[state]
        return str(sentence) % {"at": written(getattr(line, name))}
    if state == "awaited":
        return str(_("Drawn as soon as the random number is there"))
    if line.hands_on_at and now() < line.hands_on_at:
        return str(_("Freed places handed on from %(at)s", at=written(line.hands_on_at)))
    return str(_("Freed places handed on daily") if local_day(now()) < line.day else _("Over"))


def words_of_record(slots: Sequence[SlotOfRound]) -> dict[str, str]:
    """Return the page's words for the codes of a record: lanes, and slots by id."""
    lanes = {code: str(words) for code, words in LANES.items()}
    return {**lanes, **{str(slot.id): f"{site_name(slot)} · {day_span(slot)}" for slot in slots}}


def site_name(slot: SlotOfRound) -> str:
    """Return the site's name in the reader's language."""
    return slot.site_name_en if language() == "en" and slot.site_name_en else slot.site_name


def day_of_form(form: Form) -> date | None:
    """Return the day chosen in a filter, or None where it is none."""
    chosen: date | None = form["day"].data if form.validate() else None
    return chosen


@bp.app_template_filter()
def ranked(at: datetime) -> str:
    """Write a ranking time; where only the day counts, its first instant, only the day."""
    written_day = full_day(local_day(at))
    return written_day if local_time(at) == time.min else f"{written_day} {clock(at)}"


def _span(starts_at: datetime, ends_at: datetime) -> str:
    return whole(f"{day(local_day(starts_at))} {clock(starts_at)}–{clock(ends_at)}")
