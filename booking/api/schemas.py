"""What goes in and comes out, in the words of the OpenAPI document. Instants are UTC, days are local."""

import unicodedata
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from booking.bookings.models import BookingState
from booking.lines import LINES, service_names
from booking.sites.rules.site import SERVICES
from booking.slots.models import Method, SlotState

LONGEST = 200
LARGEST_ID = 2**31 - 1
MOST_ITEMS, USUAL_ITEMS = 200, 50
YEARS = range(2000, 2101)

RowId = partial(fields.Integer, validate=Range(1, LARGEST_ID))


class Instant(fields.DateTime):
    """An instant, written as YYYY-MM-DDTHH:MM:SSZ."""

    def __init__(self, *, null: bool = False) -> None:
        super().__init__(required=True, allow_none=null, metadata={"description": "UTC"})

    def _serialize(self, value: datetime | None, attr: str | None, obj: object, **_: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(text: str) -> None:
    """Refuse control characters and halves of characters, which no database takes."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValidationError("Not plain text.")


def in_calendar(day: date) -> None:
    """Refuse days of other centuries."""
    if day.year not in YEARS:
        raise ValidationError("Not a day of this century.")


class LoginSchema(Schema):
    """Login (phone, document number or staff's login name) and password."""

    login = fields.String(required=True, validate=[Length(1, LONGEST), plain])
    password = fields.String(required=True, load_only=True, validate=[Length(1, LONGEST), plain])


class TokenSchema(Schema):
    """A bearer token."""

    token = fields.String(required=True)
    expires_at = Instant()


class KeySchema(Schema):
    """The key under which a step is done once, however often it is sent."""

    key = fields.String(required=True, data_key="Idempotency-Key", validate=Regexp(r"^[!-~]{1,64}$"))


class PageSchema(Schema):
    """Which part of a list."""

    limit = fields.Integer(load_default=USUAL_ITEMS, validate=Range(1, MOST_ITEMS))
    cursor = fields.String(
        validate=Regexp(r"^[1-9][0-9]{0,8}$"), metadata={"description": "`next_cursor` of the part before"}
    )


class SitesAskedSchema(PageSchema):
    """Which sites."""

    line = fields.String(validate=OneOf(tuple(SERVICES)))


class PeriodSchema(Schema):
    """Local days, both included."""

    first = fields.Date(data_key="from", validate=in_calendar)
    last = fields.Date(data_key="to", validate=in_calendar)

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        if "first" in data and "last" in data and data["last"] < data["first"]:
            raise ValidationError("The last day is before the first.", "to")


class SlotsAskedSchema(PageSchema, PeriodSchema):
    """Which slots; without days, those of today and the 92 days after it."""

    line = fields.String(validate=OneOf(tuple(LINES)))
    service = fields.String(validate=OneOf(tuple(service_names())))
    site = RowId()


def vehicle_id(**more: Any) -> fields.Integer:
    """Return the field that names a vehicle."""
    description = "Needed for inspections, and for nothing else: a vehicle of the caller, or one the caller acts for."
    return RowId(metadata={"description": description}, **more)


class ServiceAskedSchema(Schema):
    """Which service, and for inspections of which vehicle."""

    service = fields.String(required=True, validate=OneOf(tuple(service_names())))
    vehicle_id = vehicle_id()


class WishSchema(Schema):
    """Which slot, and for inspections which vehicle."""

    slot_id = RowId(required=True, strict=True)
    vehicle_id = vehicle_id(strict=True)


class OfferSchema(Schema):
    """A service at a site; `classes` empty means all."""

    service = fields.String(required=True)
    classes = fields.List(fields.String(), required=True)


class SiteSchema(Schema):
    """A site in use."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    line = fields.String(required=True)
    name = fields.String(required=True)
    district = fields.String(required=True)
    address = fields.String(required=True)
    offers = fields.List(fields.Nested(OfferSchema), required=True)


class SlotSchema(Schema):
    """A published slot with its counts over all lanes that can be booked on line."""

    id = fields.Integer(required=True)
    site = fields.Integer(required=True, attribute="site_id")
    service = fields.String(required=True)
    starts_at = Instant()
    ends_at = Instant()
    capacity = fields.Integer(required=True)
    released = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    remaining = fields.Integer(required=True)
    method = fields.String(required=True, validate=OneOf([one.value for one in Method]))
    opens_at = Instant()
    closes_at = Instant()
    state = fields.String(required=True, validate=OneOf([one.value for one in SlotState]))


class BookedSlotSchema(Schema):
    """The slot of a booking."""

    id = fields.Integer(required=True, attribute="slot_id")
    site = fields.Integer(required=True, attribute="site_id")
    service = fields.String(required=True)
    starts_at = Instant()
    ends_at = Instant()


class BookingSchema(Schema):
    """A booking of the caller, or of a vehicle that the caller may act for; `vehicle_id` null: it is a person's."""

    reference = fields.String(required=True)
    state = fields.String(required=True, validate=OneOf([one.value for one in BookingState]))
    slot = fields.Nested(BookedSlotSchema, required=True)
    vehicle_id = fields.Integer(required=True, allow_none=True)
    created_at = Instant()
    cancel_until = Instant()


class ReasonSchema(Schema):
    """One reason: its stable code, the sentence, the article, and the first local day on which it no longer holds."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    basis = fields.String(required=True)
    earliest = fields.Date(required=True, allow_none=True)


class EligibilitySchema(Schema):
    """Whether the caller, or the vehicle, could be booked for today, whatever day is chosen; every reason if not."""

    eligible = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class ProblemSchema(Schema):
    """A problem as in RFC 9457; `code` is stable, `reasons` says everything that stands in the way."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class CountSchema(Schema):
    """Bookings made on line, all bookings, and the share in percent with two decimals (null where there is none)."""

    online = fields.Integer(required=True)
    total = fields.Integer(required=True)
    share = fields.String(required=True, allow_none=True)


class ServiceCountSchema(CountSchema):
    """The same of one service."""

    service = fields.String(required=True)


class SharesSchema(Schema):
    """Shares by service and of all together."""

    items = fields.List(fields.Nested(ServiceCountSchema), required=True)
    total = fields.Nested(CountSchema, required=True)


class ListSchema(Schema):
    """A part of a list, and where it goes on."""

    next_cursor = fields.String(required=True, allow_none=True)


class SiteListSchema(ListSchema):
    """A part of the sites."""

    items = fields.List(fields.Nested(SiteSchema), required=True)


class SlotListSchema(ListSchema):
    """A part of the slots, in order of time."""

    items = fields.List(fields.Nested(SlotSchema), required=True)


class BookingListSchema(ListSchema):
    """A part of the bookings, the last made first."""

    items = fields.List(fields.Nested(BookingSchema), required=True)
