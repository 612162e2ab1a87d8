"""Forms of the sites. They check shape and bounds; who may do it is the services' question."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import get_template_attribute
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from booking.kernel.errors import InvalidInputError, Language
from booking.sites.queries import DayShown
from booking.sites.rules.site import LONGEST, MOST, SERVICES, Offer, SiteFacts, class_list, fingerprint, site_code
from booking.sites.rules.station import LINE as STATIONS_LINE
from booking.sites.service.days import LONGEST_REASON
from booking.web.fields import AskedForm, DayField
from booking.web.language import TAGS

TOO_LONG = _l("This is too long; shorten it")
CLASSES = "classes_"
LINES = [("exams", _l("Driving tests")), ("inspections", _l("Vehicle inspection"))]
WEEKDAYS = [
    ("1", _l("Monday")),
    ("2", _l("Tuesday")),
    ("3", _l("Wednesday")),
    ("4", _l("Thursday")),
    ("5", _l("Friday")),
    ("6", _l("Saturday")),
    ("7", _l("Sunday")),
]
REFUSED = {
    "day": _l("Choose today or a later day, at most three years ahead"),
    "reason": _l("Give a reason, in at most 200 characters; it is kept in the log"),
    "is_open": _l("Nothing is set for this day, so there is nothing to take out"),
}
STATES = {"open": True, "closed": False, "usual": None}


def _text(label: LazyString, field: str, required: LazyString | None = None) -> Field:
    checks = [Length(max=LONGEST[field], message=TOO_LONG)]
    return StringField(label, [InputRequired(required), *checks] if required else checks)


def _directions(label: LazyString, field: str, language: Language) -> Field:
    return TextAreaField(label, [Length(max=LONGEST[field], message=TOO_LONG)], render_kw={"lang": TAGS[language]})


class CheckboxesField(SelectMultipleField):
    """Any number of choices, each with its box."""

    option_widget = CheckboxInput()


class CountField(StringField):
    """A whole number from 0 to the most that its column takes."""

    def pre_validate(self, form: FlaskForm) -> None:
        text = (self.data or "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= MOST[self.short_name]):
            raise ValidationError(_l("Enter a whole number from 0 to %(most)s", most=MOST[self.short_name]))

    @property
    def number(self) -> int:
        """What was entered, once the form was found valid."""
        return int(self.data)


class WayFields(AskedForm):
    """How people get to a site."""

    directions = _directions(_l("How to get there"), "directions", "zh")
    directions_en = _directions(_l("How to get there, in English"), "directions_en", "en")


class SiteForm(FlaskForm, WayFields):
    """What people read of a site and how much it can take. `seen` is the fingerprint of what the clerk saw.

    A station has no directions here: they are among its terms.
    """

    name = _text(_l("Name of the site"), "name", _l("Enter the name"))
    name_en = _text(_l("Name in English"), "name_en")
    district = _text(_l("District"), "district", _l("Enter the district"))
    address = _text(_l("Address"), "address", _l("Enter the address"))
    phone = _text(_l("Telephone"), "phone")
    weekdays = CheckboxesField(_l("Open on"), choices=[SelectChoice(*day) for day in WEEKDAYS])
    daily_maximum = CountField(_l("Most people or vehicles in a day"))
    lanes = CountField(_l("Test lanes"))
    vehicles_per_hour = CountField(_l("Vehicles an hour on a lane"))
    services = CheckboxesField(_l("What the site offers"))
    is_active = BooleanField(_l("The site is in use"))
    seen = HiddenField()

    def class_fields(self) -> list[Field]:
        """Return the fields of licence classes, one for each service of the line."""
        return [field for field in self if field.short_name.startswith(CLASSES)]

    def facts(self, before: SiteFacts) -> SiteFacts:
        """Return the site as the form has it, once it was found valid."""
        texts: dict[str, Any] = {name: (self[name].data or "").strip() for name in LONGEST if name in self}
        counts: dict[str, Any] = {name: self[name].number for name in MOST}
        offered = [service for service in SERVICES[before.line] if service in self.services.data]
        return replace(
            before,
            **texts,
            **counts,
            open_weekdays="".join(number for number, _ in WEEKDAYS if number in self.weekdays.data),
            is_active=self.is_active.data,
            offers=tuple(Offer(service, class_list(self[CLASSES + service].data)) for service in offered),
        )


class NewSiteForm(FlaskForm):
    """What a site cannot change later, and where it is."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code"))])
    line = RadioField(
        _l("Line of business"),
        [InputRequired(_l("Choose the line of business"))],
        choices=[SelectChoice(*line) for line in LINES],
    )
    name = _text(_l("Name of the site"), "name", _l("Enter the name"))
    district = _text(_l("District"), "district", _l("Enter the district"))
    address = _text(_l("Address"), "address", _l("Enter the address"))
    phone = _text(_l("Telephone"), "phone")

    def validate_code(self, field: Field) -> None:
        try:
            site_code(field.data)
        except ValueError as failure:
            raise ValidationError(_l("A code has 2 to 20 of the letters A-Z, digits and hyphens")) from failure

    def facts(self) -> SiteFacts:
        """Return the site as the form has it, once it was found valid."""
        texts: dict[str, Any] = {
            name: (self[name].data or "").strip() for name in ("name", "district", "address", "phone")
        }
        return SiteFacts(code=site_code(self.code.data), line=self.line.data, **texts)


