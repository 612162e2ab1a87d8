"""Rounds and their public records: for everybody, without a token."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Response, request

from booking.allotment.models.rounds import Round
from booking.allotment.queries import records
from booking.allotment.queries.files import RecordVersion, parts, version_of
from booking.allotment.queries.records import NotDrawnError
from booking.allotment.queries.standing import round_summaries
from booking.allotment.service.announced import announcement_of
from booking.api import round_schemas as schemas
from booking.api.errors import RecordNotYetError
from booking.api.views.blueprint import bp
from booking.api.words import RECORD_NOT_YET, local_time
from booking.kernel.db import Sessions, reading
from booking.kernel.errors import NotFoundError
from booking.web.guards import public
from booking.web.house import sessions

NUMBER = "<int(min=1, max=2147483647):round_id>"


@bp.get("/rounds")
@public
@bp.arguments(schemas.RoundsAskedSchema, location="query")
@bp.response(200, schemas.RoundListSchema)
def rounds(asked: dict[str, Any]) -> dict[str, object]:
    """List rounds, the last opened first."""
    limit = asked["limit"]
    before = int(asked["cursor"]) if "cursor" in asked else None
    chosen = {"service": asked.get("service"), "day": asked.get("day")}
    with reading(sessions()) as session:
        found = round_summaries(session, **chosen, before=before, limit=limit + 1)
    return {"items": found[:limit], "next_cursor": str(found[limit - 1].id) if len(found) > limit else None}


@bp.get(f"/rounds/{NUMBER}")
@public
@bp.response(200, schemas.AnnouncedRoundSchema)
@bp.alt_response(404, "NOT_FOUND")
def round_(round_id: int) -> dict[str, object]:
    """Show one round with its announcement."""
    with reading(sessions()) as session:
        found = round_summaries(session, only=round_id)
        if not found:
            raise NotFoundError
        announcement = announcement_of(session.get_one(Round, round_id))
    return {**asdict(found[0]), "announcement": announcement}


@bp.get(f"/rounds/{NUMBER}/record")
@public
@bp.response(200, {"type": "object"}, description="The complete record: what `booking verify` reads")
@bp.alt_response(404, "NOT_FOUND")
@bp.alt_response(409, "CONFLICT")
def record(round_id: int) -> Response:
    """Give the complete record of a drawn round; with its ETag, nothing is sent twice."""
    with reading(sessions()) as session:
        try:
            version = version_of(session, round_id)
        except NotDrawnError as error:
            drawn = local_time(session.get_one(Round, round_id).beacon_not_before)
            raise RecordNotYetError(RECORD_NOT_YET, {"drawn": drawn}) from error
    response = Response(_file(sessions(), version), mimetype="application/json")
    response.set_etag(version.tag)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Content-Disposition"] = f'inline; filename="round-{round_id}.json"'
    response.make_conditional(request)
    return response


@bp.get(f"/rounds/{NUMBER}/leaves")
@public
@bp.response(200, schemas.LeavesSchema)
@bp.alt_response(404, "NOT_FOUND")
def leaves(round_id: int) -> dict[str, Any]:
    """Show the hashes of the list and its checkpoints; after the close the rows too."""
    with reading(sessions()) as session:
        return records.leaves_of(session, round_id)


def _file(opened: Sessions, version: RecordVersion) -> Iterator[bytes]:
    for part in parts(version):
        with reading(opened) as session:
            text = part(session)
        yield text.encode()
