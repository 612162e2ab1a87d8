"""Sealing, blind indexes, key files, tokens and codes."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.secrets import (
    Keyring,
    UnfitKeysError,
    new_code,
    new_keyring,
    new_token,
    read_keyring,
    token_hash,
    write_keyring,
)

KEYS = new_keyring()


@given(st.text(max_size=100))
def test_what_was_sealed_can_be_opened(text: str) -> None:
    assert KEYS.open(KEYS.seal(text, column="person.phone"), column="person.phone") == text


def test_sealing_twice_gives_two_texts() -> None:
    assert KEYS.seal("19900000042", column="person.phone") != KEYS.seal("19900000042", column="person.phone")


def test_what_was_sealed_for_one_column_does_not_open_in_another() -> None:
    with pytest.raises(UnfitKeysError):
        KEYS.open(KEYS.seal("19900000042", column="person.phone"), column="person.id_number")


@pytest.mark.parametrize("place", [3, 10, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(KEYS.seal("19900000042", column="person.phone"))
    sealed[place] ^= 1

    with pytest.raises(UnfitKeysError):
        KEYS.open(bytes(sealed), column="person.phone")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = KEYS.seal("19900000042", column="person.phone")
    rotated = replace(KEYS, sealing={**KEYS.sealing, "k2": new_keyring().sealing["k1"]})

    assert rotated.open(old, column="person.phone") == "19900000042"
    assert rotated.seal("19900000042", column="person.phone").startswith(b"k2:")


def test_without_its_key_nothing_opens() -> None:
    sealed = KEYS.seal("19900000042", column="person.phone")

    with pytest.raises(UnfitKeysError):
        replace(KEYS, sealing={"k9": KEYS.sealing["k1"]}).open(sealed, column="person.phone")


def test_a_blind_index_is_the_same_each_time_and_another_for_each_column_and_key() -> None:
    one = KEYS.digest("19900000042", column="person.phone")

    assert one == KEYS.digest("19900000042", column="person.phone")
    assert re.fullmatch(r"[0-9a-f]{64}", one)
    assert one != KEYS.digest("19900000043", column="person.phone")
    assert one != KEYS.digest("19900000042", column="person.identity")
    assert one != new_keyring().digest("19900000042", column="person.phone")


def test_the_key_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    write_keyring(KEYS, path)

    assert read_keyring(path) == KEYS
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    write_keyring(KEYS, tmp_path / "keys.json")

    with pytest.raises(FileExistsError):
        write_keyring(new_keyring(), tmp_path / "keys.json")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_keyring(KEYS, path)
    path.chmod(0o644)

    with pytest.raises(UnfitKeysError, match="chmod 600"):
        read_keyring(path)


def _content(keyring: Keyring = KEYS) -> dict[str, object]:
    sealing = {key_id: key.hex() for key_id, key in keyring.sealing.items()}
    return {"signing": keyring.signing.hex(), "index": keyring.index.hex(), "sealing": sealing}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        json.dumps({**_content(), "signing": "00" * 32}),  # a placeholder
        json.dumps({**_content(), "index": KEYS.index.hex()[:-2]}),  # short
        json.dumps({**_content(), "sealing": {}}),
        json.dumps({**_content(), "sealing": []}),
        json.dumps({**_content(), "signing": "not hex"}),
    ],
)
def test_unfit_keys_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(content)

    with pytest.raises(UnfitKeysError):
        read_keyring(path)


def test_missing_keys_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnfitKeysError, match="booking init"):
        read_keyring(tmp_path / "keys.json")


def test_tokens_are_long_and_only_their_hash_is_stored() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) >= 43 for token in tokens)
    assert not tokens & {token_hash(token) for token in tokens}


def test_a_code_is_six_digits_with_its_leading_noughts() -> None:
    assert all(re.fullmatch(r"\d{6}", new_code()) for _ in range(1000))
