"""Which plate numbers can exist under which type, their normal form and their mask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.inspections.rules.plates import (
    LAST,
    PLATE_TYPES,
    PROBLEMS,
    PROVINCES,
    InvalidPlateError,
    PlateType,
    is_of_office,
    masked_plate,
    plate_number,
)

SERIAL = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
ENERGY = "ABCDEFGHJK"
LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"


@st.composite
def plates(draw: st.DrawFn) -> tuple[PlateType, str]:
    """A plate that can exist, with its type."""

    def some(characters: str, count: int) -> str:
        return draw(st.text(st.sampled_from(characters), min_size=count, max_size=count))

    plate_type = draw(st.sampled_from(PlateType))
    if plate_type is PlateType.SMALL_NEW_ENERGY:
        serial = some(ENERGY, 1) + some(SERIAL, 1) + some(DIGITS, 4)
    elif plate_type is PlateType.LARGE_NEW_ENERGY:
        serial = some(DIGITS, 5) + some(ENERGY, 1)
    elif plate_type in LAST:
        serial = some(SERIAL, 4) + LAST[plate_type]
    else:
        serial = some(SERIAL, 5)
    return plate_type, some(PROVINCES, 1) + some(LETTERS, 1) + serial


def problem(plate_type: str, text: str) -> str:
    """What is wrong with a plate."""
    with pytest.raises(InvalidPlateError) as refused:
        plate_number(plate_type, text)
    return refused.value.problem


@given(plates())
def test_every_plate_that_can_exist_is_taken_in_normal_form(plate: tuple[PlateType, str]) -> None:
    plate_type, number = plate

    assert plate_number(plate_type, number) == number
    assert plate_number(plate_type, f" {number[:2]}·{number[2:].lower()} ") == number
    assert plate_number(plate_type, masked_wide(number)) == number


def masked_wide(number: str) -> str:
    """The same in full-width letters and digits, as a Chinese keyboard types them."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() else sign for sign in number)


@given(plates(), st.sampled_from("IO"), st.integers(2, 6))
def test_a_serial_has_no_letters_i_and_o(plate: tuple[PlateType, str], letter: str, place: int) -> None:
    plate_type, number = plate

    assert problem(plate_type, number[:place] + letter + number[place + 1 :]) == "serial"


@pytest.mark.parametrize(
    ("plate_type", "text", "number"),
    [
        ("02", "粤G12345", "粤G12345"),
        ("02", "粤g·1a2b3", "粤G1A2B3"),
        ("02", "粤Ｇ・１２３４５", "粤G12345"),
        ("02", "粤G-12345", "粤G12345"),
        ("01", " 粤 G 12 345 ", "粤G12345"),
        ("02", "粤O12345", "粤O12345"),  # a provincial office
        ("07", "粤G1A234", "粤G1A234"),
        ("15", "粤G1234挂", "粤G1234挂"),
        ("16", "粤G1234学", "粤G1234学"),
        ("23", "粤G1234警", "粤G1234警"),
        ("26", "粤Z1234港", "粤Z1234港"),
        ("27", "粤ZF234澳", "粤ZF234澳"),
        ("52", "粤GD12345", "粤GD12345"),
        ("52", "粤GAA1234", "粤GAA1234"),
        ("51", "粤G12345F", "粤G12345F"),
    ],
)
def test_a_plate_is_brought_to_its_normal_form(plate_type: str, text: str, number: str) -> None:
    assert plate_number(plate_type, text) == number


@pytest.mark.parametrize(
    ("plate_type", "text", "found"),
    [
        ("02", "", "province"),
        ("02", "G12345", "province"),
        ("02", "国G12345", "province"),
        ("02", "粤112345", "letter"),
        ("02", "粤I12345", "letter"),
        ("02", "粤", "letter"),
        ("02", "粤GO1234", "serial"),
        ("02", "粤G1234", "shape"),
        ("02", "粤G1234567", "shape"),
        ("02", "粤G12٣45", "shape"),  # a digit, but of another script
        ("02", "粤GD12345", "other-type"),  # new energy
        ("01", "粤G12345D", "other-type"),
        ("52", "粤G12345", "other-type"),
        ("52", "粤G12345D", "other-type"),  # the large one
        ("51", "粤GD12345", "other-type"),
        ("51", "粤G123456", "shape"),
        ("52", "粤GL12345", "shape"),  # L stands for no energy
        ("16", "粤G1234挂", "other-type"),
        ("02", "粤G1234警", "other-type"),
        ("23", "粤G12345", "other-type"),
        ("26", "粤Z1234澳", "other-type"),
        ("22", "粤G12345", "type"),  # temporary
        ("03", "使014001", "type"),
        ("", "粤G12345", "type"),
        ("2", "粤G12345", "type"),
    ],
)
def test_a_plate_that_cannot_exist_is_refused_with_its_problem(plate_type: str, text: str, found: str) -> None:
    assert problem(plate_type, text) == found


def test_every_problem_and_type_has_words() -> None:
    assert set(PROBLEMS) == {"type", "province", "letter", "serial", "shape", "other-type"}
    assert set(PLATE_TYPES) == set(PlateType)
    assert len(set(PROVINCES)) == 31


@given(plates())
def test_a_masked_plate_hides_all_but_the_ends_of_the_serial(plate: tuple[PlateType, str]) -> None:
    number = plate[1]

    shown = masked_plate(number)

    assert shown[:4] == f"{number[:2]}·{number[2]}"
    assert set(shown[4:-1]) == {"*"}
    assert len(shown) == len(number) + 1


def test_masks_look_like_this() -> None:
    assert masked_plate("粤G12345") == "粤G·1***5"
    assert masked_plate("粤GD12345") == "粤G·D****5"
    assert masked_plate("粤G1234挂") == "粤G·1***挂"


def test_a_plate_of_the_office_begins_with_its_letters() -> None:
    assert is_of_office("粤G12345")
    assert not is_of_office("粤A12345")
    assert is_of_office("粤A12345", prefix="粤A")
