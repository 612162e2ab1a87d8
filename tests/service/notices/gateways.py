"""Gateways for the tests of sending: each keeps what it accepted, and fails as real ones do."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert

from booking.kernel.db import Sessions, keyring_of, unit_of_work
from booking.notices.models import Channel, Notice
from booking.notices.senders import Senders

PHONE, ADDRESS = "19900000001", "ceshi@example.invalid"


class Death(BaseException):
    """The process ends here: nothing of it runs any more."""


@dataclass
class Gateway:
    """Takes text messages and mail. `fails` is raised, before or after the message was accepted."""

    fails: BaseException | None = None
    after_accepting: bool = False
    accepted: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0

    def send_sms(self, phone: str, text: str, *, key: str) -> None:
        self._take(key, text)

    def send_mail(self, to: str, title: str, text: str, *, key: str) -> None:
        self._take(key, f"{title}\n{text}")

    def _take(self, key: str, text: str) -> None:
        self.asked += 1
        if self.fails is not None and not self.after_accepting:
            raise self.fails
        self.accepted.append((key, text))
        if self.fails is not None:
            raise self.fails

    @property
    def senders(self) -> Senders:
        return Senders(sms=self, mail=self, office="测试车管所", phone="0759-0000000")


def written(sessions: Sessions, channel: Channel, count: int = 1, *, now: datetime) -> None:
    """Write messages that are due now."""
    with unit_of_work(sessions) as session:
        seal = keyring_of(session).seal
        rows = [
            {
                "event": f"{channel.value} {number}",
                "channel": channel,
                "person_id": None,
                "template": "booking_confirmed",
                "title": f"标题{number}",
                "address_sealed": seal(PHONE if channel is Channel.SMS else ADDRESS, column="notice.address"),
                "text_sealed": seal(f"正文{number}", column="notice.text"),
                "created_at": now,
                "due_at": now,
                "tries": 0,
                "failure": "",
            }
            for number in range(count)
        ]
        session.execute(insert(Notice), rows)
