"""Whoever reads a code over a shoulder is not let in beside its owner: a code counts once, however many send it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pyotp import TOTP
from sqlalchemy import select, update

from booking.accounts.models import Account, SecondFactor, SignInKind
from booking.accounts.queries import live_sign_in
from booking.accounts.service import factor, signing_in
from booking.accounts.service.looking import Page, note_look
from booking.audit.queries import Sought, entries
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import AccountId
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.race
BROWSERS = 8


def together(act: Callable[[int], bool], count: int = BROWSERS) -> int:
    """Let so many threads act, all starting together; return how often the answer was yes."""
    start = Barrier(count)

    def one(number: int) -> bool:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(one, range(count)))


@pytest.fixture
def clerk(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.APPROVER)


@pytest.fixture
def enrolled(sessions: Sessions, clerk: Actor) -> tuple[AccountId, TOTP, list[str]]:
    """An account with a second factor, its app, and its recovery codes."""
    with unit_of_work(sessions) as session:
        account = session.get_one(Account, clerk.account_id)
        token = signing_in.open_between(session, account, is_setting_up=True, now=NOW)
        step = live_sign_in(session, token, SignInKind.BETWEEN, now=NOW)
        assert step is not None
        app = TOTP(factor.key_being_set_up(session, step.sign_in_id) or "")
        codes = factor.confirm(session, step.account_id, step.sign_in_id, app.at(NOW, counter_offset=-1), now=NOW)
        assert codes is not None
    return step.account_id, app, list(codes)


def test_one_code_sent_by_many_browsers_at_once_counts_once(
    sessions: Sessions, enrolled: tuple[AccountId, TOTP, list[str]]
) -> None:
    account_id, app, codes = enrolled

    def send_code(number: int) -> bool:
        with unit_of_work(sessions) as session:
            return factor.use_code(session, account_id, app.at(NOW), now=NOW)

    def send_recovery_code(number: int) -> bool:
        with unit_of_work(sessions) as session:
            return factor.use_recovery_code(session, account_id, codes[0], now=NOW)

    assert together(send_code) == 1
    assert together(send_recovery_code) == 1


def test_the_race_is_real_without_the_claim(sessions: Sessions, enrolled: tuple[AccountId, TOTP, list[str]]) -> None:
    """Control: look which step was used last, then write the new one. The same code lets two in."""
    _, app, _ = enrolled
    both_have_looked = Barrier(2)

    def check_then_act(number: int) -> bool:
        step = app.timecode(NOW)
        with reading(sessions) as session:
            last = session.scalars(select(SecondFactor.last_step)).one()
        both_have_looked.wait()
        with unit_of_work(sessions) as session:
            session.execute(update(SecondFactor).values(last_step=step))
        return last < step

    assert together(check_then_act, 2) == 2


def test_a_page_opened_in_many_windows_at_once_is_logged_once(sessions: Sessions, clerk: Actor) -> None:
    def open_page(number: int) -> bool:
        with unit_of_work(sessions) as session:
            note_look(session, Page.LEARNER, 7, actor=clerk, now=NOW)
        return True

    together(open_page)

    with reading(sessions) as session:
        assert len(entries(session, Sought(act=Page.LEARNER))) == 1
