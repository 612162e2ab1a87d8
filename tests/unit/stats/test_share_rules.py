"""Shares: what they are made of, and how they are rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.stats.rules.shares import CHANNELS, Channels, Count, Shares, all_together, by_service, share, shares_of

NUMBERS = st.integers(0, 10**9)
ROWS = st.lists(st.builds(Channels, st.sampled_from(("a", "b")), NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=7)


@pytest.mark.parametrize(
    ("online", "total", "expected"),
    [
        (0, 1, "0.00"),
        (1, 1, "100.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 800, "0.13"),  # 0.125: a half goes up
        (3, 800, "0.38"),  # 0.375: up here too, where half-even would agree
        (1, 160, "0.63"),  # 0.625: half-even would say 0.62
        (1, 20_000, "0.01"),  # 0.005: the smallest half
        (1, 20_001, "0.00"),  # just under it
        (2001, 20_000, "10.01"),  # 10.005: binary floating point would say 10.00
        (19_999, 20_000, "100.00"),  # 99.995: shown as all though one is missing, as the definition has it
        (19_998, 20_000, "99.99"),
        (10**15 + 1, 2 * 10**15, "50.00"),
        (2223, 7008, "31.72"),  # the report of 2016
        (1563, 7580, "20.62"),
        (581, 5539, "10.49"),
        (0, 5337, "0.00"),
        (4367, 25_464, "17.15"),
    ],
)
def test_a_share_is_rounded_half_up_to_two_decimals(online: int, total: int, expected: str) -> None:
    assert str(share(online, total)) == expected


def test_there_is_no_share_of_nothing() -> None:
    assert share(0, 0) is None
    assert Count("road", 0, 0).share is None


@pytest.mark.parametrize(("online", "total"), [(-1, 1), (2, 1), (1, 0)])
def test_a_part_is_never_larger_than_the_whole_nor_negative(online: int, total: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        Count("road", online, total)


def test_the_total_is_weighted_and_not_the_mean_of_the_percentages() -> None:
    rows = (Channels("subject_1", 1, 0, 0, 0), Channels("subject_2", 0, 0, 0, 99))

    shares = shares_of(rows)

    assert shares == Shares((Count("subject_1", 1, 1), Count("subject_2", 0, 99)), Count("", 1, 100))
    assert shares.total.share == Decimal("1.00")


def test_every_service_has_a_row_in_the_given_order_even_without_a_booking() -> None:
    rows = by_service({("road", "phone"): 3, ("road", "school"): 4, ("unknown", "phone"): 9}, ("safety", "road"))

    assert rows == (Channels("safety", 0, 0, 0, 0), Channels("road", 0, 0, 3, 4))


def test_a_line_without_services_has_an_empty_total() -> None:
    assert shares_of(()) == Shares((), Count("", 0, 0))


@given(NUMBERS, NUMBERS)
def test_a_share_is_the_nearest_hundredth_of_a_percent(online: int, others: int) -> None:
    total = online + others + 1

    hundredths = int((share(online, total) or Decimal(0)) * 100)

    # 2·|10000·online − hundredths·total| ≤ total, and never rounded down from a half.
    assert -total < 2 * (10_000 * online - hundredths * total) < total or (
        2 * (hundredths * total - 10_000 * online) == total
    )


@given(ROWS)
def test_parts_and_total_agree(rows: list[Channels]) -> None:
    shares, together = shares_of(rows), all_together(rows)

    parts = [part for part in (item.share for item in shares.items) if part is not None]
    assert shares.total.online == sum(item.online for item in shares.items) == together.internet
    assert shares.total.total == sum(item.total for item in shares.items) == together.total
    assert (shares.total.share is None) == (not parts)
    if shares.total.share is not None:
        assert 0 <= min(parts) <= shares.total.share <= max(parts) <= 100


@given(ROWS)
def test_the_channels_of_all_together_are_the_sums(rows: list[Channels]) -> None:
    together = all_together(rows)

    for channel in CHANNELS:
        assert getattr(together, channel) == sum(getattr(row, channel) for row in rows)
