"""People and accounts as other folders read them."""

from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.kernel.db import keyring_of
from booking.kernel.errors import Language
from booking.kernel.ids import PersonId
from booking.notices.service import Recipient


def recipient(session: Session, person_id: PersonId) -> Recipient:
    """Return where the person's messages go, in which language."""
    person = session.get_one(Person, person_id)
    keyring = keyring_of(session)
    language: Language = "en" if person.language == "en" else "zh"
    email = keyring.open(person.email_sealed, column="person.email") if person.email_sealed else None
    return Recipient(person_id, keyring.open(person.phone_sealed, column="person.phone"), email, language)
