"""The drivers: a private file, the console, and real SMTP against a real server."""

import json
import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from booking.notices.senders import Console, FileOutbox, Senders, SmtpMail, build_senders, reason_of

SENDER = "noreply@example.invalid"


class Postbox:
    """Keeps what a mail server was given; refuses one recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[SmtpMail]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield SmtpMail("127.0.0.1", port, SENDER)
    controller.stop()


def test_mail_goes_by_smtp_with_a_chinese_subject_and_text(server: SmtpMail, postbox: Postbox) -> None:
    server.send_mail("ceshi@example.invalid", "预约成功：科目二", "请带身份证明原件。", key="notice-7")

    [mail] = postbox.mails
    assert mail["Subject"] == "预约成功：科目二"
    assert mail["To"] == "ceshi@example.invalid"
    assert mail["From"] == SENDER
    assert mail.get_content().strip() == "请带身份证明原件。"


def test_a_repeated_mail_bears_the_same_message_id(server: SmtpMail, postbox: Postbox) -> None:
    for _ in range(2):
        server.send_mail("ceshi@example.invalid", "预约成功", "正文", key="notice-7")

    assert [mail["Message-ID"] for mail in postbox.mails] == ["<notice-7@example.invalid>"] * 2


def test_a_refused_recipient_is_told_by_its_number_and_not_by_its_address(server: SmtpMail) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        server.send_mail("nobody@example.invalid", "预约成功", "正文", key="notice-7")

    assert reason_of(refused.value) == "SMTPRecipientsRefused 550"


def test_a_title_or_address_with_a_line_break_is_never_sent(server: SmtpMail, postbox: Postbox) -> None:
    with pytest.raises(ValueError, match="line"):
        server.send_mail("ceshi@example.invalid\nBcc: all@example.invalid", "预约成功", "正文", key="notice-7")

    assert postbox.mails == []


def test_a_mail_server_that_never_answers_is_left_after_the_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        driver = SmtpMail("127.0.0.1", silent.getsockname()[1], SENDER, seconds=0.1)

        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            driver.send_mail("ceshi@example.invalid", "预约成功", "正文", key="notice-7")


def test_without_a_gateway_messages_are_lines_of_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path / "outbox")

    outbox.send_sms("19900000001", "验证码 123456", key="notice-1")
    outbox.send_sms("19900000002", "预约成功", key="notice-2")

    path = tmp_path / "outbox" / "sms.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["text"] for line in lines] == ["验证码 123456", "预约成功"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_console_masks_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    Console().send_sms("19912345678", "验证码 123456", key="notice-1")

    assert capsys.readouterr().out == "[notice-1] 199****5678: 验证码 123456\n"


@pytest.mark.parametrize(("host", "kind"), [("", FileOutbox), ("mail.example.invalid", SmtpMail)])
def test_mail_goes_to_a_file_until_a_mail_server_is_named(host: str, kind: type, tmp_path: Path) -> None:
    senders = build_senders(sms="file", folder=tmp_path, smtp_host=host, smtp_port=25, mail_from=SENDER)

    assert isinstance(senders.mail, kind)
    assert isinstance(senders.sms, FileOutbox)


def test_text_messages_go_to_the_console_when_asked(tmp_path: Path) -> None:
    senders = build_senders(sms="console", folder=tmp_path, smtp_host="", smtp_port=25, mail_from="")

    assert isinstance(senders.sms, Console)


def test_a_text_message_names_the_office_once_in_front_and_a_letter_at_its_end() -> None:
    senders = Senders(Console(), FileOutbox(Path()), office="示例车管所", phone="0759-0000000")

    assert senders.text_message("验证码 123456") == "【示例车管所】验证码 123456"
    assert senders.letter("请带身份证明原件。") == "请带身份证明原件。\n\n示例车管所 0759-0000000"
