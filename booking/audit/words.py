"""Pages' words for what the log holds. An act, kind, job or value that is not listed is shown as it is written."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from booking.audit.queries import Entry
from booking.web.words import BOOKING_STATES, CHANNELS, LANES, PLAN_STATES, ROLES, VISIT_STATES

ACTS = {
    "booking made": _l("booking made"),
    "booking moved": _l("booking moved"),
    "booking cancelled": _l("booking cancelled"),
    "booking cancelled_by_office": _l("booking cancelled by the office"),
    "booking attended": _l("attendance recorded"),
    "booking absent": _l("absence recorded"),
    "booking passed": _l("pass recorded"),
    "booking failed": _l("fail recorded"),
    "slot published": _l("session published"),
    "slot withdrawn": _l("session withdrawn"),
    "withdrawal proposed": _l("withdrawal proposed"),
    "withdrawal declined": _l("withdrawal declined"),
    "seats released": _l("places released"),
    "seats blocked": _l("places closed by an outage"),
    "seats unblocked": _l("places of an outage opened again"),
    "seat held": _l("place held"),
    "held seat taken": _l("held place taken"),
    "held seat given up": _l("held place given up"),
    "hold lapsed": _l("held place ended by itself"),
    "freed seats returned": _l("freed places returned"),
    "plan drafted": _l("plan drafted"),
    "plan changed": _l("plan changed"),
    "plan submitted": _l("plan submitted"),
    "plan returned": _l("plan returned"),
    "plan approved": _l("plan approved"),
    "plan published": _l("plan published"),
    "plan discarded": _l("plan discarded"),
    "publication missed": _l("publication missed"),
    "setting proposed": _l("setting proposed"),
    "setting approved": _l("setting approved"),
    "setting declined": _l("setting declined"),
    "holidays loaded": _l("holidays loaded"),
    "calendar day set": _l("calendar day set"),
    "site added": _l("site added"),
    "site changed": _l("site changed"),
    "site day set": _l("opening day of a site set"),
    "test lane added": _l("test lane added"),
    "test lane changed": _l("test lane changed"),
    "opening hours set": _l("opening hours set"),
    "station terms changed": _l("prices and directions of a station changed"),
    "outage announced": _l("outage of a test lane announced"),
    "outage ended": _l("outage of a test lane ended"),
    "record opened": _l("learner record opened"),
    "record corrected": _l("learner record corrected"),
    "record closed": _l("learner record closed"),
    "permit issued": _l("study permit issued"),
    "result recorded": _l("result recorded"),
    "learners imported": _l("learners imported"),
    "results imported": _l("results imported"),
    "vehicles imported": _l("vehicles imported"),
    "vehicle bound": _l("vehicle bound"),
    "vehicle changed": _l("vehicle changed"),
    "vehicle unbound": _l("vehicle unbound"),
    "vehicle looked up in clear": _l("plate and VIN shown in full"),
    "vehicles exported": _l("vehicles exported"),
    "vehicle noted": _l("vehicle at the gate noted"),
    "mark renewed": _l("mark renewed after a passed test"),
    "owner added": _l("vehicle owner added"),
    "owner reminded": _l("owner reminded"),
    "owner's district set": _l("district of an owner set"),
    "reminders switched": _l("reminders switched"),
    "agency granted": _l("agent recorded"),
    "agency ended": _l("agency ended"),
    "visit arrived": _l("arrival recorded"),
    "visit called": _l("number called"),
    "visit called again": _l("number called again"),
    "visit missed a call": _l("call missed"),
    "visit missed its calls": _l("calls missed, taken as left"),
    "visit begun": _l("test begun"),
    "visit broken off": _l("test broken off"),
    "visit left": _l("left without a test"),
    "visit passed": _l("test passed"),
    "visit failed": _l("test failed"),
    "result undone": _l("result taken back"),
    "result settled": _l("result final"),
    "history imported": _l("history imported"),
    "account registered": _l("account registered"),
    "staff account added": _l("staff account added"),
    "account disabled": _l("account disabled"),
    "role changed": _l("role changed"),
    "password changed": _l("password changed"),
    "password reset": _l("password reset"),
    "phone changed": _l("phone number changed"),
    "language changed": _l("language changed"),
    "person added": _l("person added"),
    "signed in": _l("signed in"),
    "sign-in refused": _l("sign-in refused"),
    "sign-in ended": _l("signed out"),
}
KINDS = {
    "booking": _l("booking"),
    "slot": _l("session"),
    "plan": _l("plan"),
    "learner": _l("learner record"),
    "owner": _l("vehicle owner"),
    "vehicle": _l("vehicle"),
    "visit": _l("visit"),
    "person": _l("person"),
    "account": _l("account"),
    "sign_in": _l("sign-in"),
    "policy": _l("setting"),
    "calendar": _l("calendar"),
    "site": _l("site"),
    "hold": _l("held place"),
    "test_lane": _l("test lane"),
    "import": _l("import"),
    "export": _l("export"),
    "history": _l("history of years"),
}
JOBS = {
    "publish-plans": _l("publish plans that are due"),
    "release-seats": _l("release places that are due"),
    "lapse-holds": _l("end held places whose time is over"),
    "settle-outages": _l("take places that outages cost off sale"),
    "keep-days": _l("settle results and note who stayed away"),
    "remind-owners": _l("remind vehicle owners, daily at 09:00"),
    "renew-marks": _l("renew the marks of vehicles that passed"),
    "cancel-withdrawn": _l("cancel bookings of withdrawn sessions"),
    "return-freed-seats": _l("return freed places, daily at the announced hour"),
    "send-messages": _l("send messages"),
    "expire": _l("delete what is outworn, daily at 03:30"),
}
FACTS = {
    "state": _l("state"),
    "slot": _l("session"),
    "lane": _l("lane"),
    "channel": _l("way in"),
    "capacity": _l("capacity"),
    "amount": _l("number"),
    "places": _l("places"),
    "count": _l("number"),
    "role": _l("role"),
    "value": _l("value"),
    "name": _l("name"),
    "effective_from": _l("in force from"),
    "site": _l("site"),
    "day": _l("day"),
    "kind": _l("kind"),
    "reason": _l("reason"),
    "number": _l("number of the day"),
    "post": _l("called to"),
}
VALUES: Mapping[str, Mapping[str, LazyString]] = {
    "state": {**PLAN_STATES, **BOOKING_STATES, **VISIT_STATES},
    "lane": LANES,
    "channel": CHANNELS,
    "role": ROLES,
}


def changes(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield what an entry changed as (fact, before, after) in words; "" where there was or is nothing."""
    for fact in (*entry.before, *(name for name in entry.after if name not in entry.before)):
        before, after = entry.before.get(fact), entry.after.get(fact)
        if before != after:
            yield str(FACTS.get(fact, fact)), _value(fact, before), _value(fact, after)


def _value(fact: str, value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if value is None or value == "":
        return ""
    return str(VALUES.get(fact, {}).get(str(value), value))
