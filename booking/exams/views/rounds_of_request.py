"""How a request stands in each of its rounds, in words: before the draw for reference, after it with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Standing
from booking.allotment.models.rounds import Stage
from booking.allotment.queries.crowds import Crowd, CutOff, crowds, cut_offs
from booking.allotment.queries.requests import RoundSlotShown, ShownRequest, Stand, slots_of_rounds, stands_of
from booking.exams.views import positions
from booking.exams.views.positions import Position, instant_in_words
from booking.slots.models import Method
from booking.web.codes import qr_code
from booking.web.language import moment

MADE_UP_FOR = _l("The office has withdrawn the session. In your next round you go before everybody else.")
PASSED: Mapping[str, LazyString] = {
    "withdrawn": _l("The request had been withdrawn, so the place went to the next in line."),
    "holds_another": _l("You held a place of this subject already, so this one went to the next in line."),
    "overlap": _l("You were booked for another test at the same hour, so the place went to the next in line."),
    "not_eligible": _l("The rules no longer allowed this test to you, so the place went to the next in line."),
    "slot_closed": MADE_UP_FOR,
    "too_late": _l("The place came later than the limit that you had set, so it went to the next in line."),
    "cancelled": _l("You have cancelled the place; it went to the next in line."),
    "cancelled_by_office": _l(
        "The office has withdrawn the session. In your next round you go before everybody else."
    ),
    "absent": _l("You did not come to the test."),
}
STATES: Mapping[Standing, str] = {
    Standing.IN: "collecting",
    Standing.OUT: "withdrawn",
    Standing.GRANTED: "granted",
    Standing.WAITING: "waiting",
    Standing.PASSED: "ended",
}


@dataclass(frozen=True, slots=True)
class WishInRound:
    """One session of the list in one round. `cut_off` says who got the last place, `enough` what would do."""

    label: str
    places: int
    people: int
    cut_off: str
    enough: str


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round of a request. `state` is a state of tag(); `because` says why a place was passed on."""

    stand: Stand
    state: str
    position: Position
    steps: Sequence[tuple[str, str, str]]
    wishes: Sequence[WishInRound]
    because: str
    got: str
    since: str

    @property
    def is_drawn(self) -> bool:
        return self.stand.stage is Stage.DRAWN


def rounds_shown(session: Session, request: ShownRequest, *, now: datetime) -> Sequence[RoundShown]:
    """Return the rounds of a request in order of their days; seven statements, however many rounds there are."""
    stands = stands_of(session, request.id)
    round_ids = [stand.round_id for stand in stands]
    others = crowds(session, round_ids, apart_from=request.holder)
    slots = slots_of_rounds(session, round_ids)
    last = cut_offs(session, request.id)
    return [_round(stand, others[stand.round_id], slots, last.get(stand.round_id, {}), now=now) for stand in stands]


def receipt_code(stand: Stand) -> Markup:
    """Return the QR code of a receipt as SVG: round, row and leaf, and nothing that names a person."""
    text = f"{url_for('allotment.round', round_id=stand.round_id, _external=True)}?row={stand.seq}&leaf={stand.leaf}"
    return qr_code(text)


def _round(
    stand: Stand, crowd: Crowd, slots: Sequence[RoundSlotShown], last: Mapping[str, CutOff], *, now: datetime
) -> RoundShown:
    of_round = [one for one in slots if one.round_id == stand.round_id]
    mine = _in_order_of_wishes(stand, of_round)
    got = next((one for one in of_round if one.slot.slot_id == stand.slot_id), None)
    return RoundShown(
        stand,
        _state(stand),
        positions.position(crowd, stand.lane, stand.ranking_time, stand.places),
        _steps(stand, now),
        [_wish(stand, one, crowd, last.get(one.slot.code)) for one in mine],
        str(PASSED[stand.passed_because]) if stand.passed_because in PASSED else "",
        positions.wish_in_words(got.slot) if got else "",
        instant_in_words(stand.ranking_time) if stand.ranking_time else "",
    )


def _in_order_of_wishes(stand: Stand, slots: Sequence[RoundSlotShown]) -> list[RoundSlotShown]:
    """Return the sessions that the row asks for as the draw tried them, each once."""
    meant = [one for wish in stand.row_wishes for one in slots if wish in (one.slot.code, f"*{one.slot.site_id}")]
    return list({one.slot.code: one for one in meant}.values())


def _state(stand: Stand) -> str:
    if stand.standing is Standing.IN and stand.stage is not Stage.COLLECTING:
        return "sealed"
    return STATES[stand.standing]


def _wish(stand: Stand, one: RoundSlotShown, crowd: Crowd, last: CutOff | None) -> WishInRound:
    people = crowd.asking(one.slot.code, str(one.slot.site_id)) + (stand.standing is not Standing.OUT)
    label = positions.wish_in_words(one.slot)
    if stand.stage is not Stage.DRAWN or stand.method is not Method.RANKED or stand.ranking_time is None:
        return WishInRound(label, one.places, people, "", "")
    if last is None:
        nobody = _("Nobody got a place in the part of the session that was open to you.")
        return WishInRound(label, one.places, people, nobody, "")
    cut_off = instant_in_words(last.ranking_time)
    is_mine = one.slot.slot_id == stand.slot_id
    enough = "" if is_mine else _enough(stand.ranking_time, last, cut_off)
    return WishInRound(label, one.places, people, cut_off, enough)


def _enough(mine: datetime, last: CutOff, cut_off: str) -> str:
    """Say what ranking time would have brought a place; people of the cut-off itself are parted by the draw."""
    if mine == last.ranking_time:
        return str(_("You rank at the same time as the last person; the public draw decided between you."))
    if mine < last.ranking_time:
        return ""
    return str(_("A ranking time before %(when)s.", when=cut_off))


def _steps(stand: Stand, now: datetime) -> list[tuple[str, str, str]]:
    drawn_at = stand.drawn_at or stand.drawn_from
    steps = [
        (_("Requests close; the list is sealed"), stand.closes_at),
        (_("Objections to the list end"), stand.objections_until),
        (_("The public random value comes; places are given at once"), drawn_at),
        (_("Free places are first handed on in the order of the queue, then daily"), stand.opens_at),
    ]
    return [(str(what), moment(at), "done" if at <= now else "later") for what, at in steps]
