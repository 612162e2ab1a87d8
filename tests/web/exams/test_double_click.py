"""Two clicks at the very same moment, on PostgreSQL, where the second does not wait for the first."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from booking.bookings.models import Booking
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading
from booking.kernel.ids import SlotId
from tests.web.conftest import Visitor, hidden_fields


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def interrupted(sessions: Sessions, second: Callable[[], TestResponse], first: Callable[[], None]) -> TestResponse:
    """Send the second click, and the first just after the second has looked whether there was one."""
    waiting = [first]

    def between(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "booking.request_key = " in statement and waiting:
            waiting.pop()()

    event.listen(sessions.engine, "after_cursor_execute", between)
    answer = second()
    event.remove(sessions.engine, "after_cursor_execute", between)
    return answer


@pytest.mark.parametrize("seats", [1, 5])
def test_the_second_of_two_clicks_at_once_leads_to_the_booking_of_the_first(
    visitor: Callable[..., Visitor], mei: Actor, place: Callable[..., SlotId], sessions: Sessions, seats: int
) -> None:
    learner, twin = visitor(actor=mei), visitor(actor=mei)
    address = f"/exams/slots/{place(released=seats)}"
    fields, twins = hidden_fields(learner.get(address), address), hidden_fields(twin.get(address), address)
    answers = []

    second = interrupted(
        sessions,
        lambda: learner.post(address, data=fields),
        lambda: answers.append(twin.post(address, data={**twins, "request_key": fields["request_key"]})),
    )

    assert second.status_code == answers[0].status_code == 303
    assert second.location == answers[0].location
    with reading(sessions) as session:
        assert session.scalars(select(func.count()).select_from(Booking)).one() == 1


def test_the_second_of_two_forms_at_once_is_told_of_the_booking_of_the_first(
    visitor: Callable[..., Visitor], mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    learner, twin = visitor(actor=mei), visitor(actor=mei)
    address, other = f"/exams/slots/{place()}", f"/exams/slots/{place(day=date(2026, 12, 9))}"
    fields, twins = hidden_fields(learner.get(address), address), hidden_fields(twin.get(other), other)
    answers = []

    second = interrupted(
        sessions, lambda: learner.post(address, data=fields), lambda: answers.append(twin.post(other, data=twins))
    )

    assert answers[0].status_code == 303
    assert second.status_code in (409, 422)
    assert answers[0].location in second.text


def test_a_clerks_two_clicks_at_once_are_one_booking(
    visitor: Callable[..., Visitor], mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    wang = visitor(Role.COUNTER)
    twin = visitor(actor=wang.actor)
    address = f"/desk/learners/{mei.person_id}/slots/{place(released=1)}"
    why = {"paper": "phone_check", "reason": "本人来电"}
    fields, twins = hidden_fields(wang.get(address), address), hidden_fields(twin.get(address), address)
    answers = []

    second = interrupted(
        sessions,
        lambda: wang.post(address, data={**fields, **why}),
        lambda: answers.append(twin.post(address, data={**twins, **why, "request_key": fields["request_key"]})),
    )

    assert second.status_code == answers[0].status_code == 303
    with reading(sessions) as session:
        assert session.scalars(select(func.count()).select_from(Booking)).one() == 1
