"""Since when a person ranks and why, and what position that gives: what check page and request page share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.allotment.queries.crowds import Crowd, Odds, odds
from booking.allotment.queries.requests import WishedSlot
from booking.exams.line import EXAMS
from booking.exams.views.path import site_in_words
from booking.kernel.calendar import local_day, local_time
from booking.kernel.ids import PersonId, SiteId
from booking.slots.models import Lane
from booking.web.language import clock, full_day, moment, whole, worded


@dataclass(frozen=True, slots=True)
class RankLine:
    """One event that bears on the ranking time: what, when, by which article, and whether it decides."""

    what: str
    when: str
    basis: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody stands in a round, for reference. `place` None: a lottery, in which nobody is before others."""

    people: int
    places: int
    place: int | None
    level: int


@dataclass(frozen=True, slots=True)
class OddsLine:
    """How past rounds went at a site; `share` in per cent, None where there is nothing to count yet."""

    site: str
    odds: Odds
    share: int | None


def ranking_lines(session: Session, person_id: PersonId, subject: str) -> Sequence[RankLine]:
    """Return every event that bears on the ranking time, in order of time; the last one decides."""
    ranking = EXAMS.ranking(session, EXAMS.holder(person_id), subject)
    if ranking is None:
        return ()
    return [
        RankLine(worded(one.what), instant_in_words(one.at), worded(one.basis), decides=one is ranking.moments[-1])
        for one in ranking.moments
    ]


def position(crowd: Crowd, lane: Lane, ranking_time: datetime | None, places: int) -> Position:
    """Return the position of somebody beside the others of a round."""
    people = crowd.others + 1
    if ranking_time is None:
        return Position(people, places, None, 0)
    return Position(people, places, crowd.before(lane, ranking_time) + 1, crowd.level(lane, ranking_time))


def odds_lines(session: Session, subject: str, sites: Mapping[SiteId, str]) -> Sequence[OddsLine]:
    """Return the odds of each site, by its name."""
    found = odds(session, EXAMS.key, subject, sites)
    return [
        OddsLine(name, found[site_id], _percent(found[site_id].granted, found[site_id].asked))
        for site_id, name in sites.items()
    ]


def sites_of(wishes: Iterable[WishedSlot]) -> dict[SiteId, str]:
    """Return the names of the sites of wishes, each once, in the order of the wishes."""
    return {wish.site_id: site_in_words(wish.site_name, wish.site_name_en) for wish in wishes}


def instant_in_words(instant: datetime) -> str:
    """Write a ranking time: days count from their beginning, a cancellation from its minute."""
    day = full_day(local_day(instant))
    return day if local_time(instant) == time.min else f"{day} {clock(instant)}"


def wish_in_words(wish: WishedSlot) -> str:
    """Write a wish in one line."""
    site = site_in_words(wish.site_name, wish.site_name_en)
    if wish.starts_at is None or wish.ends_at is None:
        return str(_("Any session at %(site)s", site=site))
    return f"{whole(f'{moment(wish.starts_at)}–{clock(wish.ends_at)}')} · {site}"


def lane_on(session: Session, person_id: PersonId, subject: str, day: date, *, now: datetime) -> Lane:
    """Return the lane in which the person would stand for an exam on a local day."""
    return EXAMS.lanes_on(session, person_id, subject, day, now=now)[0]


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
