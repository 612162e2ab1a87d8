"""The caller's requests: made once for each key, listed, shown, changed, withdrawn."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from booking.allotment.errors import RequestRefusedError, RoundClosedError
from booking.allotment.queries import records, standing
from booking.allotment.queries.standing import EntryStanding, RequestStanding
from booking.allotment.service import requests as service
from booking.allotment.service.requests import Asked
from booking.allotment.service.wishes import AnyAt, WishFor
from booking.api import round_schemas as schemas
from booking.api.errors import KeyReusedError, NotAskableError
from booking.api.holders import holder_of
from booking.api.problems import explained
from booking.api.schemas import KeySchema, PageSchema
from booking.api.views.bearer import bearer, caller, holder
from booking.api.views.blueprint import bp
from booking.bookings.line import Line
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError, NotFoundError
from booking.kernel.ids import REFERENCE_LENGTH, Holder, SiteId, SlotId
from booking.lines import LINES
from booking.web.house import now, sessions


@bp.post("/requests")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.arguments(KeySchema, location="headers", error_status_code=400)
@bp.arguments(schemas.AskedSchema)
@bp.response(201, schemas.RequestSchema)
@bp.alt_response(409, "CONFLICT")
def ask(given: dict[str, str], body: dict[str, Any]) -> dict[str, object]:
    """Ask for a place that a round gives. Sent again with the same key, the answer is the same request.

    The receipt proves that the request stands in the list of its round. When it came in counts for nothing.
    """
    line = _line(body["service"])
    with reading(sessions()) as session:
        whose = holder_of(session, line, holder(), body.get("vehicle_id"))
        asked = _asked(whose, body["service"], given["key"], body)
        reference = _made(session, asked)
    reference = reference or _ask(line, asked)
    with reading(sessions()) as session:
        return _request(session, reference)


@bp.get("/requests")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.arguments(PageSchema, location="query")
@bp.response(200, schemas.RequestListSchema)
def requests(asked: dict[str, Any]) -> dict[str, object]:
    """List the caller's requests, the last made first."""
    limit = asked["limit"]
    before = int(asked["cursor"]) if "cursor" in asked else None
    with reading(sessions()) as session:
        found = standing.page_of_requests(session, holder(), before=before, limit=limit + 1)
    return {"items": found[:limit], "next_cursor": str(found[limit - 1].id) if len(found) > limit else None}


@bp.get("/requests/<reference>")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.response(200, schemas.RequestSchema)
@bp.alt_response(404, "NOT_FOUND")
def request(reference: str) -> dict[str, object]:
    """Show one request of the caller with its receipts; somebody else's is not found."""
    with reading(sessions()) as session:
        return _request(session, reference)


@bp.put("/requests/<reference>")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.arguments(schemas.ChangedSchema)
@bp.response(200, schemas.RequestSchema)
@bp.alt_response(404, "NOT_FOUND")
@bp.alt_response(409, "CONFLICT")
def change(body: dict[str, Any], reference: str) -> dict[str, object]:
    """Give a live request other wishes. Rows of rounds that have closed stay as they were sealed."""
    with reading(sessions()) as session:
        found = _mine(session, reference)
    line, asked = LINES[found.line], _asked(found.holder, found.service, "", body)
    try:
        with unit_of_work(sessions()) as session:
            service.change(session, line, reference, asked, version=body["version"], actor=caller(), now=now())
    except RequestRefusedError as error:
        raise _refused(line, asked, error) from error
    with reading(sessions()) as session:
        return _request(session, reference)


@bp.delete("/requests/<reference>")
@bearer(Act.BOOK_FOR_ONESELF)
@bp.response(200, schemas.RequestSchema)
@bp.alt_response(404, "NOT_FOUND")
@bp.alt_response(409, "CONFLICT")
def withdraw(reference: str) -> dict[str, object]:
    """Withdraw a live request; what is withdrawn already stays so."""
    with unit_of_work(sessions()) as session:
        line = LINES[_mine(session, reference).line]
        service.withdraw(session, line, reference, actor=caller(), now=now())
    with reading(sessions()) as session:
        return _request(session, reference)


def _asked(whose: Holder, named: str, key: str, body: dict[str, Any]) -> Asked:
    slots: list[WishFor] = [SlotId(slot_id) for slot_id in body["preferences"]]
    sites = [AnyAt(SiteId(site_id)) for site_id in body["any_at_sites"]]
    more = {"carry_on": body["carry_on"], "notice_hours": body["notice_hours"]}
    return Asked(holder(), whose, named, (*slots, *sites), key, **more)


def _line(named: str) -> Line:
    return next(line for line in LINES.values() if named in line.services)


def _made(session: Session, asked: Asked) -> str | None:
    """Return the request that this very call has made already; raise `KeyReusedError` if the key made another."""
    reference = standing.made_with(session, asked.person_id, asked.request_key)
    if reference is None:
        return None
    made = standing.request_standing(session, reference, asked.person_id)
    wishes = (*made.preferences, *(AnyAt(SiteId(site_id)) for site_id in made.any_at_sites))
    if (made.service, made.holder) != (asked.service, asked.holder) or (made.version == 1 and wishes != asked.wishes):
        raise KeyReusedError
    return reference


def _ask(line: Line, asked: Asked) -> str:
    try:
        with unit_of_work(sessions()) as session:
            return service.ask(session, line, asked, actor=caller(), now=now())
    except RequestRefusedError as error:
        raise _refused(line, asked, error) from error
    except ConflictError:
        # Of two calls with one key at once, the second meets the request that the first has just made.
        with reading(sessions()) as session:
            made = _made(session, asked)
        if made is None:
            raise
        return made


def _refused(line: Line, asked: Asked, error: RequestRefusedError) -> NotAskableError:
    """Note the refusal in the record, for nobody is turned away unseen, and return it in words."""
    try:
        with unit_of_work(sessions()) as session:
            service.note_refusal(session, line, asked, error.round_id, error.reasons, now=now())
    except RoundClosedError:
        pass  # the list was sealed in this moment: it takes no more rows, and the answer is the same
    return NotAskableError(explained(line, error.reasons))


def _mine(session: Session, reference: str) -> RequestStanding:
    """Return a request of the caller; raise `NotFoundError` for anybody else's and for what is no reference."""
    if not (reference.isascii() and reference.isalnum() and len(reference) == REFERENCE_LENGTH):
        raise NotFoundError
    return standing.request_standing(session, reference, holder())


def _request(session: Session, reference: str) -> dict[str, object]:
    found = _mine(session, reference)
    entries = standing.entries_of(session, found.id)
    receipts = records.receipts_of(session, [(entry.round_id, entry.seq) for entry in entries])
    names = schemas.BriefRequestSchema().fields
    return {
        **{name: getattr(found, name) for name in names},
        "preferences": found.preferences,
        "any_at_sites": found.any_at_sites,
        "receipt": receipts[0] if receipts else None,
        "receipts": receipts,
        "ranking_time": _first(entries, "ranking_time"),
        "position": _first(entries, "position"),
        "rounds": entries,
    }


def _first(entries: Sequence[EntryStanding], name: str) -> object:
    return getattr(entries[0], name) if entries else None
