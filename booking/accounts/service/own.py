"""What people change on their own account: password and phone; and the way back in without a password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, CodePurpose, Person, SignInKind
from booking.accounts.queries import identity_hashes, own_data, recipient
from booking.accounts.rules import LEAST_APPLICANT
from booking.accounts.service import codes, people
from booking.accounts.service.passwords import hashed
from booking.accounts.service.signing_in import account_of, actor_of, end_every_sign_in, open_sign_in
from booking.audit import service as audit
from booking.kernel.actors import Actor, Role
from booking.kernel.db import keyring_of, rows_changed
from booking.kernel.errors import Language, NotAllowedError, NotFoundError
from booking.kernel.ids import AccountId, PersonId, new_reference
from booking.kernel.secrets import Keyring
from booking.notices import service as notices
from booking.notices.service import Recipient

FORGETFUL_AS, PHONE_AS = "reset.forgetful", "account.new_phone"


@dataclass(frozen=True, slots=True)
class Forgetful:
    """Who says they have forgotten their password: document number and phone, as they were typed."""

    number: str
    phone: str

    def sealed(self, keyring: Keyring) -> str:
        """Return the claim as text that only this installation can read."""
        return keyring.seal(f"{self.phone} {self.number}", column=FORGETFUL_AS).hex()


def unsealed_forgetful(keyring: Keyring, text: str) -> Forgetful:
    """Return the claim that was sealed."""
    phone, _, number = keyring.open(bytes.fromhex(text), column=FORGETFUL_AS).partition(" ")
    return Forgetful(number, phone)


def sealed_phone(keyring: Keyring, phone: str) -> str:
    """Return a phone that is still to be proved as text that only this installation can read."""
    return keyring.seal(phone, column=PHONE_AS).hex()


def unsealed_phone(keyring: Keyring, text: str) -> str:
    """Return the phone that was sealed."""
    return keyring.open(bytes.fromhex(text), column=PHONE_AS)


def change_password(session: Session, password_hash: str, *, actor: Actor, now: datetime) -> str:
    """Set the actor's password, end every sign-in, and return the token of the one that goes on."""
    account_id = account_of(actor)
    store_password(session, account_id, password_hash, "password changed", actor=actor, now=now)
    return open_sign_in(session, account_id, SignInKind.WEB, now=now)


def ask_to_change_phone(session: Session, phone: str, language: Language, *, address: str, now: datetime) -> None:
    """Send a code to the new phone; raise `TooManyTriesError`."""
    codes.allow(session, phone, address, now=now)
    codes.send(session, Recipient(None, phone, None, language), CodePurpose.CHANGE_PHONE, now=now)


def change_own_phone(session: Session, phone: str, code: str, *, actor: Actor, now: datetime) -> bool:
    """Change the actor's phone if the code came from it; raise `PhoneFullError`.

    The unit of work has to be committed when the answer is no, so that the try is counted.
    """
    if actor.person_id is None:
        raise NotAllowedError
    if not codes.prove(session, phone, CodePurpose.CHANGE_PHONE, code, now=now):
        return False
    people.change_phone(session, actor.person_id, phone, proved=True, actor=actor, now=now)
    return True


def ask_to_reset_password(session: Session, who: Forgetful, *, address: str, now: datetime) -> None:
    """Send a code if the document and the phone are one applicant's; the caller cannot tell whether they are."""
    codes.allow(session, who.phone, address, now=now)
    account = _applicant(session, who)
    if account is not None:
        to = recipient(session, PersonId(account.person_id))
        codes.send(session, to, CodePurpose.RESET_PASSWORD, now=now)


def reset_password(session: Session, who: Forgetful, code: str, password: str, *, now: datetime) -> bool:
    """Set a new password with the code that was sent, and end every sign-in; raise `WeakPasswordError`.

    It is hashed here, after the code, so that guessing codes keeps no processor busy. The unit of work has to be
    committed when the answer is no, so that the try is counted.
    """
    if not codes.prove(session, who.phone, CodePurpose.RESET_PASSWORD, code, now=now):
        return False
    account = _applicant(session, who)
    if account is None:
        return False
    actor = actor_of(account)
    names = (own_data(session, PersonId(account.person_id)).name,)
    password_hash = hashed(password, least=LEAST_APPLICANT, names=names, numbers=(who.phone, who.number))
    store_password(session, AccountId(account.id), password_hash, "password reset", actor=actor, now=now)
    return True


def store_password(
    session: Session, account_id: AccountId, password_hash: str, act: str, *, actor: Actor, now: datetime
) -> None:
    """Set the password, end every sign-in, log `act`, tell the person; `NotFoundError` for a closed account."""
    stored = update(Account).where(Account.id == account_id, Account.disabled_at.is_(None))
    if rows_changed(session, stored.values(password_hash=password_hash)) != 1:
        raise NotFoundError
    end_every_sign_in(session, account_id)
    session.expire_all()  # the epoch has just been raised by a statement
    audit.record(session, act, "account", account_id, actor=actor, now=now)
    account = session.get_one(Account, account_id)
    event = f"account {account_id} {act} {new_reference()}"
    to = recipient(session, PersonId(account.person_id))
    notices.tell(session, to, "password_changed", event=event, facts={"at": now}, now=now)


def _applicant(session: Session, who: Forgetful) -> Account | None:
    query = (
        select(Account)
        .join(Person, Account.person_id == Person.id)
        .where(
            Account.role == Role.APPLICANT,
            Account.disabled_at.is_(None),
            Person.identity_hash.in_(list(identity_hashes(session, who.number))),
            Person.phone_hash == keyring_of(session).digest(who.phone, column="person.phone"),
        )
        .order_by(Account.id)
    )
    return session.scalars(query).first()
