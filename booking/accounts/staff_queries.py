"""Staff accounts and their resets as the administrator and the supervisor read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from booking.accounts.models import Account, AccountReset, Person, ResetOf, ResetState, SecondFactor
from booking.accounts.rules import DECIDE_WITHIN
from booking.kernel.actors import Role
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import AccountId, PersonId

MOST_DECIDED = 50


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """One account of somebody who works here."""

    account_id: AccountId
    person_id: PersonId
    name: str
    login: str
    role: Role
    is_closed: bool
    has_factor: bool


@dataclass(frozen=True, slots=True)
class ShownReset:
    """One reset with the names of all three."""

    id: int
    account_id: AccountId
    person_id: PersonId
    name: str
    login: str
    role: Role
    what: ResetOf
    state: ResetState
    reason: str
    proposed_by: PersonId
    proposer: str
    proposed_at: datetime
    decider: str | None  # None: not decided
    decided_at: datetime | None  # None: likewise

    @property
    def decide_until(self) -> datetime:
        """When the proposal is void by itself."""
        return self.proposed_at + DECIDE_WITHIN

    def is_open(self, now: datetime) -> bool:
        """Whether it still waits for the second person."""
        return self.state is ResetState.PROPOSED and now < self.decide_until


def staff_accounts(session: Session) -> Sequence[StaffAccount]:
    """Return every staff account, those in use first, by role and login."""
    return [_account(row) for row in session.execute(_accounts().order_by(*ORDER))]


def staff_account_shown(session: Session, account_id: AccountId) -> StaffAccount:
    """Return one staff account; raise `NotFoundError`."""
    row = session.execute(_accounts().where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _account(row)


def resets_shown(session: Session) -> Sequence[ShownReset]:
    """Return the newest resets, whatever became of them."""
    query = _resets().order_by(AccountReset.id.desc()).limit(MOST_DECIDED)
    return [ShownReset(*row) for row in session.execute(query)]


def reset_shown(session: Session, reset_id: int) -> ShownReset:
    """Return one reset; raise `NotFoundError`."""
    row = session.execute(_resets().where(AccountReset.id == reset_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return ShownReset(*row)


ORDER = (Account.disabled_at.is_not(None), Account.role, Account.login)


def _accounts() -> Select[*tuple[Any, ...]]:
    counts = SecondFactor.account_id == Account.id, SecondFactor.confirmed_at.is_not(None)
    columns = Account.id, Account.person_id, Person.name, Account.login, Account.role, Account.disabled_at
    return (
        select(*columns, SecondFactor.id)
        .join(Person, Account.person_id == Person.id)
        .outerjoin(SecondFactor, counts[0] & counts[1])
        .where(Account.role != Role.APPLICANT)
    )


def _account(row: Sequence[Any]) -> StaffAccount:
    account_id, person_id, name, login, role, disabled_at, factor_id = row
    return StaffAccount(account_id, person_id, name, login, role, disabled_at is not None, factor_id is not None)


def _resets() -> Select[*tuple[Any, ...]]:
    proposer, decider = aliased(Person), aliased(Person)
    return (
        select(
            AccountReset.id,
            AccountReset.account_id,
            AccountReset.person_id,
            Person.name,
            Account.login,
            Account.role,
            AccountReset.what,
            AccountReset.state,
            AccountReset.reason,
            AccountReset.proposed_by_person,
            proposer.name,
            AccountReset.proposed_at,
            decider.name,
            AccountReset.decided_at,
        )
        .join(Account, AccountReset.account_id == Account.id)
        .join(Person, AccountReset.person_id == Person.id)
        .join(proposer, AccountReset.proposed_by_person == proposer.id)
        .outerjoin(decider, AccountReset.decided_by_person == decider.id)
    )
