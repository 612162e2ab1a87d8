"""Somebody who registers, and the text messages that were sent."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from booking.accounts.service.registration import Applicant
from booking.kernel.db import Sessions, reading
from booking.kernel.identifiers import IdDocument, IdType
from booking.kernel.secrets import Keyring
from booking.notices.models import Notice
from tests.factories import resident_id

Texts = Callable[[str], list[str]]
MakeApplicant = Callable[..., Applicant]


@pytest.fixture
def applicant() -> MakeApplicant:
    def make(number: int = 1, *, phone: str = "19900000001", name: str = "测试甲") -> Applicant:
        document = IdDocument(IdType.RESIDENT, resident_id(number, born_on=date(1999, 9, 9)))
        return Applicant(name, document, date(1999, 9, 9), phone, "!", "zh")

    return make


@pytest.fixture
def texts(sessions: Sessions, keyring: Keyring) -> Texts:
    """Return the texts sent to a phone, the oldest first."""

    def sent(phone: str) -> list[str]:
        with reading(sessions) as session:
            rows = session.scalars(select(Notice).where(Notice.address_sealed.is_not(None)).order_by(Notice.id))
            return [
                keyring.open(row.text_sealed, column="notice.text")
                for row in rows
                if row.address_sealed and keyring.open(row.address_sealed, column="notice.address") == phone
            ]

    return sent


@pytest.fixture
def code_sent(texts: Texts) -> Callable[[str], str]:
    """Return the newest code sent to a phone."""

    def newest(phone: str) -> str:
        found = re.search(r"\d{6}", texts(phone)[-1])
        assert found is not None, "the newest text bears no code"
        return found[0]

    return newest
