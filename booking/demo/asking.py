"""What a learner of the demo city does who wants a place: ask in an open round, else book what is left over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.beacons import Beacons
from booking.allotment.errors import RequestRefusedError
from booking.allotment.models.requests import Request, RequestState
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.allotment.service.wishes import AnyAt, WishFor
from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking, BookingChannel
from booking.bookings.wishes import Wish
from booking.demo.people import DemoLearner
from booking.exams.line import EXAMS
from booking.exams.queries import path_of, record_of
from booking.exams.rules.outlook import State
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import PersonId, SiteId
from booking.kernel.secrets import new_token
from booking.slots.queries import OpenSlot, slots_between

HORIZON = timedelta(days=16)
AT_THE_COUNTER = 0.2
MOST_WISHES = 4
ONE_DAY_ONLY = 0.7
ANYWHERE = 0.3  # who would go to any session of a site, now and later
FLEXIBLE = 0.5  # who takes a freed seat until the day before


@dataclass(frozen=True, slots=True)
class City:
    """Who acts in the demo city, and one source of chance, so that each city is alike."""

    sessions: Sessions
    site_ids: dict[str, SiteId]
    staff: dict[str, Actor]
    learners: Sequence[DemoLearner]
    beacons: Beacons
    chance: Random


def ask(city: City, learner: DemoLearner, now: datetime, *, only_round: bool = False) -> None:
    """Let one learner ask for the first subject that is open: in a round, or for a place that is left over."""
    with reading(city.sessions) as session:
        subject = _subject(session, learner, now)
        if subject is None:
            return
        today = local_day(now)
        found = slots_between(session, today, today + HORIZON, line=EXAMS.key, service=subject)
        mine = [slot for slot in found if not slot.classes or learner.stage.licence_class in slot.classes.split(",")]
    collecting = [slot for slot in mine if slot.is_collecting(now)]
    left_over = [slot for slot in mine if slot.is_open(now) and slot.remaining]
    try:
        if left_over and not only_round and (not collecting or city.chance.random() < 0.5):
            _book(city, learner, city.chance.choice(left_over), now)
        elif collecting:
            _request(city, learner, subject, collecting, now)
    except BookingError:
        return  # a lane that is full, or a rule that speaks against it: this learner asks another day


def who_waits_or_holds(city: City) -> set[PersonId]:
    """Return who has a live request or booking: nobody of the demo city asks for two subjects at once."""
    with reading(city.sessions) as session:
        waiting = session.scalars(select(Request.person_id).where(Request.state == RequestState.LIVE))
        holding = session.scalars(select(Booking.person_id).where(Booking.state.in_(LIVE)))
        return {PersonId(person_id) for person_id in (*waiting, *holding)}


def _subject(session: Session, learner: DemoLearner, now: datetime) -> str | None:
    record = record_of(session, learner.person_id)
    outlooks = path_of(session, record, today=local_day(now)) if record else ()
    subject = next((outlook.subject for outlook in outlooks if outlook.state is State.OPEN), None)
    return None if subject is None else subject.value


def _request(city: City, learner: DemoLearner, subject: str, found: Sequence[OpenSlot], now: datetime) -> None:
    days = sorted({slot.day for slot in found})
    suits = city.chance.sample(days, 1 if city.chance.random() < ONE_DAY_ONLY else min(2, len(days)))
    near = [slot for slot in found if slot.day in suits]
    chosen = city.chance.sample(near, min(len(near), city.chance.randint(1, MOST_WISHES)))
    wishes: list[WishFor] = [slot.id for slot in chosen]
    is_easy = city.chance.random() < ANYWHERE
    if is_easy:
        wishes.append(AnyAt(city.chance.choice(found).site_id))
    actor, channel, reason = _way_in(city, learner)
    asked = Asked(
        learner.person_id,
        EXAMS.holder(learner.person_id),
        subject,
        wishes,
        new_token(),
        carry_on=is_easy,
        notice_hours=24 if city.chance.random() < FLEXIBLE else None,
        channel=channel,
        reason=reason,
    )
    try:
        with unit_of_work(city.sessions) as session:
            requests.ask(session, EXAMS, asked, actor=actor, now=now)
    except RequestRefusedError as refused:
        with unit_of_work(city.sessions) as session:
            requests.note_refusal(session, EXAMS, asked, refused.round_id, refused.reasons, now=now)


def _book(city: City, learner: DemoLearner, slot: OpenSlot, now: datetime) -> None:
    actor, channel, reason = _way_in(city, learner)
    wish = Wish(learner.person_id, EXAMS.holder(learner.person_id), slot.id, new_token(), channel, reason)
    with unit_of_work(city.sessions) as session:
        bookings.book_seat(session, EXAMS, wish, actor=actor, now=now)


def _way_in(city: City, learner: DemoLearner) -> tuple[Actor, BookingChannel, str]:
    if city.chance.random() < AT_THE_COUNTER:
        return city.staff["counter"], BookingChannel.COUNTER, "到窗口办理"
    return learner.actor, BookingChannel.INTERNET, ""
