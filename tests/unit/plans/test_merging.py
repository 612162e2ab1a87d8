"""Two versions of a draft: laid side by side, chosen from, nothing lost on the way."""

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from booking.plans.rules.merging import FIELDS, Side, defaults, merge, pairs
from booking.plans.rules.pattern import PlannedLine

MORNING = PlannedLine(time(8, 30), time(9, 30), "", 40, 5)
NOON = PlannedLine(time(9, 30), time(10, 30), "", 20)
EVENING = PlannedLine(time(18), time(19), "C1", 10)
lines = st.lists(
    st.builds(
        PlannedLine,
        st.builds(time, st.integers(8, 10)),
        st.builds(time, st.integers(11, 13)),
        st.sampled_from(["", "C1", "C2"]),
        st.integers(1, 50),
        st.integers(0, 5),
    ),
    max_size=5,
    unique_by=lambda line: (line.starts, line.classes),  # no plan has two sessions at once for the same classes
)


def all_of(side: Side) -> dict[int, dict[str, Side]]:
    return {number: dict.fromkeys((*FIELDS, "whole"), side) for number in range(20)}


@given(lines, lines)
def test_taking_one_side_everywhere_gives_that_side_whole(mine: list[PlannedLine], theirs: list[PlannedLine]) -> None:
    found = pairs(mine, theirs)

    assert merge(found, all_of(Side.MINE)) == tuple(sorted(mine))
    assert merge(found, all_of(Side.THEIRS)) == tuple(sorted(theirs))


@given(lines, lines)
def test_what_only_one_of_two_changed_is_proposed_as_it_was_changed(
    base: list[PlannedLine], changed: list[PlannedLine]
) -> None:
    theirs_alone, mine_alone = pairs(base, changed), pairs(changed, base)

    assert merge(theirs_alone, defaults(theirs_alone, base)) == tuple(sorted(changed))
    assert merge(mine_alone, defaults(mine_alone, base)) == tuple(sorted(changed))


def test_one_session_is_chosen_field_by_field() -> None:
    mine, theirs = PlannedLine(time(8, 30), time(9, 30), "", 30, 5), PlannedLine(time(8, 30), time(9, 45), "", 50, 5)
    found = pairs([mine], [theirs])

    assert found[0].differing == ("ends", "ordinary")
    assert merge(found, {1: {"ends": Side.THEIRS}}) == (PlannedLine(time(8, 30), time(9, 45), "", 30, 5),)


def test_what_i_left_as_i_read_it_gives_way_and_what_i_changed_stays() -> None:
    mine = [PlannedLine(time(8, 30), time(9, 30), "", 30, 5), NOON]
    theirs = [PlannedLine(time(8, 30), time(9, 30), "", 40, 8), EVENING]
    found = pairs(mine, theirs)

    merged = merge(found, defaults(found, base=[MORNING, NOON]))

    assert merged == (PlannedLine(time(8, 30), time(9, 30), "", 30, 8), EVENING)
