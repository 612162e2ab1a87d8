"""Unified social credit codes of companies. The numbers here are specimens and invented ones."""

import pytest

from booking.inspections.rules.owners import InvalidCompanyCodeError, company_code, masked_company_code

SPECIMEN = "91110000600037341L"


@pytest.mark.parametrize(
    "text", [SPECIMEN, " 9111 0000 6000 3734 1l ", "91110000-60003734-1L", "９１１１００００600037341L"]
)
def test_a_code_is_brought_to_its_normal_form(text: str) -> None:
    assert company_code(text) == SPECIMEN


def test_a_village_collective_has_a_letter_in_front() -> None:
    with pytest.raises(InvalidCompanyCodeError) as refused:
        company_code("N2440811MF12345670")

    assert refused.value.problem == "check_digit"  # its shape is right: digits are asked of the district only
    assert company_code("N2440811MF1234567T") == "N2440811MF1234567T"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "shape"),
        ("91110000600037341", "shape"),
        ("91110000600037341LL", "shape"),
        ("9111000060003734IL", "shape"),  # no I
        ("91110X00600037341L", "shape"),  # the district is digits
        ("91110000600037341M", "check_digit"),
        ("91110000600037342L", "check_digit"),
    ],
)
def test_a_code_that_cannot_exist_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InvalidCompanyCodeError) as refused:
        company_code(text)

    assert refused.value.problem == problem


def test_a_masked_code_hides_its_middle() -> None:
    assert masked_company_code(SPECIMEN) == "911100********341L"
