"""What staff look at: whose page was opened, once a day; which number was shown in full, and what for."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts.queries import own_data
from booking.accounts.service.looking import Number, Page, Purpose, note_look, reveal
from booking.accounts.service.throttle import REVEALS, TooManyTriesError
from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.ids import PersonId
from tests import factories
from tests.conftest import NOW

EVENING = NOW + timedelta(hours=13)  # 23:00 at the office


@pytest.fixture
def clerk(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.COUNTER)


@pytest.fixture
def mei(sessions: Sessions) -> PersonId:
    with unit_of_work(sessions) as session:
        return factories.person(session)


def entries(sessions: Sessions) -> list[tuple[str, str, str]]:
    with reading(sessions) as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.act, entry.object_kind, entry.object_id) for entry in found]


def test_a_page_that_is_opened_again_and_again_is_logged_once_a_day_for_each_who_looks(
    sessions: Sessions, clerk: Actor, mei: PersonId
) -> None:
    with unit_of_work(sessions) as session:
        other = factories.account(session, Role.SUPERVISOR)
        for actor, at in [(clerk, NOW), (clerk, NOW), (clerk, EVENING), (other, EVENING)]:
            note_look(session, Page.LEARNER, mei, actor=actor, now=at)
        note_look(session, Page.LEARNER, mei, actor=clerk, now=EVENING + timedelta(hours=1))
        note_look(session, Page.VEHICLE, 7, actor=clerk, now=NOW)

    seen = ("learner looked up", "person", str(mei))
    assert entries(sessions) == [seen, seen, seen, ("vehicle looked up", "vehicle", "7")]


@pytest.mark.parametrize("number", Number)
def test_a_number_is_shown_in_full_and_logged_with_what_for_but_without_the_number(
    sessions: Sessions, clerk: Actor, mei: PersonId, number: Number
) -> None:
    with unit_of_work(sessions) as session:
        shown = reveal(session, mei, number, Purpose.CALL, actor=clerk, now=NOW)

    with reading(sessions) as session:
        data = own_data(session, mei)
        entry = session.scalars(select(AuditEntry)).one()
    assert shown == (data.id_number if number is Number.DOCUMENT else data.phone)
    assert (entry.act, entry.object_id) == (f"{number} shown in full", str(mei))
    assert entry.after == {"purpose": "call"}


def test_the_thirty_first_number_of_a_day_is_not_shown(sessions: Sessions, clerk: Actor, mei: PersonId) -> None:
    with unit_of_work(sessions) as session:
        for _ in range(30):
            reveal(session, mei, Number.PHONE, Purpose.CALL, actor=clerk, now=NOW)

    with unit_of_work(sessions) as session, pytest.raises(TooManyTriesError):
        reveal(session, mei, Number.PHONE, Purpose.CALL, actor=clerk, now=EVENING)
    assert len(entries(sessions)) == 30
    with unit_of_work(sessions) as session:
        reveal(session, mei, Number.PHONE, Purpose.CALL, actor=clerk, now=NOW + REVEALS.span + REVEALS.part)


def test_nobody_is_shown_the_own_number_here_or_that_of_nobody(sessions: Sessions, clerk: Actor) -> None:
    with unit_of_work(sessions) as session:
        with pytest.raises(NotAllowedError):
            reveal(session, PersonId(clerk.person_id or 0), Number.PHONE, Purpose.CALL, actor=clerk, now=NOW)
        with pytest.raises(NotFoundError):
            reveal(session, PersonId(999), Number.PHONE, Purpose.CALL, actor=clerk, now=NOW)
    assert entries(sessions) == []
