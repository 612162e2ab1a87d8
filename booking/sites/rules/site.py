"""What a site can be called and offer, and on which days it is open. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import WorkingDays
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
CLASS_LIST = re.compile(r"[A-Z0-9_]{1,20}(?:,[A-Z0-9_]{1,20})*")
WEEKDAYS = "1234567"
OFFICE_WEEK = frozenset("12345")
LONGEST_CLASSES = 120
OPERATORS = (Role.STATION, Role.EXAM_SITE)
# What a site of each line can offer. The lines themselves lie above and name them; a test compares.
SERVICES: Mapping[str, tuple[str, ...]] = {
    "exams": ("subject_1", "subject_2", "road", "safety"),
    "inspections": ("inspection_small", "inspection_large", "inspection_motorcycle"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A service at a site, for the given licence classes or vehicle kinds ("C1,C2"; "" = all)."""

    service: str
    classes: str = ""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """All that an office says about a site. `open_weekdays` are ISO weekdays: "12345" is Monday to Friday.

    `daily_maximum` counts people or vehicles over all services (Order 162, art. 54); 0 means not fixed yet.
    The directions of a station are changed with the other terms that it has.
    """

    code: str
    line: str
    name: str
    district: str
    address: str
    phone: str = ""
    name_en: str = ""
    open_weekdays: str = "12345"
    daily_maximum: int = 0
    lanes: int = 0
    vehicles_per_hour: int = 0
    is_active: bool = True
    directions: str = ""
    directions_en: str = ""
    offers: tuple[Offer, ...] = ()


LONGEST = {
    "name": 80,
    "name_en": 80,
    "district": 40,
    "address": 200,
    "phone": 30,
    "directions": 500,
    "directions_en": 500,
}
MOST = {"daily_maximum": 100_000, "lanes": 99, "vehicles_per_hour": 999}


def may_change(actor: Actor) -> bool:
    """Say whether the actor may change what sites are: the office's own people, not those who run a site."""
    return actor.role not in OPERATORS


def may_set_days(actor: Actor, site_id: SiteId) -> bool:
    """Say whether the actor may open and close the site on single days: the office, and who runs this site."""
    return may_change(actor) or actor.site_id == site_id


def fingerprint(facts: object) -> str:
    """Return a short text that differs as soon as anything about these frozen facts does."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def site_code(text: str) -> str:
    """Return a site code in normal form: 2 to 20 of A-Z, 0-9 and hyphens; raise ValueError."""
    code = text.strip().upper()
    if not CODE.fullmatch(code):
        raise ValueError("is not a site code: 2 to 20 of the letters A-Z, digits and hyphens")
    return code


def class_list(text: str) -> str:
    """Return a list of licence classes or vehicle kinds in normal form, "C1,C2" or ""; raise ValueError."""
    classes = re.sub(r"[\s，、,]+", ",", text.strip().upper()).strip(",")
    if classes and not (CLASS_LIST.fullmatch(classes) and len(classes) <= LONGEST_CLASSES):
        raise ValueError("is not a list of classes such as C1,C2")
    return classes


def check(facts: SiteFacts) -> None:
    """Raise `InvalidInputError` naming the first thing that cannot be right."""
    problems = {
        "code": not CODE.fullmatch(facts.code),
        "line": facts.line not in SERVICES,
        "name": not facts.name,
        "district": not facts.district,
        "address": not facts.address,
        "open_weekdays": not _is_habit(facts.open_weekdays),
        "offers": not _are_offers(facts),
        **{field: len(getattr(facts, field)) > most for field, most in LONGEST.items() if getattr(facts, field)},
        **{field: not 0 <= getattr(facts, field) <= most for field, most in MOST.items()},
    }
    for field, is_wrong in problems.items():
        if is_wrong:
            raise InvalidInputError(field)


def _is_habit(weekdays: str) -> bool:
    return weekdays == "".join(day for day in WEEKDAYS if day in weekdays)


def _are_offers(facts: SiteFacts) -> bool:
    services = [offer.service for offer in facts.offers]
    return len(set(services)) == len(services) and set(services) <= set(SERVICES.get(facts.line, ()))


def is_open(habit: str, day: date, exception: bool | None, worked: WorkingDays) -> bool:
    """Say whether a site is open on a day.

    No order settles how sites treat holidays, so the office's own exception for the site comes first; then a
    public holiday is closed, on a weekend too; a weekend day that is worked in its place is open where the site
    opens from Monday to Friday, or on that weekday anyway; and any other day is as the site's week has it.
    """
    if exception is not None:
        return exception
    usual = str(day.isoweekday()) in habit
    named = worked.exceptions.get(day)
    if named is None:
        return usual
    return named and (usual or set(habit) >= OFFICE_WEEK)
