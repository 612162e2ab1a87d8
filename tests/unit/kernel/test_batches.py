"""Long lists are cut into pieces that either database takes; nothing is lost and nothing is doubled."""

from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.db import batched


@given(items=st.lists(st.integers(), max_size=50), size=st.integers(1, 60))
def test_the_pieces_are_the_whole_in_order_and_full_but_the_last(items: list[int], size: int) -> None:
    pieces = list(batched(items, size))

    assert [item for piece in pieces for item in piece] == items
    assert all(len(piece) == size for piece in pieces[:-1])
    assert all(0 < len(piece) <= size for piece in pieces)


def test_nothing_is_no_piece() -> None:
    assert list(batched([])) == []


def test_what_can_be_read_only_once_is_read_once() -> None:
    assert list(batched(iter(range(5)), 2)) == [(0, 1), (2, 3), (4,)]


def test_five_hundred_stand_together() -> None:
    assert [len(piece) for piece in batched(range(1001))] == [500, 500, 1]
