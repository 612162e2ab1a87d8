"""Settings from the environment: built once, frozen, checked, each complaint with what to do about it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SMS_DRIVERS = ("file", "console")
DATABASES = ("sqlite", "postgresql")


class ConfigurationError(Exception):
    """The process cannot start; the text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Every default is safe in production."""

    data: Path
    database_url: str
    key_file: Path
    port: int
    is_demo: bool
    proxy_hops: int
    sms: str
    smtp_host: str
    smtp_port: int
    mail_from: str
    drand_mirrors: tuple[str, ...]
    office_zh: str
    office_en: str
    office_phone: str

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over TLS only, except in the demo city on loopback."""
        return not self.is_demo


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raise `ConfigurationError` with the first thing that is wrong."""
    data = Path(environment.get("BOOKING_DATA", "data")).absolute()
    host, _, smtp_port = environment.get("BOOKING_SMTP", "").partition(":")
    settings = Settings(
        data=data,
        database_url=_database_url(environment.get("DATABASE_URL") or f"sqlite:///{data / 'booking.db'}"),
        key_file=Path(environment.get("BOOKING_KEYS") or data / "keys.json").absolute(),
        port=_whole(environment, "PORT", 8000, 1, 65535),
        is_demo=_yes_or_no(environment, "BOOKING_DEMO"),
        proxy_hops=_whole(environment, "BOOKING_PROXY_HOPS", 0, 0, 5),
        sms=environment.get("BOOKING_SMS", "file"),
        smtp_host=host,
        smtp_port=_whole({"BOOKING_SMTP": smtp_port or "25"}, "BOOKING_SMTP", 25, 1, 65535),
        mail_from=environment.get("BOOKING_MAIL_FROM", ""),
        drand_mirrors=tuple(environment.get("BOOKING_DRAND", "").split()),
        office_zh=environment.get("BOOKING_OFFICE", "湛江市车辆管理所"),
        office_en=environment.get("BOOKING_OFFICE_EN", "Zhanjiang Vehicle Office"),
        office_phone=environment.get("BOOKING_OFFICE_PHONE", "0759-0000000"),
    )
    if settings.sms not in SMS_DRIVERS:
        raise ConfigurationError(f"E05 BOOKING_SMS is {settings.sms!r}; use one of: {', '.join(SMS_DRIVERS)}.")
    if settings.smtp_host and "@" not in settings.mail_from:
        raise ConfigurationError("E06 BOOKING_SMTP is set without a sender; set BOOKING_MAIL_FROM to an address.")
    if not all(mirror.startswith("https://") for mirror in settings.drand_mirrors):
        raise ConfigurationError("E09 BOOKING_DRAND names a mirror without https; write https addresses with spaces.")
    return settings


def prepare_data_folder(settings: Settings) -> None:
    """Make the data folder, readable by its owner only; raise `ConfigurationError` if it cannot be written."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = settings.data / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as failure:
        raise ConfigurationError(
            f"E02 The data folder {settings.data} cannot be written ({failure.strerror});"
            " set BOOKING_DATA to one that can."
        ) from failure


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError as failure:
        raise ConfigurationError(
            "E03 DATABASE_URL is not an address; write postgresql://user:password@host/database."
        ) from failure
    if url.get_backend_name() not in DATABASES:
        raise ConfigurationError("E03 DATABASE_URL names another kind of database; use postgresql:// or sqlite:///.")
    return text


def _whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name, "") or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ConfigurationError(f"E04 {name} is {text!r}; set it to a whole number from {least} to {most}.")
    return int(text)


def _yes_or_no(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "") or "0"
    if text not in ("0", "1"):
        raise ConfigurationError(f"E04 {name} is {text!r}; set it to 1 for the demo city, or leave it out.")
    return text == "1"
