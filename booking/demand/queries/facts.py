"""Everything that a suggestion is made from, in some fifteen statements."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from booking.demand.queries import learners, places
from booking.demand.rules.facts import Booked, DemandFacts, Inflow, Pool
from booking.demand.rules.flow import Key
from booking.demand.rules.shapes import USUAL_AGE, Shape, Taken, pools, skips_subject_1
from booking.exams import queries as exams
from booking.exams.rules.facts import Subject
from booking.exams.rules.orders import DAYS_AFTER_FAILURE, rules_on
from booking.exams.rules.path import CAPPED, wait_days
from booking.exams.rules.settings import Settings
from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.ids import SiteId
from booking.plans.queries.circumstances import plan_settings
from booking.plans.rules.timetable import schedule
from booking.policies import queries as policies
from booking.sites import queries as sites

FORTNIGHT = timedelta(days=14)
# Whose passes bring people to a subject: after subject 1 stand subject 2 and the road test open, after that safety.
COMES_FROM = {Subject.SUBJECT_2: Subject.SUBJECT_1, Subject.ROAD: Subject.SUBJECT_1, Subject.SAFETY: Subject.ROAD}


def first_open_monday(session: Session, *, now: datetime) -> date:
    """Return the first Monday whose plan can still be published ten days ahead; two statements."""
    today = local_day(now)
    settings = plan_settings(session, learners.LINE, today)
    worked = policies.working_days(session, around=today)
    monday = today + timedelta(days=7 - today.weekday())
    while schedule(monday, settings, worked).publish_by <= now:
        monday += timedelta(days=7)
    return monday


def demand_facts(session: Session, first: date, *, now: datetime, site_id: SiteId | None = None) -> DemandFacts:
    """Return the facts for the fortnight from `first` on; places are proposed at one site, or at all."""
    today, last = local_day(now), first + FORTNIGHT - ONE_DAY
    settings = exams.settings_on(session, today)
    found = learners.shapes(session, today=today, last=last)
    waiting, becoming = pools(found, today=today, last=last, settings=settings)
    requests = learners.live_requests(session)
    shown = sites.sites(session, learners.LINE)
    return DemandFacts(
        today=today,
        first=first,
        last=last,
        pools=tuple(
            Pool(*key, waiting.get(key, 0), becoming.get(key, 0), requests.get(key, 0))
            for key in sorted({*waiting, *becoming, *requests})
        ),
        inflows=tuple(_inflows(session, today, last, settings)),
        booked=tuple(_booked(session, today, last, settings)),
        outcomes=learners.outcomes(session, today=today),
        free=tuple(places.free_places(session, shown, today=today, last=last, now=now)),
        sites=tuple(places.site_rooms(session, shown, first, last, site_id=site_id)),
    )


def _inflows(session: Session, today: date, last: date, settings: Settings) -> Iterator[Inflow]:
    """Yield who comes newly: accepted for the first subject they need, passed for the next one."""
    days = (last - today).days
    for code, kind, held, came in learners.accepted(session, today=today):
        shape = _newcomer(code, kind, held, today)
        if not skips_subject_1(shape, today, settings):
            yield Inflow(Subject.SUBJECT_1, code, came, days)
            continue
        for subject in CAPPED:
            yield Inflow(subject, code, came, _left(days, subject, shape, settings, today))
    passes = learners.passes(session, today=today)
    for subject, before in COMES_FROM.items():
        for code in _classes(passes, before):
            shape = _newcomer(code, "first", "", today)
            yield Inflow(subject, code, passes[before, code], _left(days, subject, shape, settings, today))


def _left(days: int, subject: Subject, shape: Shape, settings: Settings, today: date) -> int:
    """Return on how many of the days somebody may come who can still book before they are over."""
    wait = wait_days(shape.facts(today), subject, rules_on(today), settings) or 0
    return max(days - wait, 0)


def _classes(passes: Mapping[Key, int], subject: Subject) -> Sequence[str]:
    return sorted(code for of_subject, code in passes if of_subject is subject)


def _newcomer(code: str, kind: str, held: str, today: date) -> Shape:
    """Return somebody of usual age who begins today."""
    return Shape(code, kind, held, today - USUAL_AGE, today, today, None, (Taken(),) * len(Subject))


def _booked(session: Session, today: date, last: date, settings: Settings) -> Iterator[Booked]:
    """Yield the places after which somebody who fails may book again before the days are over."""
    waits = dict.fromkeys(CAPPED, DAYS_AFTER_FAILURE)
    if settings.ten_days_cover_safety:
        waits[Subject.SAFETY] = DAYS_AFTER_FAILURE
    for subject, code, day, count in learners.live_bookings(session, today=today, last=last):
        if day + timedelta(days=waits.get(subject, 0)) <= last:
            yield Booked(subject, code, count)
