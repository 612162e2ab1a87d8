"""The second factor of staff: set up by a code, each code good once, ten codes on paper, tries counted."""

from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import select

from booking.accounts.models import Account, SecondFactor, SignIn, SignInKind
from booking.accounts.queries import LiveSignIn, live_sign_in
from booking.accounts.service import factor, passwords, second_step, signing_in
from booking.accounts.service.second_step import SetUp
from booking.accounts.service.throttle import TooManyTriesError
from booking.accounts.views import door
from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.errors import NotAllowedError
from tests import factories
from tests.conftest import NOW

PASSWORD = "a calm grey road"
HASH = passwords.hashed(PASSWORD, least=8)
STEP = timedelta(seconds=30)


def clerk(sessions: Sessions, role: Role = Role.APPROVER) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, role, login="wang", password_hash=HASH)


def enter(sessions: Sessions, kind: SignInKind = SignInKind.WEB) -> str | None:
    return door.enter(sessions, "wang", PASSWORD, kind=kind, address="192.0.2.1", now=NOW)


def between(sessions: Sessions, token: str | None = None) -> LiveSignIn:
    """Return what stands open after the password."""
    with reading(sessions) as session:
        live = live_sign_in(session, token or enter(sessions) or "", SignInKind.BETWEEN, now=NOW)
    assert live is not None, "the password alone let somebody in, or nobody"
    return live


def app_of(sessions: Sessions, step: LiveSignIn) -> TOTP:
    """Return the app into which the key of this step was put."""
    with reading(sessions) as session:
        return TOTP(factor.key_being_set_up(session, step.sign_in_id) or "")


def set_up(sessions: Sessions) -> tuple[TOTP, SetUp]:
    """Set a second factor up, with a code of the step before: the next ones are still to be used."""
    step = between(sessions)
    app = app_of(sessions, step)
    with unit_of_work(sessions) as session:
        done = second_step.set_up(session, step, app.at(NOW - STEP), now=NOW)
    assert done is not None
    return app, done


def code_enters(sessions: Sessions, code: str, step: LiveSignIn | None = None) -> bool:
    step = step or between(sessions)
    with unit_of_work(sessions) as session:
        return second_step.enter_with_code(session, step, code, now=NOW) is not None


def is_in(sessions: Sessions, token: str | None) -> bool:
    with reading(sessions) as session:
        return live_sign_in(session, token or "", SignInKind.WEB, now=NOW) is not None


def acts(sessions: Sessions) -> list[str]:
    with reading(sessions) as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    ("setting", "role", "is_asked"),
    [
        ("", Role.STATION, True),  # by default all staff
        ("office", Role.STATION, False),
        ("office", Role.COUNTER, True),
        ("rules", Role.COUNTER, False),
        ("rules", Role.SUPERVISOR, True),
        ("nobody", Role.SUPERVISOR, False),
        ("", Role.APPLICANT, False),
    ],
)
def test_the_office_says_which_roles_need_one(sessions: Sessions, setting: str, role: Role, is_asked: bool) -> None:
    with unit_of_work(sessions) as session:
        if setting:
            factories.setting(session, factor.SETTING, setting)
        who = factories.account(session, role, site_id=factories.site_for(session, role))
        account = session.get_one(Account, signing_in.account_of(who))

        assert factor.is_due(session, account, now=NOW) is is_asked


def test_a_password_alone_opens_nothing_but_the_next_step(sessions: Sessions) -> None:
    clerk(sessions)

    token = enter(sessions)

    assert not is_in(sessions, token)
    assert between(sessions, token).role is Role.APPROVER


def test_a_code_from_the_app_sets_it_up_and_lets_one_in(sessions: Sessions) -> None:
    clerk(sessions)
    elsewhere = between(sessions)

    _, done = set_up(sessions)

    assert is_in(sessions, done.token)
    assert len(set(done.recovery_codes)) == factor.RECOVERY_CODES
    with reading(sessions) as session:
        assert factor.key_being_set_up(session, elsewhere.sign_in_id) is None
        assert session.scalars(select(SecondFactor.sign_in_id)).all() == [None]


def test_a_key_counts_for_nothing_before_a_code_of_it_came_back(sessions: Sessions) -> None:
    clerk(sessions)
    step = between(sessions)
    app = app_of(sessions, step)

    with unit_of_work(sessions) as session:
        assert second_step.set_up(session, step, wrong(app), now=NOW) is None

    assert not code_enters(sessions, app.at(NOW), step)
    with reading(sessions) as session:
        assert not factor.has_factor(session, step.account_id)


def test_the_key_is_shown_in_the_sign_in_it_was_made_for_and_in_no_other(sessions: Sessions) -> None:
    clerk(sessions)

    one, other = between(sessions), between(sessions)

    assert app_of(sessions, one).secret != app_of(sessions, other).secret


