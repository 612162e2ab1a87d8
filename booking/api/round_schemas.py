"""What goes in and comes out of requests and rounds, in the words of the OpenAPI document."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import OneOf, Range

from booking.allotment.models.requests import RequestState, Standing
from booking.allotment.models.rounds import Stage
from booking.api.schemas import Instant, ListSchema, PageSchema, RowId, in_calendar, vehicle_id
from booking.lines import service_names
from booking.slots.models import Lane, Method

MOST_NOTICE_HOURS = 240
MOST_IN_A_LIST = 30


def _ids() -> fields.List[int]:
    return fields.List(RowId(strict=True), load_default=list)


class WishesSchema(Schema):
    """Slots in the order wished, then sites at which any slot will do. `notice_hours`: how late a place may come."""

    preferences = _ids()
    any_at_sites = _ids()
    carry_on = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    notice_hours = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=Range(0, MOST_NOTICE_HOURS)
    )

    @validates_schema
    def not_endless(self, data: dict[str, Any], **_: Any) -> None:
        for name in ("preferences", "any_at_sites"):
            if len(data.get(name, ())) > MOST_IN_A_LIST:
                raise ValidationError("Too many wishes.", name)


class AskedSchema(WishesSchema):
    """A request for a place of a service; for inspections of a vehicle."""

    service = fields.String(required=True, validate=OneOf(tuple(service_names())))
    vehicle_id = vehicle_id(strict=True)


class ChangedSchema(WishesSchema):
    """Other wishes for a request; `version` is that of the request as it was read."""

    version = fields.Integer(required=True, strict=True, validate=Range(1))


class RoundsAskedSchema(PageSchema):
    """Which rounds."""

    service = fields.String(validate=OneOf(tuple(service_names())))
    day = fields.Date(data_key="date", validate=in_calendar)


class ReceiptSchema(Schema):
    """What proves that a row is in the list: it hashes to its leaf, the leaf is in the root, the office signs."""

    announcement_hash = fields.String(required=True)
    row = fields.Dict(required=True)
    nonce = fields.String(required=True)
    leaf = fields.String(required=True)
    n = fields.Integer(required=True)
    root = fields.String(required=True)
    signature = fields.String(required=True)


class OwnRoundSchema(Schema):
    """How a request stands in one round. `position` counts from 1: before the draw for reference, then for good."""

    round = fields.Integer(required=True, attribute="round_id")
    service = fields.String(required=True)
    date = fields.Date(required=True, attribute="day")
    method = fields.String(required=True, validate=OneOf([one.value for one in Method]))
    state = fields.String(required=True, attribute="stage", validate=OneOf([one.value for one in Stage]))
    closes_at = Instant()
    beacon_not_before = Instant()
    pid = fields.String(required=True)
    lane = fields.String(required=True, validate=OneOf([one.value for one in Lane]))
    ranking_time = Instant(null=True)
    wishes = fields.List(fields.String(), required=True)
    standing = fields.String(required=True, validate=OneOf([one.value for one in Standing]))
    position = fields.Integer(required=True, allow_none=True)
    queue = fields.Integer(required=True, allow_none=True)
    slot_id = fields.Integer(required=True, allow_none=True)
    passed_because = fields.String(required=True)


class BriefRequestSchema(Schema):
    """A request of the caller, in brief. `booking` is the reference of the place that was granted."""

    reference = fields.String(required=True)
    service = fields.String(required=True)
    state = fields.String(required=True, validate=OneOf([one.value for one in RequestState]))
    version = fields.Integer(required=True)
    carry_on = fields.Boolean(required=True)
    notice_hours = fields.Integer(required=True)
    created_at = Instant()
    changed_at = Instant()
    booking = fields.String(required=True, allow_none=True)


class RequestSchema(BriefRequestSchema):
    """A request of the caller. Receipt, ranking time and position are those of its first round, null without one."""

    preferences = fields.List(fields.Integer(), required=True)
    any_at_sites = fields.List(fields.Integer(), required=True)
    receipt = fields.Nested(ReceiptSchema, required=True, allow_none=True)
    receipts = fields.List(fields.Nested(ReceiptSchema), required=True)
    ranking_time = Instant(null=True)
    position = fields.Integer(required=True, allow_none=True)
    rounds = fields.List(fields.Nested(OwnRoundSchema), required=True)


class RoundSchema(Schema):
    """A round in numbers. `rows` counts what stands in its list, `people` those whose request counts."""

    id = fields.Integer(required=True)
    line = fields.String(required=True)
    service = fields.String(required=True)
    date = fields.Date(required=True, attribute="day")
    method = fields.String(required=True, validate=OneOf([one.value for one in Method]))
    state = fields.String(required=True, attribute="stage", validate=OneOf([one.value for one in Stage]))
    opens_at = Instant()
    closes_at = Instant()
    objections_until = Instant()
    beacon_not_before = Instant()
    drawn_at = Instant(null=True)
    announcement_hash = fields.String(required=True)
    outcome_hash = fields.String(required=True, metadata={"description": "empty before the draw"})
    rows = fields.Integer(required=True)
    people = fields.Integer(required=True)
    places = fields.Integer(required=True)
    granted = fields.Integer(required=True)
    waiting = fields.Integer(required=True)


class AnnouncedRoundSchema(RoundSchema):
    """A round with its announcement, as the record has it: slots, quotas, sources of randomness, keys."""

    announcement = fields.Dict(required=True)


class CheckpointSchema(Schema):
    """The root of the first `n` leaves, leaf 0 included."""

    n = fields.Integer(required=True)
    root = fields.String(required=True)
    at = fields.String(required=True)


class NoncedRowSchema(Schema):
    """A row and the nonce that hid it."""

    row = fields.Dict(required=True)
    nonce = fields.String(required=True)


class LeavesSchema(Schema):
    """The list while it is secret: hashes, and checkpoints that nobody can take back. Rows follow the close."""

    announcement = fields.Dict(required=True)
    announcement_hash = fields.String(required=True)
    leaves = fields.List(fields.String(), required=True)
    checkpoints = fields.List(fields.Nested(CheckpointSchema), required=True)
    rows = fields.List(fields.Nested(NoncedRowSchema))


class RequestListSchema(ListSchema):
    """A part of the requests, the last made first."""

    items = fields.List(fields.Nested(BriefRequestSchema), required=True)


class RoundListSchema(ListSchema):
    """A part of the rounds, the last opened first."""

    items = fields.List(fields.Nested(RoundSchema), required=True)
