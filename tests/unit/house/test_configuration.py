"""A wrong configuration stops the start with one line that says what to do."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from booking.cli import main
from booking.kernel.secrets import UnfitKeysError, new_keyring, read_keyring, write_keyring
from config import ConfigurationError, read_settings

GOOD_KEY = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"DATABASE_URL": "not an address"}, "E03"),
        ({"DATABASE_URL": "mysql://root@localhost/booking"}, "E03"),
        ({"PORT": "eighty"}, "E04"),
        ({"PORT": "0"}, "E04"),
        ({"PORT": "65536"}, "E04"),
        ({"BOOKING_DEMO": "yes"}, "E04"),
        ({"BOOKING_PROXY_HOPS": "-1"}, "E04"),
        ({"BOOKING_SMTP": "mail.invalid:x", "BOOKING_MAIL_FROM": "a@b.invalid"}, "E04"),
        ({"BOOKING_SMS": "pigeon"}, "E05"),
        ({"BOOKING_SMTP": "mail.invalid"}, "E06"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(variables: dict[str, str], code: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_settings(variables)

    said = str(refused.value)
    assert said.startswith(code)
    assert "\n" not in said
    assert any(name in said for name in variables)


def test_the_defaults_are_safe_in_production() -> None:
    settings = read_settings({})

    assert settings.secure_cookies
    assert not settings.is_demo
    assert settings.database_url.startswith("sqlite:///")


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        json.dumps({"signing": GOOD_KEY}),
        json.dumps({"signing": GOOD_KEY, "index": GOOD_KEY, "sealing": {}}),
        json.dumps({"signing": "00" * 32, "index": GOOD_KEY, "sealing": {"k1": GOOD_KEY}}),  # a placeholder
        json.dumps({"signing": GOOD_KEY[:20], "index": GOOD_KEY, "sealing": {"k1": GOOD_KEY}}),  # short
    ],
)
def test_unfit_keys_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(UnfitKeysError):
        read_keyring(path)


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_keyring(new_keyring(), path)
    path.chmod(0o644)

    with pytest.raises(UnfitKeysError, match="chmod 600"):
        read_keyring(path)


def test_keys_are_written_once_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keyring = new_keyring()

    write_keyring(keyring, path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert read_keyring(path) == keyring
    with pytest.raises(FileExistsError):
        write_keyring(new_keyring(), path)


@pytest.mark.parametrize("command", [["serve"], ["scheduler"], ["check"], ["run-job", "release-seats"]])
def test_no_command_starts_before_booking_init(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("BOOKING_DATA", str(tmp_path))

    answer = CliRunner().invoke(main, command)

    assert answer.exit_code == 1
    assert "booking init" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_an_older_schema_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKING_DATA", str(tmp_path))
    write_keyring(new_keyring(), tmp_path / "keys.json")

    answer = CliRunner().invoke(main, ["check"])

    assert (answer.exit_code, answer.stderr.split()[0]) == (1, "E08")


def test_a_folder_that_cannot_be_written_stops_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BOOKING_DATA", str(tmp_path / "file" / "data"))

    answer = CliRunner().invoke(main, ["init"])

    assert (answer.exit_code, answer.stderr.split()[0]) == (1, "E02")


def test_an_unreachable_database_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKING_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    write_keyring(new_keyring(), tmp_path / "keys.json")

    answer = CliRunner().invoke(main, ["check"])

    assert (answer.exit_code, answer.stderr.split()[0]) == (1, "E07")


def test_init_twice_is_init_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKING_DATA", str(tmp_path))
    monkeypatch.setenv("BOOKING_ADMIN_LOGIN", "first")
    monkeypatch.setenv("BOOKING_ADMIN_NAME", "测试管理员")
    monkeypatch.setenv("BOOKING_ADMIN_PASSWORD", "windmill-lantern-7")

    answers = [CliRunner().invoke(main, ["init"]) for _ in range(2)]

    assert [answer.exit_code for answer in answers] == [0, 0]
    assert CliRunner().invoke(main, ["check"]).exit_code == 0
