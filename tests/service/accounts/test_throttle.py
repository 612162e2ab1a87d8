"""How often something may be tried, counted in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from booking.accounts.models import Throttle
from booking.accounts.service import throttle
from booking.accounts.service.throttle import Limit, TooManyTriesError
from booking.kernel.db import Sessions, unit_of_work
from tests.conftest import NOW

THREE = Limit("test", 3, timedelta(minutes=4))


def one_try(sessions: Sessions, *, limit: Limit = THREE, key: str = "a", now: datetime = NOW) -> bool:
    try:
        with unit_of_work(sessions) as session:
            throttle.count(session, limit, key, now=now)
    except TooManyTriesError:
        return False
    return True


def test_no_more_tries_than_the_limit_are_let_through(sessions: Sessions) -> None:
    assert [one_try(sessions) for _ in range(5)] == [True, True, True, False, False]


def test_another_key_has_tries_of_its_own(sessions: Sessions) -> None:
    for _ in range(3):
        one_try(sessions)

    assert one_try(sessions, key="b")


def test_it_works_again_at_the_instant_that_is_named_and_not_before(sessions: Sessions) -> None:
    for _ in range(3):
        one_try(sessions)
    with pytest.raises(TooManyTriesError) as refused, unit_of_work(sessions) as session:
        throttle.count(session, THREE, "a", now=NOW)

    again_at = refused.value.again_at

    assert NOW + THREE.span < again_at <= NOW + THREE.span + THREE.part
    assert not one_try(sessions, now=again_at - timedelta(seconds=1))
    assert one_try(sessions, now=again_at)


def test_no_span_that_slides_over_a_boundary_holds_more_than_the_limit(sessions: Sessions) -> None:
    instants = [NOW + timedelta(seconds=10 * step) for step in range(120)]

    passed = [instant for instant in instants if one_try(sessions, now=instant)]

    assert len(passed) >= 9, "the limit must not be stricter than a quarter of the span"
    assert all(later - earlier > THREE.span for earlier, later in zip(passed, passed[3:], strict=False))


def test_a_right_password_makes_the_tries_forgotten(sessions: Sessions) -> None:
    for _ in range(3):
        one_try(sessions)

    with unit_of_work(sessions) as session:
        throttle.forget(session, THREE, "a")

    assert one_try(sessions)


def test_one_try_can_be_given_back(sessions: Sessions) -> None:
    for _ in range(3):
        one_try(sessions)

    with unit_of_work(sessions) as session:
        throttle.give_back(session, THREE, "a", at=NOW)

    assert [one_try(sessions), one_try(sessions)] == [True, False]


@pytest.mark.race
def test_many_tries_at_once_are_no_more_than_the_limit(sessions: Sessions) -> None:
    start = Barrier(12)

    def attempt(_: int) -> bool:
        start.wait()
        return one_try(sessions)

    with ThreadPoolExecutor(12) as pool:
        passed = sum(pool.map(attempt, range(12)))

    assert passed == 3


@pytest.mark.race
def test_the_race_is_real_without_the_conditional_upsert(sessions: Sessions) -> None:
    """The control: reading the count first and writing it afterwards lets two pass where one may."""
    start = Barrier(2)

    def check_then_act(_: int) -> bool:
        with sessions.read() as session:
            used = session.scalar(select(func.count()).select_from(Throttle)) or 0
        start.wait()
        if used >= 1:
            return False
        with unit_of_work(sessions) as session:
            throttle.count(session, Limit("test", 99, timedelta(minutes=4)), "a", now=NOW)
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(check_then_act, range(2))) == 2


def test_keys_are_stored_as_hashes_only(sessions: Sessions) -> None:
    one_try(sessions, key="19900000001")

    with unit_of_work(sessions) as session:
        stored = session.scalars(select(Throttle.key_hash)).all()

    assert len(stored) == 1
    assert "19900000001" not in stored[0]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("192.0.2.201", "192.0.2.0/24"),
        ("198.51.100.1", "198.51.100.0/24"),
        ("2001:db8:1:23ff::1", "2001:db8:1:2300::/56"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_neighbours_share_a_network(address: str, network: str) -> None:
    assert throttle.neighbourhood(address) == network
