"""What can be asked for now, and what a request would mean: read only, before anything is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.allotment.errors import ForeignWishError, RequestRefusedError
from booking.allotment.queries.crowds import Crowd, crowds
from booking.allotment.queries.requests import AskableSlot, ShownRequest, askable_slots, described
from booking.allotment.service import wishes as rules
from booking.allotment.service.wishes import AnyAt, Choice, WishFor
from booking.bookings.line import Reason
from booking.exams import queries as records
from booking.exams.line import EXAMS
from booking.exams.rules.facts import LicenceClass
from booking.exams.views import positions
from booking.exams.views.path import explained, site_in_words
from booking.exams.views.positions import OddsLine, Position, RankLine
from booking.kernel.calendar import local_day
from booking.kernel.errors import Refusal
from booking.kernel.ids import PersonId, SiteId, SlotId
from booking.policies import queries as policies
from booking.sites import queries as sites
from booking.slots.models import Lane, Method
from booking.web.language import language, span
from booking.web.paths import LARGEST_ID


@dataclass(frozen=True, slots=True)
class Option:
    """A session, or a site, that can be chosen."""

    code: str
    label: str
    note: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The sessions of one day; requests for them close at `until`."""

    day: date
    until: datetime
    options: Sequence[Option]

    @property
    def chosen(self) -> int:
        return sum(option.is_chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A wish as it stands in the order."""

    code: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be asked for, `most` wishes at a time, and what was chosen of it. `others` is by round."""

    slots: Sequence[AskableSlot]
    others: Mapping[int, Crowd]
    days: Sequence[Day]
    sites: Sequence[Option]
    chosen: Sequence[Chosen]
    most: int


@dataclass(frozen=True, slots=True)
class RoundAhead:
    """A round that the request would enter."""

    slot: AskableSlot  # the first of its sessions
    position: Position


@dataclass(frozen=True, slots=True)
class Check:
    """What a request would mean. `reasons` refuse all of it; `left_out` are wishes that the rules do not allow."""

    reasons: Sequence[Reason]
    left_out: frozenset[str]
    ranking: Sequence[RankLine]
    rounds: Sequence[RoundAhead]
    odds: Sequence[OddsLine]


def wish_of(code: str) -> WishFor:
    """Read a wish as forms write it; raise `ForeignWishError` for what can be none."""
    number = code.removeprefix("*")
    if not (number.isascii() and number.isdecimal()) or not 0 < int(number) <= LARGEST_ID:
        raise ForeignWishError
    return AnyAt(SiteId(int(number))) if code.startswith("*") else SlotId(int(number))


def offer(session: Session, person_id: PersonId, subject: str, codes: Sequence[str], *, now: datetime) -> Offer:
    """Load what can be asked for; sessions of other classes are left out. A fixed number of statements."""
    record = records.record_of(session, person_id)
    licence_class = record.facts.licence_class if record else None
    found = askable_slots(session, EXAMS.key, subject, now=now)
    slots = [slot for slot in found if _serves(slot, licence_class)]
    others = crowds(session, dict.fromkeys(slot.round_id for slot in found), apart_from=EXAMS.holder(person_id))
    by_day: dict[date, list[AskableSlot]] = {}
    for slot in slots:
        by_day.setdefault(slot.day, []).append(slot)
    days = [
        Day(day, min(slot.requests_until for slot in there), [_option(slot, others, codes) for slot in there])
        for day, there in by_day.items()
    ]
    site_options = _site_options(session, subject, slots, codes)
    most = policies.all_values(session, local_day(now)).number("rounds.most_wishes")
    return Offer(slots, others, days, site_options, _chosen(session, codes, found, others), most)


def check(
    session: Session,
    person_id: PersonId,
    subject: str,
    codes: Sequence[str],
    offered: Offer,
    *,
    request: ShownRequest | None,
    now: datetime,
) -> Check:
    """Ask the rules, and say where the request would stand."""
    wishes = [wish_of(code) for code in codes]
    choices = rules.open_choices(session, EXAMS, subject, now=now)
    reasons: Sequence[Refusal] = ()
    rows: Mapping[int, list[str]] = {}
    try:
        rows = rules.rows_by_round(session, EXAMS, EXAMS.holder(person_id), wishes, choices, now=now)
    except RequestRefusedError as error:
        reasons = error.reasons
    known = described(session, wishes)
    return Check(
        explained(reasons),
        _left_out(wishes, choices, rows) if rows else frozenset(),
        positions.ranking_lines(session, person_id, subject),
        _rounds(session, person_id, subject, offered, rows, request=request, now=now),
        positions.odds_lines(session, subject, positions.sites_of(known[wish] for wish in wishes)),
    )


def _rounds(
    session: Session,
    person_id: PersonId,
    subject: str,
    offered: Offer,
    rows: Mapping[int, list[str]],
    *,
    request: ShownRequest | None,
    now: datetime,
) -> list[RoundAhead]:
    ranking = EXAMS.ranking(session, EXAMS.holder(person_id), subject)
    found = []
    for round_id in rows:
        there = [slot for slot in offered.slots if slot.round_id == round_id]
        is_make_up = request is not None and request.is_make_up
        lane = Lane.MAKE_UP if is_make_up else positions.lane_on(session, person_id, subject, there[0].day, now=now)
        time = ranking.time if ranking and there[0].method is Method.RANKED else None
        places = sum(slot.places for slot in there)
        found.append(RoundAhead(there[0], positions.position(offered.others[round_id], lane, time, places)))
    return found


def _left_out(wishes: Sequence[WishFor], choices: Sequence[Choice], rows: Mapping[int, list[str]]) -> frozenset[str]:
    """Return the wishes of which no row holds anything, though sessions of them are open."""
    held = {wish for row in rows.values() for wish in row}

    def is_held(wish: WishFor) -> bool:
        if not isinstance(wish, AnyAt):
            return str(wish) in held
        there = [choice.slot for choice in choices if choice.slot.site_id == wish.site_id]
        return not there or f"*{wish.site_id}" in held or any(str(slot.id) in held for slot in there)

    return frozenset(_code(wish) for wish in wishes if not is_held(wish))


def _code(wish: WishFor) -> str:
    return f"*{wish.site_id}" if isinstance(wish, AnyAt) else str(wish)


def _serves(slot: AskableSlot, licence_class: LicenceClass | None) -> bool:
    return licence_class is None or not slot.classes or licence_class.value in slot.classes.split(",")


def _option(slot: AskableSlot, others: Mapping[int, Crowd], codes: Sequence[str]) -> Option:
    code = str(slot.slot_id)
    label = f"{span(slot)} · {site_in_words(slot.site_name, slot.site_name_en)}"
    return Option(code, label, _numbers(slot, others), code in codes)


def _numbers(slot: AskableSlot, others: Mapping[int, Crowd]) -> str:
    people = others[slot.round_id].asking(str(slot.slot_id), str(slot.site_id))
    return str(_("places: %(places)s; others who ask so far: %(people)s", places=slot.places, people=people))


def _site_options(session: Session, subject: str, slots: Sequence[AskableSlot], codes: Sequence[str]) -> list[Option]:
    found = []
    for site in sites.sites(session, EXAMS.key):
        if any(offer.service == subject for offer in site.facts.offers):
            code = f"*{site.id}"
            there = [slot for slot in slots if slot.site_id == site.id]
            found.append(Option(code, site.named(language()), _all_there(there), code in codes))
    return found


def _all_there(slots: Sequence[AskableSlot]) -> str:
    if not slots:
        return str(_("No session takes requests here now; only for later dates."))
    return str(
        _("sessions: %(count)s, places: %(places)s", count=len(slots), places=sum(slot.places for slot in slots))
    )


def _chosen(
    session: Session, codes: Sequence[str], slots: Sequence[AskableSlot], others: Mapping[int, Crowd]
) -> list[Chosen]:
    wishes: dict[str, WishFor] = {}
    for code in codes:
        try:
            wishes[code] = wish_of(code)
        except ForeignWishError:
            continue  # the form keeps it as it was sent, and the error beside it says what is wrong
    known = described(session, list(wishes.values()))
    open_slots = {str(slot.slot_id): slot for slot in slots}
    found = []
    for code in codes:
        wished = known.get(wishes[code]) if code in wishes else None
        label = positions.wish_in_words(wished) if wished else str(_("Unknown session “%(code)s”", code=code))
        if isinstance(wishes.get(code), AnyAt) and wished:
            note = _all_there([slot for slot in slots if slot.site_id == wished.site_id])
        else:
            note = _numbers(open_slots[code], others) if code in open_slots else str(_("Takes no requests"))
        found.append(Chosen(code, label, note))
    return found
