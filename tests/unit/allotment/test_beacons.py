"""Public random values from outside: which drand round, which answers are trusted, and which numbers a draw gives."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import IncompleteRead
from urllib.error import URLError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.allotment.beacons import (
    CHAIN,
    GENESIS,
    PERIOD,
    DoubtfulValueError,
    build_beacons,
    demo_value,
    drand_round,
    drand_value,
)
from booking.allotment.errors import WrongValueError
from booking.allotment.service.beacons import drawn_numbers

HOUR = datetime(2026, 12, 4, 13, 30, tzinfo=UTC)
NUMBER = drand_round(HOUR)
SIGNATURE = bytes(range(48))
RANDOMNESS = hashlib.sha256(SIGNATURE).hexdigest()
OTHER = bytes(48)
MIRRORS = ("https://one.example", "https://two.example/", "https://three.example")
START = datetime.fromtimestamp(GENESIS, UTC)


def answer(**changed: object) -> bytes:
    """Return what an honest mirror answers, but for what is changed; None leaves a field out."""
    value = {"round": NUMBER, "randomness": RANDOMNESS, "signature": SIGNATURE.hex(), **changed}
    return json.dumps({key: item for key, item in value.items() if item is not None}).encode()


def mirrors(*answers: bytes | Exception) -> Callable[[str], bytes]:
    """Return a network of mirrors with these answers, in their order."""
    waiting = list(answers)

    def get(url: str) -> bytes:
        assert url.endswith(f".example/{CHAIN}/public/{NUMBER}")
        found = waiting.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    return get


def value_of(*answers: bytes | Exception) -> str | None:
    return drand_value(MIRRORS[: len(answers)], "hash", HOUR, get=mirrors(*answers))


@pytest.mark.parametrize(
    ("seconds", "number"),
    [
        (-86_400, 1),  # before the chain began there is no earlier round
        (0, 1),
        (1, 2),
        (2, 2),
        (3, 2),
        (4, 3),
        (PERIOD * 1_000_000, 1_000_001),
        (PERIOD * 1_000_000 + 1, 1_000_002),
    ],
)
def test_the_round_is_the_first_at_or_after_the_instant(seconds: int, number: int) -> None:
    assert drand_round(START + timedelta(seconds=seconds)) == number


@given(st.integers(min_value=0, max_value=10**9))
def test_no_earlier_round_would_do(seconds: int) -> None:
    at = START + timedelta(seconds=seconds)
    comes = START + timedelta(seconds=(drand_round(at) - 1) * PERIOD)

    assert timedelta(0) <= comes - at < timedelta(seconds=PERIOD)


def test_a_value_that_two_mirrors_give_alike_is_taken() -> None:
    assert value_of(answer(), answer()) == RANDOMNESS
    assert value_of(answer(), answer(), answer()) == RANDOMNESS
    assert value_of(URLError("down"), answer(), answer()) == RANDOMNESS


def test_the_only_mirror_of_an_installation_is_enough() -> None:
    assert value_of(answer()) == RANDOMNESS


@pytest.mark.parametrize(
    "failure", [URLError("down"), TimeoutError(), ConnectionResetError(), IncompleteRead(b"{"), OSError()]
)
def test_while_fewer_than_two_mirrors_answer_there_is_no_value_yet(failure: Exception) -> None:
    assert value_of(failure, failure, failure) is None
    assert value_of(failure, answer(), failure) is None
    assert value_of(failure) is None


@pytest.mark.parametrize(
    "wrong",
    [
        answer(randomness=hashlib.sha256(OTHER).hexdigest()),  # not the hash of its signature
        answer(signature=OTHER.hex()),
        answer(round=NUMBER - 1),
        answer(round=NUMBER + 1),
        answer(round=str(NUMBER)),
        answer(round=None),
        answer(randomness=None),
        answer(signature=None),
        answer(signature="no hex"),
        answer(signature=7),
        answer(randomness=RANDOMNESS.upper()),
        b"",
        b"<html>busy</html>",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe",
        b"[" * 60_000,
        b"9" * 60_000,
    ],
)
def test_a_mirror_that_answers_wrongly_casts_doubt_whatever_the_others_say(wrong: bytes) -> None:
    for answers in ([wrong], [wrong, answer(), answer()], [answer(), answer(), wrong]):
        with pytest.raises(DoubtfulValueError):
            value_of(*answers)


def test_mirrors_that_differ_cast_doubt_though_each_is_right_in_itself() -> None:
    other = answer(signature=OTHER.hex(), randomness=hashlib.sha256(OTHER).hexdigest())

    with pytest.raises(DoubtfulValueError):
        value_of(answer(), answer(), other)


def test_a_mirror_is_asked_over_https_only() -> None:
    for address in ("http://one.example", "file:///etc/passwd", "ftp://one.example"):
        with pytest.raises(DoubtfulValueError):
            drand_value([address], "hash", HOUR)


def test_an_installation_fetches_what_it_was_told_to() -> None:
    assert build_beacons(is_demo=True, mirrors=MIRRORS).fetchers.keys() == {"demo"}
    assert build_beacons(is_demo=False, mirrors=MIRRORS).fetchers.keys() == {"drand"}
    assert build_beacons(is_demo=False, mirrors=()).fetchers == {}
    assert not build_beacons(is_demo=False, mirrors=()).is_demo


def test_the_demo_value_is_of_its_round_and_hour() -> None:
    values = {demo_value("a", HOUR), demo_value("b", HOUR), demo_value("a", HOUR + timedelta(hours=1))}

    assert len(values) == 3
    assert all(len(value) == 64 for value in values)


TWENTY = " ".join(f"{number:02}" for number in range(1, 21))


@pytest.mark.parametrize("text", [TWENTY, " ".join(map(str, range(1, 21))), TWENTY.replace(" ", ", "), f" {TWENTY}\n",
                                  TWENTY.replace(" ", "，")])  # fmt: skip
def test_numbers_of_a_draw_are_spelled_in_one_way(text: str) -> None:
    assert drawn_numbers(text) == TWENTY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        TWENTY + " 21",
        TWENTY.replace("20", "19"),  # one twice
        TWENTY.replace("20", "81"),
        TWENTY.replace("01", "00"),
        TWENTY.replace("01 02", "02 01"),  # not ascending
        TWENTY.replace("20", "二十"),
        TWENTY.replace("20", "２０"),  # digits, but not ASCII
        TWENTY.replace("20", "-20"),
        TWENTY.replace("20", "20.0"),
        TWENTY.replace("20", "²0"),
        "9" * 5_000 + " " + " ".join("1" for _ in range(19)),
    ],
)
def test_what_no_draw_gives_is_refused(text: str) -> None:
    with pytest.raises(WrongValueError):
        drawn_numbers(text)
