"""Vehicle identification numbers: shape refuses, the check digit only warns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.inspections.rules.vins import InvalidVinError, masked_vin, vin_number, vin_warning

CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VINS = st.text(st.sampled_from(CHARACTERS), min_size=17, max_size=17)


@pytest.mark.parametrize("vin", ["1M8GDM9AXKP042788", "LSVFF66R8C2116280", "11111111111111111"])
def test_a_right_check_digit_does_not_warn(vin: str) -> None:
    assert not vin_warning(vin_number(vin))


@pytest.mark.parametrize("vin", ["1M8GDM9A1KP042788", "LSVFF66R9C2116280", "LSVFF66R8C2116281"])
def test_a_wrong_check_digit_warns_and_never_refuses(vin: str) -> None:
    assert vin_warning(vin_number(vin))


@pytest.mark.parametrize("vin", ["LSVFF66R8U2116280", "LSVFF66R002116280"])
def test_the_model_year_is_not_judged(vin: str) -> None:
    right = [vin[:8] + digit + vin[9:] for digit in "0123456789X" if not vin_warning(vin[:8] + digit + vin[9:])]

    assert len(right) == 1


@given(VINS)
def test_every_number_of_the_right_shape_is_taken_as_it_is(vin: str) -> None:
    assert vin_number(vin) == vin
    assert vin_number(f" {vin[:3].lower()}-{vin[3:]}") == vin
    assert vin_warning(vin) in (True, False)


@given(VINS, st.integers(0, 16), st.sampled_from("IOQ"))
def test_i_o_and_q_are_never_used(vin: str, place: int, letter: str) -> None:
    with pytest.raises(InvalidVinError) as refused:
        vin_number(vin[:place] + letter + vin[place + 1 :])

    assert refused.value.problem == "shape"


@pytest.mark.parametrize("text", ["", "LSVFF66R8C211628", "LSVFF66R8C21162800", "LSVFF66R8C211628车"])
def test_a_number_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InvalidVinError):
        vin_number(text)


def test_a_masked_number_shows_the_maker_only() -> None:
    assert masked_vin("LSVFF66R8C2116280") == "LSV**************"
