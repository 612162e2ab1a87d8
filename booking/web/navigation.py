"""The navigation: one table of places, filtered by who is looking.

Who works here has the places of daily work in the row and the rest behind one word; an applicant has what is theirs.
What is open to everybody stands at the foot of each page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from booking.kernel.actors import Act, Role, may
from booking.web.easy import is_easy
from booking.web.house import me

PLACES: tuple[tuple[str, str, Act | None], ...] = (
    (_l("Tests"), "exams.about", None),
    (_l("Inspections"), "inspections.about", None),
    (_l("Public plans"), "plans.public_plans", None),
    (_l("Guides"), "guides.index", None),
    (_l("Tests"), "exams.path", Act.BOOK_FOR_ONESELF),
    (_l("Garage"), "inspections.garage", Act.BOOK_FOR_ONESELF),
    (_l("Requests"), "allotment.my_requests", Act.BOOK_FOR_ONESELF),
    (_l("Bookings"), "bookings.mine", Act.BOOK_FOR_ONESELF),
    (_l("Desk"), "desk.start", Act.USE_DESK),
    (_l("Station today"), "inspections.station_today", Act.SEE_STATION_DAY),
    (_l("Roster today"), "rosters.rosters", Act.SEE_ROSTERS),
    (_l("Plan board"), "plans.board", Act.SEE_PLANS),
    (_l("Rounds desk"), "allotment.desk", Act.SEE_ROUNDS),
    (_l("Overrides"), "desk.overrides_list", Act.SEE_OVERRIDES),
    (_l("All figures"), "stats.desk", Act.SEE_FIGURES),
    (_l("Messages"), "notices.inbox", Act.USE_OWN_ACCOUNT),
    (_l("Demand"), "demand.demand", Act.SEE_PLANS),
    (_l("Sites"), "sites.desk", Act.SEE_PLANS),
    (_l("Guide desk"), "guides.desk", Act.SEE_GUIDES),
    (_l("Ratings"), "ratings.desk", Act.SEE_RATINGS),
    (_l("Files in and out"), "transfers.index", Act.MOVE_DATA),
    (_l("Settings"), "policies.settings", Act.SEE_SETTINGS),
    (_l("Staff accounts"), "accounts.staff_list", Act.SEE_ACCOUNTS),
    (_l("Supervision"), "supervision.start", Act.READ_AUDIT),
    (_l("Log"), "audit.log", Act.READ_AUDIT),
)
# What each role does every day stands in the row; all other places of theirs are one word away.
DAILY: dict[Role, tuple[str, ...]] = {
    Role.COUNTER: ("desk.start", "inspections.station_today", "rosters.rosters", "desk.overrides_list"),
    Role.STATION: ("inspections.station_today", "plans.board", "notices.inbox"),
    Role.EXAM_SITE: ("rosters.rosters", "plans.board", "notices.inbox"),
    Role.PLANNER: ("plans.board", "demand.demand", "allotment.desk", "sites.desk"),
    Role.APPROVER: ("plans.board", "allotment.desk", "desk.overrides_list", "policies.settings"),
    Role.SUPERVISOR: ("supervision.start", "stats.desk", "desk.overrides_list", "ratings.desk", "audit.log"),
    Role.ADMINISTRATOR: ("policies.settings", "audit.log", "stats.desk", "notices.inbox"),
}
# In large type an applicant has four places at most; these are linked from the pages beside them.
BEHIND_IN_LARGE_TYPE = ("allotment.my_requests",)
# Pages that are reached from a place of another feature, and lead back to it.
WITHIN = {
    "notices.outbox": "audit.log",
    "supervision.entry": "audit.log",
    "supervision.take_out_page": "audit.log",
    "supervision.take_out_file": "audit.log",
    "desk.override": "desk.overrides_list",
    "allotment.withdraw": "plans.board",
    "allotment.show_withdrawal": "plans.board",
    "inspections.plan_station": "plans.board",
    "inspections.new_outage": "sites.desk",
    "inspections.show_outage": "sites.desk",
}
# Where a clerk works for one person or vehicle: whatever the feature, the way back is the desk.
AT_THE_DESK = ("/desk/people/", "/desk/learners", "/desk/vehicles", "/desk/slips/")


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. `current` is the value of aria-current: "page", "true" within it, or nothing."""

    label: str
    endpoint: str
    href: str
    current: str


@dataclass(frozen=True, slots=True)
class Navigation:
    """The places in the row, and those behind the word "more"."""

    row: Sequence[Place]
    more: Sequence[Place]


def navigation() -> Navigation:
    """Return where this reader may go, the most used first."""
    role, places = _theirs()
    if role is None or role is Role.APPLICANT:
        hidden = BEHIND_IN_LARGE_TYPE if is_easy() else ()
        return Navigation([place for place in places if place.endpoint not in hidden], [])
    # A place that is open now is in the row, whoever looks: the reader sees where they are.
    daily = [place for place in places if place.endpoint in DAILY[role] or place.current]
    return Navigation(daily, [place for place in places if place not in daily])


def this_page() -> str:
    """Return the address to come back to after a switch: this page, or home where it cannot be asked for again."""
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except (NotFound, MethodNotAllowed):
        return url_for("home.index")
    except RequestRedirect:
        return request.path
    return request.full_path if request.query_string else request.path


def _theirs() -> tuple[Role | None, Sequence[Place]]:
    signed_in = me().actor if current_user.is_authenticated else None
    open_to_them = [
        (str(label), endpoint)
        for label, endpoint, act in PLACES
        if (signed_in is None if act is None else signed_in is not None and may(signed_in, act))
    ]
    alone = Counter(endpoint.split(".")[0] for _, endpoint in open_to_them)
    places = [
        Place(label, endpoint, url_for(endpoint), _current(endpoint, alone)) for label, endpoint in open_to_them
    ]
    return (signed_in.role if signed_in else None), places


def _current(endpoint: str, alone: Counter[str]) -> str:
    """Say whether the page is this place, or belongs to it because its feature has no other."""
    if request.endpoint == endpoint:
        return "page"
    if request.endpoint in WITHIN:
        return "true" if WITHIN[request.endpoint] == endpoint else ""
    if request.path.startswith(AT_THE_DESK):
        return "true" if endpoint == "desk.start" else ""
    blueprint = endpoint.split(".", maxsplit=1)[0]
    return "true" if request.blueprint == blueprint and alone[blueprint] == 1 else ""
