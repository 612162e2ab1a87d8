"""Documents and mobile numbers: the table of the national system (GB 11643), and what the eye is shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.identifiers import (
    IdDocument,
    IdType,
    InvalidIdentifierError,
    id_document,
    masked_document,
    masked_mobile,
    masked_name,
    mobile_number,
    plain_number,
)
from tests.factories import WEIGHTS, resident_id

TODAY = date(2026, 11, 24)
BODIES = st.tuples(
    st.sampled_from(["440802", "110105", "500112", "810000", "911124"]),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


def with_check_digit(area: str, born_on: date, serial: int) -> str:
    body = f"{area}{born_on:%Y%m%d}{serial:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize(
    ("kind", "number", "born_on"),
    [
        (IdType.RESIDENT, "11010519491231002X", date(1949, 12, 31)),  # the specimen of the standard
        (IdType.RESIDENT, "360426199101010071", date(1991, 1, 1)),
        (IdType.TEMPORARY, "11010519491231002X", date(1949, 12, 31)),
        (IdType.RESIDENCE_PERMIT, "810000199408230021", date(1994, 8, 23)),
        (IdType.RESIDENCE_PERMIT, "830000199201300022", date(1992, 1, 30)),
        (IdType.FOREIGN, "911124198108030024", date(1981, 8, 3)),  # the card since 2023-12-01
        (IdType.FOREIGN, "ABC123456789012", None),  # the card before
        (IdType.FOREIGN, "H12345678", None),
        (IdType.FOREIGN, "M1234567801", None),
        (IdType.FOREIGN, "12345678", None),
        (IdType.FOREIGN, "1234567801B", None),
        (IdType.FOREIGN, "E12345678", None),
        (IdType.OFFICER, "军字第12345号", None),
    ],
)
def test_each_kind_of_document_is_accepted_in_its_form(kind: IdType, number: str, born_on: date | None) -> None:
    document = id_document(kind, number, today=TODAY)

    assert (document.number, document.born_on) == (number, born_on)


@pytest.mark.parametrize(
    ("kind", "number", "problem"),
    [
        (IdType.RESIDENT, "110105194912310021", "check_digit"),
        (IdType.RESIDENT, "11010519491231002", "shape"),  # one short
        (IdType.RESIDENT, "11010519491231002XX", "shape"),
        (IdType.RESIDENT, "11010519490231002X", "date"),  # 31 February
        (IdType.RESIDENT, with_check_digit("110105", date(2026, 11, 25), 2), "date"),  # born tomorrow
        (IdType.RESIDENT, with_check_digit("110105", date(1899, 12, 31), 2), "date"),
        (IdType.RESIDENT, "E12345678", "shape"),
        (IdType.RESIDENT, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "shape"),  # digits, but not ours
        (IdType.RESIDENT, "", "shape"),
        (IdType.RESIDENCE_PERMIT, "810000199408230022", "check_digit"),
        (IdType.FOREIGN, "911124198108030025", "check_digit"),
        (IdType.FOREIGN, "1234567", "shape"),
        (IdType.OFFICER, "军 1", "shape"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_the_reason(kind: IdType, number: str, problem: str) -> None:
    with pytest.raises(InvalidIdentifierError) as refused:
        id_document(kind, number, today=TODAY)

    assert refused.value.problem == problem


@pytest.mark.parametrize(
    ("area", "year"),
    [("440881", 1980), ("440882", 1985), ("440883", 1990), ("440307", 1990), ("500112", 1985), ("330113", 1970)],
)
def test_people_who_were_born_before_their_district_are_real(area: str, year: int) -> None:
    number = with_check_digit(area, date(year, 5, 5), 12)

    assert id_document(IdType.RESIDENT, number, today=TODAY).number == number


@pytest.mark.parametrize(
    "typed",
    [
        " 110105 19491231 002x ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002X",
    ],  # blanks, full width, dashes
)
def test_what_was_typed_is_brought_to_one_form(typed: str) -> None:
    assert id_document(IdType.RESIDENT, typed, today=TODAY).number == "11010519491231002X"


@given(BODIES)
def test_every_number_with_its_check_digit_is_accepted(parts: tuple[str, date, int]) -> None:
    assert id_document(IdType.RESIDENT, with_check_digit(*parts), today=TODAY).born_on == parts[1]


@given(BODIES, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(parts: tuple[str, date, int], place: int, by: int) -> None:
    number = with_check_digit(*parts)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]

    with pytest.raises(InvalidIdentifierError):
        id_document(IdType.RESIDENT, wrong, today=TODAY)


@given(st.text(max_size=40))
def test_no_text_is_more_than_refused(text: str) -> None:
    for kind in IdType:
        try:
            id_document(kind, text, today=TODAY)
        except InvalidIdentifierError:
            continue


def test_a_number_for_life_is_one_identity_whichever_kind_was_ticked() -> None:
    number = resident_id(1)

    assert len({IdDocument(kind, number).identity for kind in IdType}) == 1


def test_a_renewed_travel_permit_is_the_same_identity() -> None:
    first, renewed = (IdDocument(IdType.FOREIGN, number).identity for number in ("H1234567801", "H1234567802"))

    assert first == renewed == IdDocument(IdType.FOREIGN, "H12345678").identity


def test_numbers_of_other_kinds_are_other_identities() -> None:
    assert IdDocument(IdType.OFFICER, "12345678").identity != IdDocument(IdType.SOLDIER, "12345678").identity
    assert IdDocument(IdType.FOREIGN, "E12345678").identity != IdDocument(IdType.FOREIGN, "E12345679").identity


@pytest.mark.parametrize(
    "typed", ["13800138000", "138 0013 8000", "+8613800138000", "+86 138-0013-8000", "１３８００１３８０００"]
)
def test_a_mobile_number_is_eleven_digits(typed: str) -> None:
    assert mobile_number(typed) == "13800138000"


@pytest.mark.parametrize(
    "typed", ["", "1380013800", "138001380000", "12800138000", "23800138000", "0759-2880000", "1380013800a"]
)
def test_what_is_no_mainland_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        mobile_number(typed)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "110105********002X"),
        ("H12345678", "H1*****78"),
        ("1234", "1**4"),
        ("军字第1号", "军***号"),
    ],
)
def test_a_masked_document_hides_its_middle(number: str, masked: str) -> None:
    assert masked_document(number) == masked


@given(st.text("0123456789X", min_size=4, max_size=20))
def test_a_masked_document_is_as_long_and_hides_a_third_at_least(number: str) -> None:
    masked = masked_document(number)

    assert len(masked) == len(number)
    assert masked.count("*") * 3 >= len(number)


def test_masked_phones_and_names_keep_what_is_needed_to_recognise_them() -> None:
    assert masked_mobile("13800138000") == "138****8000"
    assert [masked_name(name) for name in ("张三", "欧阳小明", "张")] == ["张*", "欧***", "张*"]


@given(st.text(max_size=30))
def test_the_plain_form_is_reached_in_one_step(text: str) -> None:
    assert plain_number(plain_number(text)) == plain_number(text)
