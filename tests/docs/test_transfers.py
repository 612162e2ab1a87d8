"""docs/transfers.md names every kind of file, its columns, and who may move it."""

from pathlib import Path

from booking.kernel.actors import Act, Actor, Role, may
from booking.transfers.kinds import INCOMING, OUTGOING
from booking.transfers.words import NAMES

PAGE = Path(__file__).parents[2] / "docs" / "transfers.md"


def rows(heading: str) -> dict[str, list[str]]:
    """Return the rows of the table under a heading, by their first cell."""
    part = PAGE.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines[1:]}


def allowed(act: Act) -> list[str]:
    return [role.value for role in Role if may(Actor(None, None, role), act)]


def test_what_comes_in_is_named_with_its_columns_and_roles() -> None:
    told = rows("Coming in")

    assert list(told) == list(INCOMING)
    for code, kind in INCOMING.items():
        name, columns, who = told[code]
        assert (name, columns) == (NAMES[code].zh, ", ".join(kind.columns))
        assert sorted(who.split(", ")) == sorted(allowed(kind.act))


def test_what_goes_out_is_named_with_its_roles_and_whether_it_comes_in_again() -> None:
    told = rows("Going out")

    assert list(told) == list(OUTGOING)
    for code, kind in OUTGOING.items():
        name, _, who, again = told[code]
        assert (name, again) == (NAMES[code].zh, "yes" if kind.again else "no")
        expected = [role for role in allowed(kind.act) if role != "administrator"]  # who moves no files at all
        assert sorted(who.split(", ")) == sorted(expected)
