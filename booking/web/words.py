"""Pages' words for codes: services, lanes, channels, states, roles."""

from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask, current_app
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from booking.kernel.errors import Wording
from booking.web.language import add_filter, worded

SERVICES = "booking_services"  # where the application keeps what people call each service
LANES = {
    "ordinary": _l("ordinary"),
    "priority": _l("priority"),
    "make_up": _l("make-up"),
    "walk_in": _l("walk-in"),
}
CHANNELS = {
    "internet": _l("on line"),
    "counter": _l("counter"),
    "phone": _l("telephone"),
    "school": _l("school"),
}
ROLES = {
    "applicant": _l("applicant"),
    "station": _l("station operator"),
    "exam_site": _l("exam-site operator"),
    "counter": _l("counter clerk"),
    "planner": _l("planning clerk"),
    "approver": _l("approver"),
    "supervisor": _l("supervisor"),
    "administrator": _l("administrator"),
    "system": _l("the system"),
}
BOOKING_STATES = {
    "confirmed": _l("confirmed"),
    "attended": _l("attended"),
    "absent": _l("absent"),
    "passed": _l("passed"),
    "failed": _l("failed"),
    "cancelled": _l("cancelled"),
    "cancelled_by_office": _l("cancelled by the office"),
}
VEHICLE_KINDS = {  # as they stand among the classes of a slot
    "SMALL_PASSENGER": _l("small passenger car"),
    "MINIBUS": _l("minibus"),
    "LARGE_PASSENGER": _l("large or medium passenger vehicle"),
    "TRUCK": _l("truck"),
    "SCHOOL_BUS": _l("school bus"),
    "OTHER": _l("other vehicle"),
    "MOTORCYCLE": _l("motorcycle"),
}
VISIT_STATES = {
    "waiting": _l("waiting"),
    "called": _l("called"),
    "in_test": _l("in test"),
    "passed": _l("passed"),
    "failed": _l("failed"),
    "left": _l("left untested"),
}
PURPOSES = {  # for which a number is shown in full
    "compare": _l("compare with the document in front of me"),
    "call": _l("call the person back"),
    "record": _l("find or correct a record"),
    "complaint": _l("answer a complaint"),
    "order": _l("order of a court or an authority"),
}
PLAN_STATES = {
    "draft": _l("draft"),
    "submitted": _l("submitted"),
    "approved": _l("approved"),
    "published": _l("published"),
    "discarded": _l("discarded"),
    "withdrawn": _l("withdrawn"),
}


def worded_by(table: Mapping[str, LazyString]) -> Callable[[str], str]:
    """Return a filter that puts a code into words; an unknown code stays as it is."""
    return lambda code: str(table.get(code, code))


def kinds(codes: str) -> str:
    """Put a list of classes into words: kinds of vehicle by name, licence classes as they are."""
    return str(gettext(", ")).join(str(VEHICLE_KINDS.get(code, code)) for code in codes.split(",") if code)


def yuan(fen: int) -> str:
    """Write an amount of money: ¥85, ¥85.50."""
    return f"¥{fen // 100}" if fen % 100 == 0 else f"¥{fen // 100}.{fen % 100:02}"


def service_called(code: str) -> Wording:
    """Return what people call a service; an unknown code stays as it is."""
    services = cast("Mapping[str, Wording]", current_app.extensions[SERVICES])
    return services.get(code, Wording(code, code))


def install(app: Flask, services: Mapping[str, Wording]) -> None:
    """Add the filters; `services` come from the lines of business."""
    app.extensions[SERVICES] = services
    add_filter(app, lambda code: worded(service_called(code)), "subject")
    for name, table in (
        ("lane", LANES),
        ("channel", CHANNELS),
        ("role", ROLES),
        ("booking_state", BOOKING_STATES),
        ("plan_state", PLAN_STATES),
    ):
        add_filter(app, worded_by(table), name)
    add_filter(app, kinds, "kinds")
    add_filter(app, yuan, "yuan")
