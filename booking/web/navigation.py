"""The navigation: one table of places, filtered by who is looking.

Who works here sees the places of work; what is open to everybody stands at the foot of each page for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from booking.kernel.actors import Act, Role, may
from booking.web.house import me

PLACES: tuple[tuple[str, str, Act | None], ...] = (
    (_l("Home"), "home.index", None),
    (_l("Public plans"), "plans.public_plans", None),
    (_l("Rounds"), "allotment.rounds", None),
    (_l("Inspections"), "inspections.about", None),
    (_l("Guides"), "guides.index", None),
    (_l("My tests"), "exams.path", Act.BOOK_FOR_ONESELF),
    (_l("My vehicles"), "inspections.garage", Act.BOOK_FOR_ONESELF),
    (_l("My requests"), "allotment.my_requests", Act.BOOK_FOR_ONESELF),
    (_l("My bookings"), "bookings.mine", Act.BOOK_FOR_ONESELF),
    (_l("Messages"), "notices.inbox", Act.USE_OWN_ACCOUNT),
    (_l("Desk"), "desk.start", Act.USE_DESK),
    (_l("Overrides"), "desk.overrides_list", Act.SEE_OVERRIDES),
    (_l("Station today"), "inspections.station_today", Act.SEE_STATION_DAY),
    (_l("Roster today"), "rosters.rosters", Act.SEE_ROSTERS),
    (_l("Plan board"), "plans.board", Act.SEE_PLANS),
    (_l("Demand"), "demand.demand", Act.SEE_PLANS),
    (_l("Rounds desk"), "allotment.desk", Act.SEE_ROUNDS),
    (_l("All figures"), "stats.desk", Act.SEE_FIGURES),
    (_l("Sites"), "sites.desk", Act.SEE_PLANS),
    (_l("Guide desk"), "guides.desk", Act.SEE_GUIDES),
    (_l("Ratings"), "ratings.desk", Act.SEE_RATINGS),
    (_l("Files in and out"), "transfers.index", Act.MOVE_DATA),
    (_l("Settings"), "policies.settings", Act.SEE_SETTINGS),
    (_l("Log"), "audit.log", Act.READ_AUDIT),
    (_l("Figures"), "stats.shares", None),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    label: str
    href: str
    current: bool


def places() -> Iterator[Place]:
    """Yield where this reader may go."""
    signed_in = me().actor if current_user.is_authenticated else None
    is_staff = signed_in is not None and signed_in.role is not Role.APPLICANT
    for label, endpoint, act in PLACES:
        is_theirs = not is_staff if act is None else signed_in is not None and may(signed_in, act)
        if is_theirs:
            yield Place(str(label), url_for(endpoint), request.endpoint == endpoint)
