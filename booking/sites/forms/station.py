"""Forms of stations: test lanes, hours, prices and directions, outages. They check shape and bounds only."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from booking.kernel.ids import TestLaneId
from booking.sites.forms.site import REFUSED, TOO_LONG, WEEKDAYS, CheckboxesField, CountField, WayFields
from booking.sites.queries import StationShown
from booking.sites.rules.site import SERVICES, fingerprint
from booking.sites.rules.station import (
    KINDS,
    LINE,
    LONGEST_NAME,
    METHODS,
    MICRODEGREES,
    MOST_AN_HOUR,
    Hours,
    LaneFacts,
    Price,
    StationLane,
    Terms,
    day_spans,
    kind_list,
    spans_on,
    spans_text,
)
from booking.sites.service.days import LONGEST_REASON
from booking.web.fields import MomentField
from booking.web.language import worded
from booking.web.words import VEHICLE_KINDS, service_called

PRICE = "price_"
AMOUNT = re.compile(r"\d{1,4}(?:\.\d{1,2})?")
DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,6})?")
FEN = 100  # in a yuan
WAYS: Mapping[str, LazyString] = {
    "": _l("As the office's settings say"),
    "first_come": _l("First come, first served"),
    "ranked": _l("In one batch, by due date"),
    "lottery": _l("In one batch, by lottery"),
}
WRONG: Mapping[str, LazyString] = {
    **REFUSED,
    "kinds": _l("Choose kinds that this service inspects, or none for all of them"),
    "vehicles_per_hour": _l("Enter a whole number from 1 to %(most)s", most=MOST_AN_HOUR),
    "latitude": _l("A latitude lies between -90 and 90"),
    "longitude": _l("Enter latitude and longitude, or neither; a longitude lies between -180 and 180"),
    "lane": _l("Choose a lane that is in use"),
    "starts_at": _l("An outage begins today or later, at most three years ahead"),
    "ends_at": _l("An outage ends after it begins and after now, at most three years ahead"),
}


class LaneForm(FlaskForm):
    """One test lane. `seen` is the fingerprint of what the clerk saw."""

    name = StringField(
        _l("Name of the lane"), [InputRequired(_l("Enter the name")), Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    service = RadioField(_l("What it inspects"), [InputRequired(_l("Choose what the lane inspects"))])
    kinds = CheckboxesField(
        _l("Only these kinds of vehicle"),
        choices=[SelectChoice(kind, VEHICLE_KINDS[kind]) for kinds in KINDS.values() for kind in kinds],
    )
    vehicles_per_hour = CountField(_l("Vehicles an hour"))
    is_active = BooleanField(_l("The lane is in use"))
    seen = HiddenField()

    def facts(self) -> LaneFacts:
        """Return the lane as the form has it, once it was found valid."""
        kinds = kind_list(self.service.data, self.kinds.data)
        name = self.name.data.strip()
        return LaneFacts(name, self.service.data, self.vehicles_per_hour.number, kinds, self.is_active.data)


class SpansField(StringField):
    """The hours of one weekday: "08:00-12:00, 14:30-17:30"; empty where the station is closed."""

    def pre_validate(self, form: FlaskForm) -> None:
        try:
            day_spans(self.data or "")
        except ValueError as failure:
            raise ValidationError(
                _l("Write spans like 08:00-12:00, 14:30-17:30; each ends after it begins, and none overlap")
            ) from failure


class HoursForm(FlaskForm):
    """The opening hours of a week. `seen` is the fingerprint of what the clerk saw."""

    seen = HiddenField()

    def days(self) -> list[Field]:
        """Return the fields of the weekdays in their order."""
        return [self[f"day_{number}"] for number, _ in WEEKDAYS]

    def hours(self) -> list[Hours]:
        """Return the hours as the form has them, once it was found valid."""
        return [
            Hours(weekday, opens, closes)
            for weekday, field in enumerate(self.days(), start=1)
            for opens, closes in day_spans(field.data or "")
        ]


class TermsForm(FlaskForm, WayFields):
    """What a station says of itself. `seen` is the fingerprint of what the clerk saw."""

    latitude = StringField(_l("Latitude"))
    longitude = StringField(_l("Longitude"))
    method = RadioField(
        _l("How places are given"), choices=[SelectChoice(code, WAYS[code]) for code in METHODS], default=""
    )
    seen = HiddenField()

    def validate_latitude(self, field: Field) -> None:
        _check(DEGREES, field, _l("Write degrees like 21.271000, with at most six decimals"))

    def validate_longitude(self, field: Field) -> None:
        _check(DEGREES, field, _l("Write degrees like 21.271000, with at most six decimals"))

    def price_fields(self) -> list[Field]:
        """Return the fields of prices, one for each service on offer."""
        return [field for field in self if field.short_name.startswith(PRICE)]

    def terms(self) -> Terms:
        """Return what the form has, once it was found valid."""
        priced = [(field.short_name.removeprefix(PRICE), _plain(field)) for field in self.price_fields()]
        return Terms(
            directions=_plain(self.directions),
            directions_en=_plain(self.directions_en),
            latitude=_times(_plain(self.latitude), MICRODEGREES),
            longitude=_times(_plain(self.longitude), MICRODEGREES),
            method=self.method.data,
            prices=tuple(Price(service, int(Decimal(text) * FEN)) for service, text in priced if text),
        )


class OutageForm(FlaskForm):
    """That a test lane is out of service, from when, until when, and why."""

    lane = SelectField(_l("Test lane"), coerce=int)
    starts_at = MomentField(_l("From"), [InputRequired(_l("Enter from when"))])
    ends_at = MomentField(_l("Until"), [Optional()])
    reason = TextAreaField(
        _l("Reason"), [InputRequired(WRONG["reason"]), Length(max=LONGEST_REASON, message=WRONG["reason"])]
    )
    reason_en = TextAreaField(
        _l("Reason in English"),
        [Length(max=LONGEST_REASON, message=_l("At most 200 characters"))],
        default="",
        render_kw={"lang": "en"},
    )

    @property
    def begins(self) -> datetime:
        """From when the lane is out of service, once the form was found valid."""
        return cast("datetime", self.starts_at.instant)

    @property
    def lane_id(self) -> TestLaneId:
        """Which lane was chosen, once the form was found valid."""
        return TestLaneId(self.lane.data)


def lane_form(lane: StationLane | None) -> LaneForm:
    """Return the form for a lane as it is, or for one to be added."""
    form = LaneForm(service=next(iter(SERVICES[LINE])), is_active=True) if lane is None else _filled(lane.facts)
    form.service.choices = [SelectChoice(code, worded(service_called(code))) for code in SERVICES[LINE]]
    return form


def _filled(facts: LaneFacts) -> LaneForm:
    return LaneForm(
        name=facts.name,
        service=facts.service,
        kinds=facts.kinds.split(",") if facts.kinds else [],
        vehicles_per_hour=str(facts.vehicles_per_hour),
        is_active=facts.is_active,
        seen=fingerprint(facts),
    )


def hours_form(hours: Sequence[Hours]) -> HoursForm:
    """Return the form for a week, filled with these hours."""
    fields = {f"day_{number}": SpansField(label) for number, label in WEEKDAYS}
    texts = {f"day_{weekday}": spans_text(spans_on(hours, weekday)) for weekday in range(1, 8)}
    form: HoursForm = type("HoursForm", (HoursForm,), fields)(**texts, seen=fingerprint(tuple(hours)))
    return form


def terms_form(station: StationShown) -> TermsForm:
    """Return the form for what a station says of itself, with a price for each service on offer."""
    terms = station.terms
    services = [offer.service for offer in station.facts.offers]
    fields = {PRICE + code: _price_field(worded(service_called(code))) for code in services}
    prices = {PRICE + price.service: _written(price.fen, FEN) for price in terms.prices}
    form: TermsForm = type("TermsForm", (TermsForm,), fields)(
        **prices,
        directions=terms.directions,
        directions_en=terms.directions_en,
        latitude=_written(terms.latitude, MICRODEGREES),
        longitude=_written(terms.longitude, MICRODEGREES),
        method=terms.method,
        seen=fingerprint(terms),
    )
    return form


def outage_form(station: StationShown, *, now: datetime) -> OutageForm:
    """Return the form for an outage of a lane that is in use, from now on."""
    form = OutageForm(starts_at=MomentField.written(now))
    form.lane.choices = [
        SelectChoice(lane.id, f"{lane.facts.name} · {worded(service_called(lane.facts.service))}")
        for lane in station.used_lanes()
    ]
    return form


def _price_field(service: str) -> Field:
    return StringField(_l("Price in yuan: %(service)s", service=service), [_is_amount])


def _is_amount(form: FlaskForm, field: Field) -> None:
    _check(AMOUNT, field, _l("Write an amount like 85 or 85.50, or nothing if no price is published"))


def _check(pattern: re.Pattern[str], field: Field, sentence: LazyString) -> None:
    text = _plain(field)
    if text and not pattern.fullmatch(text):
        raise ValidationError(sentence)


def _plain(field: Field) -> str:
    return (field.data or "").strip()


def _times(text: str, many: int) -> int | None:
    return int(Decimal(text) * many) if text else None


def _written(value: int | None, many: int) -> str:
    """Write a number of small units in the large one: 8550 fen are 85.50, 8500 are 85."""
    if value is None:
        return ""
    places = len(str(many)) - 1
    return str(value // many) if value % many == 0 else f"{Decimal(value) / many:.{places}f}"
