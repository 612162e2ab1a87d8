"""What a password must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.accounts.rules import LEAST_APPLICANT, LEAST_STAFF, Weakness, weakness

NAMES, NUMBERS = ("测试甲", "ceshijia"), ("19900000042", "440802199909099018")


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("seven77", Weakness.SHORT),
        ("eightch8", None),
        ("x" * 129, Weakness.LONG),
        ("12345678", Weakness.COMMON),
        ("87654321", Weakness.COMMON),
        ("password", Weakness.COMMON),
        ("Password123!", Weakness.COMMON),
        ("woaini1314", Weakness.COMMON),
        ("qwertyuiop", Weakness.COMMON),
        ("aaaaaaaa", Weakness.COMMON),
        ("1q2w3e4r", Weakness.COMMON),
        ("abcdefgh", Weakness.COMMON),
        ("我叫测试甲没错吧", Weakness.PERSONAL),
        ("my CeShiJia word", Weakness.PERSONAL),
        ("phone 000042 here", Weakness.PERSONAL),  # six digits of the phone
        ("phone 00042 here", None),  # five
        ("born 19990909 so", Weakness.PERSONAL),  # the birth date stands in the document number
        ("a calm grey road", None),
        ("四个字的密码不够长", None),
    ],
)
def test_a_password_of_an_applicant(password: str, expected: Weakness | None) -> None:
    assert weakness(password, least=LEAST_APPLICANT, names=NAMES, numbers=NUMBERS) == expected


@pytest.mark.parametrize(("password", "expected"), [("eleven char", Weakness.SHORT), ("twelve chars", None)])
def test_staff_need_twelve_characters(password: str, expected: Weakness | None) -> None:
    assert weakness(password, least=LEAST_STAFF) == expected


def test_a_name_of_one_character_forbids_nothing() -> None:
    assert weakness("a calm grey road", least=8, names=("a", "")) is None


@given(st.text(max_size=7))
def test_nothing_shorter_than_the_least_is_accepted(password: str) -> None:
    assert weakness(password, least=LEAST_APPLICANT) is Weakness.SHORT
