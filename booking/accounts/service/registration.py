"""Registering: asking for a code, then opening the account with it.

Between the two steps the applicant waits in the browser's cookie, sealed; nothing is stored of somebody who
never comes back. Whether an identity has an account already is said to its owner and to nobody else.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from json import dumps, loads

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, CodePurpose, Person, SignInKind
from booking.accounts.queries import recipient
from booking.accounts.service import codes, people, throttle
from booking.accounts.service.signing_in import actor_of, open_sign_in
from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.db import conflicts_as
from booking.kernel.errors import ConflictError, Language, Wording
from booking.kernel.identifiers import IdDocument, IdType
from booking.kernel.ids import AccountId, PersonId, new_reference
from booking.kernel.secrets import Keyring
from booking.notices import service as notices
from booking.notices.service import Recipient

SEALED_AS = "registration.applicant"


class RegistrationRefusedError(ConflictError):
    """The phone is proved, and still the account cannot be opened here."""


class AlreadyRegisteredError(RegistrationRefusedError):
    """The identity has an account."""

    wording = Wording(
        "这个证件已经有账户了。请直接登录；忘记密码可以用短信验证码重新设置。",
        "There is an account for this document already. Please sign in; a forgotten password can be set anew.",
    )


class CounterNeededError(RegistrationRefusedError):
    """The office knows the person under another phone, so a person has to look at the document."""

    wording = Wording(
        "车管所登记的手机号与您填写的不一致，网上无法确认是您本人。请带身份证明原件到窗口办理，当场即可开通。",
        "The office has another mobile number for you, so we cannot tell on line that it is you. Please come to the"
        " counter with your original document; your account is opened on the spot.",
    )


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who is registering. The password is hashed already."""

    name: str
    document: IdDocument
    born_on: date
    phone: str
    password_hash: str
    language: Language

    def sealed(self, keyring: Keyring) -> str:
        """Return the applicant as text that only this installation can read."""
        return keyring.seal(dumps(asdict(self), default=str), column=SEALED_AS).hex()


def unsealed(keyring: Keyring, text: str) -> Applicant:
    """Return the applicant that was sealed."""
    content = loads(keyring.open(bytes.fromhex(text), column=SEALED_AS))
    document = IdDocument(IdType(content["document"]["kind"]), content["document"]["number"])
    born_on = date.fromisoformat(content["born_on"])
    return Applicant(**{**content, "document": document, "born_on": born_on})


def ask_to_register(session: Session, applicant: Applicant, *, address: str, now: datetime) -> None:
    """Send a code to the applicant's phone; raise `TooManyTriesError`.

    If the identity has an account, its owner gets a message instead, and the caller cannot tell the difference.
    """
    codes.allow(session, applicant.phone, address, now=now)
    person_id = people.person_by_identity(session, applicant.document)
    if person_id is not None and _has_account(session, person_id):
        _warn_owner(session, person_id, now)
    else:
        to = Recipient(None, applicant.phone, None, applicant.language)
        codes.send(session, to, CodePurpose.REGISTER, now=now)


def register(session: Session, applicant: Applicant, code: str, *, now: datetime) -> str | None:
    """Open the account and return the token of its first sign-in; None if the code is not the one that was sent.

    A record that the office made is claimed by whoever holds its phone. Raises `AlreadyRegisteredError`,
    `CounterNeededError` or `PhoneFullError`; then nothing is stored.
    The unit of work has to be committed when the answer is None, so that the try is counted.
    """
    if not codes.prove(session, applicant.phone, CodePurpose.REGISTER, code, now=now):
        return None
    person_id = people.person_by_identity(session, applicant.document)
    if person_id is None:
        people.refuse_full_phone(session, applicant.phone, besides=None, now=now)
        person_id = _add(session, applicant, now)
    else:
        _claim(session, person_id, applicant.phone, now)
    account_id = open_account(session, person_id, applicant.password_hash, now)
    facts = {"name": applicant.name}
    event = f"account {account_id} opened"
    notices.tell(session, recipient(session, person_id), "account_opened", event=event, facts=facts, now=now)
    return open_sign_in(session, account_id, SignInKind.WEB, now=now)


def _add(session: Session, applicant: Applicant, now: datetime) -> PersonId:
    try:
        return people.add_person(
            session,
            name=applicant.name,
            document=applicant.document,
            phone=applicant.phone,
            born_on=applicant.born_on,
            actor=SYSTEM,
            now=now,
            language=applicant.language,
            phone_proved_at=now,
        )
    except people.KnownPersonError as known:
        raise AlreadyRegisteredError from known  # the same form in another window was faster


def _claim(session: Session, person_id: PersonId, phone: str, now: datetime) -> None:
    if _has_account(session, person_id):
        raise AlreadyRegisteredError
    if not people.has_phone(session, person_id, phone):
        raise CounterNeededError
    people.refuse_full_phone(session, phone, besides=person_id, now=now)
    session.execute(update(Person).where(Person.id == person_id).values(phone_proved_at=now))


def open_account(session: Session, person_id: PersonId, password_hash: str, now: datetime) -> AccountId:
    """Open the applicant account of a person who is known; raise `AlreadyRegisteredError`."""
    account = insert(Account).values(
        person_id=person_id, role=Role.APPLICANT, password_hash=password_hash, epoch=1, created_at=now
    )
    with conflicts_as(
        {"uq_account_applicant": AlreadyRegisteredError, "uq_account_person_id": AlreadyRegisteredError}
    ):
        account_id = AccountId(session.execute(account.returning(Account.id)).scalar_one())
    actor = actor_of(session.get_one(Account, account_id))
    audit.record(session, "account registered", "account", account_id, actor=actor, now=now)
    return account_id


def _has_account(session: Session, person_id: PersonId) -> bool:
    query = select(Account.id).where(Account.person_id == person_id, Account.role == Role.APPLICANT)
    return session.scalar(query) is not None


def _warn_owner(session: Session, person_id: PersonId, now: datetime) -> None:
    if throttle.counted(session, throttle.WARNINGS_AN_HOUR, f"person {person_id}", now=now) is not None:
        return
    event = f"person {person_id} registered again {new_reference()}"
    notices.tell(session, recipient(session, person_id), "identity_in_use", event=event, facts={}, now=now)