def test_a_code_is_used_once_and_none_before_it_counts(sessions: Sessions) -> None:
    clerk(sessions)
    app, _ = set_up(sessions)

    assert code_enters(sessions, app.at(NOW + STEP))
    assert not code_enters(sessions, app.at(NOW + STEP))
    assert not code_enters(sessions, app.at(NOW))


def test_a_clock_may_be_off_by_half_a_minute_and_no_more(sessions: Sessions) -> None:
    clerk(sessions)
    app, _ = set_up(sessions)

    assert not code_enters(sessions, app.at(NOW + 2 * STEP))
    assert code_enters(sessions, app.at(NOW))


def test_one_step_in_between_opens_one_sign_in(sessions: Sessions) -> None:
    clerk(sessions)
    app, done = set_up(sessions)
    step = between(sessions)

    assert code_enters(sessions, app.at(NOW), step)
    with unit_of_work(sessions) as session:
        assert second_step.enter_with_recovery_code(session, step, done.recovery_codes[0], now=NOW) is None


def test_a_recovery_code_stands_for_the_phone_once(sessions: Sessions) -> None:
    clerk(sessions)
    _, done = set_up(sessions)
    as_written = done.recovery_codes[3].lower().replace("-", " ")

    def recovers(code: str) -> bool:
        step = between(sessions)
        with unit_of_work(sessions) as session:
            return second_step.enter_with_recovery_code(session, step, code, now=NOW) is not None

    assert recovers(as_written)
    assert not recovers(done.recovery_codes[3])
    assert recovers(done.recovery_codes[4])
    assert acts(sessions).count("recovery code used") == 2


def test_the_sixth_wrong_code_is_not_even_looked_at(sessions: Sessions) -> None:
    clerk(sessions)
    app, _ = set_up(sessions)
    step = between(sessions)

    for _ in range(5):
        assert not code_enters(sessions, wrong(app), step)

    with pytest.raises(TooManyTriesError):
        code_enters(sessions, app.at(NOW), step)
    assert acts(sessions).count("second factor refused") == 5


def test_a_program_gets_no_token_for_a_password_where_a_second_factor_is_due(sessions: Sessions) -> None:
    clerk(sessions)

    with pytest.raises(signing_in.SecondFactorDueError):
        enter(sessions, SignInKind.API)


def test_setting_up_another_ends_every_sign_in_and_the_old_app_counts_no_more(sessions: Sessions) -> None:
    wang = clerk(sessions)
    app, first = set_up(sessions)
    with unit_of_work(sessions) as session:
        refused = second_step.begin_anew(session, wrong(app), actor=wang, now=NOW)
        token = second_step.begin_anew(session, app.at(NOW), actor=wang, now=NOW)
    assert refused is None
    step = between(sessions, token)
    new = app_of(sessions, step)

    with unit_of_work(sessions) as session:
        done = second_step.set_up(session, step, new.at(NOW), now=NOW)

    assert done is not None
    assert is_in(sessions, done.token)
    assert not is_in(sessions, first.token)
    assert not code_enters(sessions, app.at(NOW + STEP))
    with reading(sessions) as session:
        assert factor.recovery_codes_left(session, step.account_id) == factor.RECOVERY_CODES


def test_whoever_books_for_themselves_has_no_second_factor(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        learner = factories.account(session)

    with unit_of_work(sessions) as session, pytest.raises(NotAllowedError):
        second_step.begin_anew(session, "", actor=learner, now=NOW)


def test_neither_key_nor_codes_stand_in_the_database_in_clear(sessions: Sessions) -> None:
    clerk(sessions)
    app, done = set_up(sessions)

    with reading(sessions) as session:
        stored = session.scalars(select(SecondFactor.secret_sealed)).one()
        assert app.secret.encode() not in stored
        assert keyring_of(session).open(stored, column=factor.SEALED_AS) == app.secret
        dump = " ".join(str(row) for row in session.connection().exec_driver_sql("SELECT * FROM recovery_code"))
    assert not any(code in dump or code.replace("-", "") in dump for code in done.recovery_codes)


def test_what_stands_in_between_ends_by_itself(sessions: Sessions) -> None:
    clerk(sessions)
    token = enter(sessions) or ""

    with reading(sessions) as session:
        late = live_sign_in(session, token, SignInKind.BETWEEN, now=NOW + signing_in.BETWEEN_LASTS)
        assert late is None
        assert session.scalar(select(SignIn.kind)) is SignInKind.BETWEEN


def wrong(app: TOTP) -> str:
    """Return six digits that are no code of now."""
    near = {app.at(NOW + number * STEP) for number in range(-2, 3)}
    return next(code for code in ("111111", "222222", "333333", "444444", "555555", "666666") if code not in near)
