"""Pages' words for what the log holds. An act, kind, job or value that is not listed is shown as it is written."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import cast

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from booking.audit.fact_words import FACTS, VALUES
from booking.audit.queries import Entry
from booking.kernel.errors import Wording
from booking.web.language import full_day, full_moment, listed, worded
from booking.web.words import kinds, service_called

ACTS = {
    "booking made": _l("booking made"),
    "booking moved": _l("booking moved"),
    "booking cancelled": _l("booking cancelled"),
    "booking cancelled_by_office": _l("booking cancelled by the office"),
    "booking attended": _l("attendance recorded"),
    "booking absent": _l("absence recorded"),
    "attendance undone": _l("attendance taken back"),
    "attempt recorded": _l("attempt recorded"),
    "attempt undone": _l("attempt taken back"),
    "attempts imported": _l("attempts imported"),
    "roster closed": _l("roster closed"),
    "booking passed": _l("pass recorded"),
    "booking failed": _l("fail recorded"),
    "slot published": _l("session published"),
    "slot withdrawn": _l("session withdrawn"),
    "withdrawal proposed": _l("withdrawal proposed"),
    "withdrawal declined": _l("withdrawal declined"),
    "closure proposed": _l("closure proposed"),
    "closure approved": _l("closure approved"),
    "seats released": _l("places released"),
    "seats blocked": _l("places closed by an outage"),
    "seats unblocked": _l("places of an outage opened again"),
    "seat held": _l("place held"),
    "held seat taken": _l("held place taken"),
    "held seat given up": _l("held place given up"),
    "hold lapsed": _l("held place ended by itself"),
    "freed seats returned": _l("freed places returned"),
    "request made": _l("request made"),
    "request made again": _l("request made again after a withdrawal"),
    "request changed": _l("request changed"),
    "request withdrawn": _l("request withdrawn"),
    "request granted": _l("request granted a place"),
    "request ended": _l("request ended without a place"),
    "round opened": _l("round opened"),
    "round missed": _l("round could not open"),
    "round closed": _l("requests of a round closed"),
    "round frozen": _l("list of a round sealed"),
    "round key destroyed": _l("key of a round destroyed"),
    "round drawn": _l("round drawn"),
    "seats handed on": _l("places handed on in the queue"),
    "random value kept": _l("random value taken in"),
    "random value in doubt": _l("random value in doubt"),
    "draw numbers entered": _l("draw numbers entered by hand"),
    "office key made": _l("signing key of the office made"),
    "correction proposed": _l("correction of a request proposed"),
    "correction approved": _l("correction of a request approved"),
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
    "desk searched": _l("desk searched"),
    "person looked up": _l("person looked up"),
    "learner looked up": _l("learner's page opened"),
    "vehicle looked up": _l("vehicle's page opened"),
    "document shown in full": _l("document number shown in full"),
    "phone shown in full": _l("phone number shown in full"),
    "second factor set up": _l("second factor set up"),
    "second factor refused": _l("second factor refused"),
    "recovery code used": _l("recovery code used"),
    "reset proposed": _l("reset of an account proposed"),
    "reset approved": _l("reset of an account approved"),
    "reset declined": _l("reset of an account declined"),
    "reset by command": _l("account reset by command"),
    "override proposed": _l("override proposed"),
    "override approved": _l("override approved"),
    "override declined": _l("override declined"),
    "override expired": _l("override not decided in time"),
    "guide proposed": _l("guide proposed"),
    "guide approved": _l("guide approved"),
    "guide declined": _l("guide declined"),
    "announcement proposed": _l("announcement proposed"),
    "announcement approved": _l("announcement approved"),
    "announcement declined": _l("announcement declined"),
    "announcement ended": _l("announcement taken down"),
    "visit rated": _l("visit rated"),
    "rating answered": _l("rating answered"),
    "file taken in": _l("file sent, to be tried"),
    "file to be brought in": _l("file accepted after its dry run"),
    "file brought in": _l("file brought in"),
    "file refused": _l("file refused"),
    "file given up": _l("file given up"),
    "file asked for": _l("file asked for"),
    "file made": _l("file made"),
    "file failed": _l("file could not be made"),
    "file taken out": _l("file taken out"),
    "finding looked at": _l("finding looked at"),
    "spot checks drawn": _l("spot checks drawn"),
    "spot check closed": _l("spot check closed"),
    "log taken out": _l("log taken out"),
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
    "override": _l("override"),
    "search": _l("number found"),
    "guide": _l("guide"),
    "announcement": _l("announcement"),
    "rating": _l("rating"),
    "test_lane": _l("test lane"),
    "closure": _l("closure"),
    "request": _l("request"),
    "round": _l("round"),
    "office_key": _l("signing key"),
    "import": _l("import"),
    "export": _l("export"),
    "history": _l("history of years"),
    "transfer": _l("file in or out"),
    "spot_check": _l("spot check"),
    "spot_draw": _l("draw of spot checks"),
    "log": _l("log"),
}
JOBS = {
    "publish-plans": _l("publish plans that are due"),
    "release-seats": _l("release places that are due"),
    "expire-overrides": _l("end overrides that nobody decided in time"),
    "lapse-holds": _l("end held places whose time is over"),
    "settle-outages": _l("take places that outages cost off sale"),
    "keep-days": _l("settle results and note who stayed away"),
    "remind-owners": _l("remind vehicle owners, daily at 09:00"),
    "renew-marks": _l("renew the marks of vehicles that passed"),
    "keep-rosters": _l("settle results of tests"),
    "cancel-withdrawn": _l("cancel bookings of withdrawn sessions"),
    "return-freed-seats": _l("return freed places, daily at the announced hour"),
    "run-transfers": _l("try, bring in and make files"),
    "send-messages": _l("send messages"),
    "expire": _l("delete what is outworn, daily at 03:30"),
    "seal-log": _l("seal the log"),
    "draw-spot-checks": _l("draw spot checks, each Monday"),
    "check-log": _l("recompute seals of the log, daily at 03:45"),
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
CODES = "booking_logged_codes"  # where the application keeps the words of the features that stand above the log
Codes = Mapping[str, Mapping[str, Wording]]


def install(app: Flask, codes: Codes) -> None:
    """Give the log the words of codes that the features above it write: for each fact, what each code is called."""
    app.extensions[CODES] = codes


def changes(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield what an entry changed as (fact, before, after) in words; "" where there was or is nothing."""
    setting = str(entry.after.get("name", "")) if entry.object_kind == "policy" else ""
    for fact in (*entry.before, *(name for name in entry.after if name not in entry.before)):
        before, after = entry.before.get(fact), entry.after.get(fact)
        if before != after:
            of = f"{setting}:" if setting and fact == "value" else fact
            yield str(FACTS.get(fact, fact)), _value(of, before), _value(of, after)


def _value(fact: str, value: object) -> str:
    """Put one value into words. Of the value of a setting, the fact is the setting's name and a colon."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, list):
        return listed(_value(fact, one) for one in value)
    if isinstance(value, dict):
        return listed(f"{FACTS.get(name, name)} {_value(name, one)}" for name, one in value.items())
    return _called(fact, str(value))


def _called(fact: str, text: str) -> str:
    if fact == "service":
        return worded(service_called(text))
    if fact in ("classes", "kinds"):
        return kinds(text)
    if INSTANT.fullmatch(text):
        return full_moment(datetime.fromisoformat(text))
    if DAY.fullmatch(text):
        return full_day(date.fromisoformat(text))
    called = cast("Codes", current_app.extensions[CODES]).get(fact, {}).get(text)
    return worded(called) if called else str(VALUES.get(fact, {}).get(text, text))
