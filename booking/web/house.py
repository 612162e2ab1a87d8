"""What every view reaches for: sessions, the hour, the signed-in person."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from flask_login import UserMixin, current_user

from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.clock import Clock
from booking.kernel.db import Sessions
from booking.kernel.errors import Language, NotAllowedError, Wording
from booking.kernel.ids import AccountId, PersonId, SiteId
from booking.web.words import ROLES

HOURS = Wording("周一至周五 08:30–12:00，14:30–17:30", "Mon–Fri 08:30–12:00, 14:30–17:30")


@dataclass(frozen=True, slots=True)
class Office:
    """The office whose pages these are."""

    name: Wording
    phone: str
    hours: Wording = HOURS


@dataclass(frozen=True, slots=True)
class House:
    """What the application was built with."""

    sessions: Sessions
    clock: Clock
    office: Office
    is_demo: bool


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):
    """The person behind this request. `token` opens the sign-in on the server and never leaves the cookie."""

    token: str
    sign_in_id: int
    account_id: AccountId
    person_id: PersonId
    role: Role
    site_id: SiteId | None
    name: str
    masked_phone: str
    language: Language
    expires_at: datetime
    ends_at: datetime  # earlier than `expires_at` where a sign-in without work ends before

    def get_id(self) -> str:
        return self.token

    @property
    def role_label(self) -> str:
        return str(ROLES[self.role.value])

    @property
    def actor(self) -> Actor:
        return Actor(self.account_id, self.person_id, self.role, self.site_id)


def house() -> House:
    """Return what the application was built with."""
    built: House = current_app.extensions["house"]
    return built


def sessions() -> Sessions:
    """Return the sessions of this application."""
    return house().sessions


def now() -> datetime:
    """Return the present instant, in UTC."""
    return house().clock.now()


def today() -> date:
    """Return the present day at the office."""
    return local_day(now())


def me() -> SignedIn:
    """Return who is signed in; raise `NotAllowedError` if nobody is (the guard comes first)."""
    if not isinstance(current_user._get_current_object(), SignedIn):
        raise NotAllowedError
    signed_in: SignedIn = current_user._get_current_object()
    return signed_in


def actor() -> Actor:
    """Return the signed-in account as an actor."""
    return me().actor
