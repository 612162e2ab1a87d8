"""The worked example of docs/demand.md comes to what is printed there."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "demand.md"


def test_the_worked_example_comes_to_what_the_page_says() -> None:
    done = doctest.testfile(str(PAGE), module_relative=False)

    assert done.attempted >= 8
    assert done.failed == 0
