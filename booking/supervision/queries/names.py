"""What subjects of tallies are called: staff by name and login, everybody else by number."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person
from booking.kernel.actors import Role


@dataclass(frozen=True, slots=True)
class Named:
    """Whose account it is. An applicant's name is left out: it stands on no page of supervision."""

    role: Role
    name: str
    login: str


def named_accounts(session: Session, subjects: Collection[str]) -> Mapping[str, Named]:
    """Return the accounts among the subjects ("account:7"), by subject; one statement."""
    numbers = [int(one.partition(":")[2]) for one in subjects if one.startswith("account:")]
    query = (
        select(Account.id, Account.role, Person.name, Account.login)
        .join(Person, Person.id == Account.person_id)
        .where(Account.id.in_(numbers))
    )
    return {
        f"account:{id_}": Named(role, "" if role is Role.APPLICANT else name, login or "")
        for id_, role, name, login in (session.execute(query) if numbers else ())
    }