class ChooseDayForm(AskedForm):
    """Which day is to be looked at; comes by GET and changes nothing, so it needs no token."""

    day = DayField(_l("Day"), [InputRequired(_l("Enter the day"))])


class DayForm(FlaskForm):
    """Whether a site is open on one day. `seen` carries what the clerk saw."""

    state = RadioField(
        _l("On this day the site is"),
        [InputRequired(_l("Choose whether the site is open"))],
        choices=[
            SelectChoice("closed", _l("closed")),
            SelectChoice("open", _l("open")),
            SelectChoice("usual", _l("as usual in its week")),
        ],
    )
    reason = TextAreaField(
        _l("Reason"), [InputRequired(REFUSED["reason"]), Length(max=LONGEST_REASON, message=REFUSED["reason"])]
    )
    seen = HiddenField()

    @property
    def is_open(self) -> bool | None:
        """What was chosen, once the form was found valid; None: as usual."""
        return STATES[self.state.data]

    def seen_on(self, day: date) -> DayShown | None:
        """Return what was set for the day when the form was made."""
        code, _, reason = (self.seen.data or "").partition(":")
        return DayShown(day, code == "open", reason) if code in ("open", "closed") else None


def site_form(facts: SiteFacts) -> SiteForm:
    """Return the form for what a site of this line can be, filled with what it is."""
    name_of = get_template_attribute("sites/words.html", "service")
    services = [(service, str(name_of(service)).strip()) for service in SERVICES[facts.line]]
    fields = {f"{CLASSES}{service}": _class_field(name) for service, name in services}
    offered = {offer.service: offer.classes for offer in facts.offers}
    form: SiteForm = type("SiteForm", (SiteForm,), fields)(
        **{name: getattr(facts, name) for name in LONGEST},
        **{name: str(getattr(facts, name)) for name in MOST},
        **{f"{CLASSES}{service}": classes for service, classes in offered.items()},
        weekdays=list(facts.open_weekdays),
        services=list(offered),
        is_active=facts.is_active,
        seen=fingerprint(facts),
    )
    form.services.choices = [SelectChoice(*service) for service in services]
    if facts.line == STATIONS_LINE:
        del form.directions, form.directions_en
    return form


def day_form(set_before: DayShown | None) -> DayForm:
    """Return the form for a day on which this is set now."""
    if set_before is None:
        return DayForm(state="closed")
    code = "open" if set_before.is_open else "closed"
    return DayForm(state=code, seen=f"{code}:{set_before.reason}")


def mark(form: FlaskForm, refusal: InvalidInputError, sentences: Mapping[str, LazyString] = REFUSED) -> None:
    """Put what the service found wrong beside the field it is about, or above the form if it has none."""
    errors = form[refusal.field].errors if refusal.field in form else form.form_errors
    errors.append(sentences[refusal.field])


def _class_field(service: str) -> Field:
    return StringField(_l("Classes for: %(service)s", service=service), [_classes])


def _classes(form: FlaskForm, field: Field) -> None:
    try:
        class_list(field.data or "")
    except ValueError as failure:
        raise ValidationError(_l("Write classes like this: C1,C2; leave it empty for all")) from failure
