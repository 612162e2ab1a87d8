"""Where a device asks how a roster stands, and sends its check-ins: each is stored, or refused, by itself."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.rosters.forms import LONGEST_SCAN, LONGEST_TAIL
from booking.rosters.queries.rosters import Roster
from booking.rosters.service.check_ins import Presented, check_in
from booking.rosters.views.access import UNPROCESSABLE, own_site, roster_shown
from booking.rosters.views.blueprint import bp
from booking.rosters.views.words import REFUSED, Answer, admitted, refused
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import clock

MOST = 100
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class UnfitItemError(ValueError):
    """An item of a batch that no device of ours writes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One check-in as a device sends it."""

    text: str
    tail: str
    at: datetime
    device_key: str


@bp.get("/station/rosters/<int:slot_id>/sync")
@may(Act.KEEP_ROSTERS)
def state(slot_id: int) -> ResponseReturnValue:
    """Say how a roster stands, with a token for what is sent next."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    return jsonify(_state(roster))


@bp.post("/station/rosters/<int:slot_id>/sync")
@may(Act.KEEP_ROSTERS)
def sync(slot_id: int) -> ResponseReturnValue:
    """Take check-ins and answer each: one that was sent before gets its first answer again."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    body = request.get_json(silent=True)
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or len(items) > MOST:
        return jsonify({"problem": f"a list of at most {MOST} items is wanted"}), UNPROCESSABLE
    answers = [{"device_key": _key(item), **asdict(_answered(item, roster))} for item in items]
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    return jsonify({"answers": answers, **_state(roster)})


def _answered(item: object, roster: Roster) -> Answer:
    """Check one person in, in a transaction of its own, and return the answer."""
    try:
        read = _item(item)
        presented = Presented(read.text, read.tail, read.at, read.device_key)
        with unit_of_work(sessions()) as session:
            found = check_in(session, own_site(), presented, actor=actor(), now=now())
    except UnfitItemError:
        return Answer("no", str(REFUSED), _("What this device sent cannot be read. Scan the person again."))
    except BookingError as failure:
        return refused(failure, roster)
    return admitted(found, roster.head.slot_id, now=now())


def _item(item: object) -> Item:
    """Return an item that is whole; raise `UnfitItemError`."""
    if not isinstance(item, dict):
        raise UnfitItemError
    fields = cast("Mapping[str, object]", item)
    text, tail, at, key = (fields.get(name) for name in ("text", "tail", "at", "device_key"))
    if not isinstance(text, str) or not isinstance(tail, str) or not isinstance(at, str) or not isinstance(key, str):
        raise UnfitItemError
    if not text.strip() or len(text) > LONGEST_SCAN or len(tail) > LONGEST_TAIL or not UUID.fullmatch(key):
        raise UnfitItemError
    return Item(text, tail, _instant(at), key)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as failure:
        raise UnfitItemError from failure
    if found.tzinfo is None:
        raise UnfitItemError
    return found


def _key(item: object) -> object:
    return item.get("device_key") if isinstance(item, dict) else None


def _state(roster: Roster) -> dict[str, object]:
    rows = [
        {
            "reference": row.reference,
            "state": row.standing,
            "at": clock(row.check_in.checked_in_at) if row.check_in else "",
        }
        for row in roster.rows
    ]
    counts = asdict(roster.head.progress)
    return {
        "rows": rows,
        "counts": counts,
        "is_closed": roster.head.is_closed,
        "now": now().isoformat(),
        "as_of": clock(now()),
        "token": generate_csrf(),
    }
