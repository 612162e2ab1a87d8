"""How messages leave the house: to a file, to the console, or by SMTP. A gateway is one more class of this shape."""

import json
import os
import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from booking.kernel.identifiers import masked_mobile

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
# One conversation with a mail server takes up to eight waits; together they stay below the first back-off.
SMTP_SECONDS = 5.0


class TextSender(Protocol):
    """Sends text messages. `key` names the message for ever, so that a gateway can drop a repeated one."""

    def send_sms(self, phone: str, text: str, *, key: str) -> None:
        """Hand one message over, or raise; returning means it was accepted."""


class MailSender(Protocol):
    """Sends mail. `key` names the message for ever."""

    def send_mail(self, to: str, title: str, text: str, *, key: str) -> None:
        """Hand one message over, or raise; returning means it was accepted."""


@dataclass(frozen=True, slots=True)
class Senders:
    """The drivers of this installation, and how its messages are signed: text messages in front, mail at the end."""

    sms: TextSender
    mail: MailSender
    office: str = ""
    phone: str = ""

    def text_message(self, text: str) -> str:
        """Return what a telephone shows: 【office】 and the text, whose first sentence says what its title does."""
        return f"【{self.office}】{text}" if self.office else text

    def letter(self, text: str) -> str:
        """Return the body of a mail, signed with name and telephone of the office."""
        return f"{text}\n\n{self.office} {self.phone}".rstrip() if self.office else text


class FileOutbox:
    """Appends each message as one JSON line to a file that only its owner can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send_sms(self, phone: str, text: str, *, key: str) -> None:
        self._append("sms.jsonl", {"key": key, "phone": phone, "text": text})

    def send_mail(self, to: str, title: str, text: str, *, key: str) -> None:
        self._append("mail.jsonl", {"key": key, "to": to, "title": title, "text": text})

    def _append(self, name: str, message: dict[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        line = json.dumps(message, ensure_ascii=False) + "\n"
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            file.write(line.encode())  # one write, so that lines of two processes do not mix


class Console:
    """Writes each message to standard output, for trying things out; the number is masked."""

    def send_sms(self, phone: str, text: str, *, key: str) -> None:
        sys.stdout.write(f"[{key}] {masked_mobile(phone)}: {text}\n")
        sys.stdout.flush()


class SmtpMail:
    """Hands mail to an SMTP server, encrypted whenever the server offers it."""

    def __init__(self, host: str, port: int, sender: str, *, seconds: float = SMTP_SECONDS) -> None:
        self.host, self.port, self.sender, self.seconds = host, port, sender, seconds

    def send_mail(self, to: str, title: str, text: str, *, key: str) -> None:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = title
        message["Message-ID"] = f"<{key}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        with smtplib.SMTP(self.host, self.port, timeout=self.seconds) as server:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            server.send_message(message)


def build_senders(
    *, sms: str, folder: Path, smtp_host: str, smtp_port: int, mail_from: str, office: str = "", phone: str = ""
) -> Senders:
    """Return the drivers: `sms` is "file" or "console"; mail goes to `folder` unless an SMTP host is named."""
    outbox = FileOutbox(folder)
    mail = SmtpMail(smtp_host, smtp_port, mail_from) if smtp_host else outbox
    return Senders(Console() if sms == "console" else outbox, mail, office, phone)


def reason_of(failure: Exception) -> str:
    """Say why a message did not go, without its text or address: the kind of failure and the server's number."""
    code = getattr(failure, "smtp_code", None)
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        code = next(iter(failure.recipients.values()), (None,))[0]
    return type(failure).__name__ if code is None else f"{type(failure).__name__} {code}"
