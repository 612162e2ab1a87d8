"""The command: one table or one JSON object on standard output, progress beside it, a picture on request."""

import json
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from booking.simulation.account import percentile
from booking.simulation.command import simulate

SVG = "{http://www.w3.org/2000/svg}"
SHORT = ("--weeks", "4", "--places-per-week", "40", "--learners-per-week", "22", "--backlog", "80")


def run(*words: str) -> Result:
    return CliRunner().invoke(simulate, [*SHORT, *words])


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> ET.Element:
    file = tmp_path_factory.mktemp("picture") / "run.svg"
    assert run("--svg", str(file)).exit_code == 0
    return ET.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314 - our own file


def test_the_same_seed_prints_the_same_table() -> None:
    first, second = run("--seed", "3"), run("--seed", "3")

    assert first.exit_code == 0
    assert first.stdout == second.stdout != run("--seed", "4").stdout


def test_progress_goes_beside_the_output() -> None:
    done = run("--methods", "ranked", "--format", "json")

    assert json.loads(done.stdout)["methods"].keys() == {"ranked"}
    assert done.stderr == "ranked: week 4 of 4\n"


def test_the_json_holds_seed_assumptions_and_every_figure_of_the_table() -> None:
    said = json.loads(run("--seed", "9", "--resales", "20", "--format", "json").stdout)

    assert (said["seed"], said["assumptions"]["places"]) == (9, 40)
    assert {"wait_p50", "wait_p99", "unserved", "unused", "through_touts", "slow_fair"} <= said["methods"][
        "ranked"
    ].keys()
    assert [(one["method"], one["informed"]) for one in said["resales"]] == [
        ("first_come", False), ("lottery", False), ("ranked", False), ("lottery", True), ("ranked", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--methods", "ranked,auction"), "choose from first_come, lottery, ranked"),
        (("--slow", "1.5"), "1.5"),
        (("--weeks", "0"), "0"),
        (("--resales", "5", "--backlog", "10"), "backlog of 40"),
        (("--svg", "/nowhere/at/all.svg"), "/nowhere/at/all.svg"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(words: tuple[str, ...], said: str) -> None:
    done = run(*words)

    assert done.exit_code != 0
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_city_without_anybody_has_a_table_too() -> None:
    done = run("--learners-per-week", "0", "--backlog", "0", "--touts", "0")

    assert done.exit_code == 0, done.output


def test_the_picture_has_a_panel_of_waits_for_each_method_and_bars_for_touts(drawing: ET.Element) -> None:
    words = [element.text or "" for element in drawing.iter(f"{SVG}text")]

    for name in ("先到先得 · first come", "抽签 · lottery", "按序排位 · ranked"):
        assert name in words
    assert "Places that touts deliver" in words
    assert len([element for element in drawing.iter(f"{SVG}rect") if element.get("class") == "rail"]) == 9


def test_the_picture_needs_nothing_else_and_runs_nothing(drawing: ET.Element) -> None:
    names = {element.tag.removeprefix(SVG) for element in drawing.iter()}
    attributes = {name for element in drawing.iter() for name in element.attrib}

    assert names <= {"svg", "title", "desc", "style", "rect", "text", "path"}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    assert "url(" not in "".join(element.text or "" for element in drawing.iter(f"{SVG}style"))


def test_the_picture_stays_within_its_frame(drawing: ET.Element) -> None:
    _, _, width, height = (float(number) for number in (drawing.get("viewBox") or "").split())

    for rect in drawing.iter(f"{SVG}rect"):
        x, y, wide, tall = (float(rect.get(name) or "nan") for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + tall <= height


def test_the_picture_tells_its_content_in_words(drawing: ET.Element) -> None:
    named = (drawing.get("aria-labelledby") or "").split()

    assert {element.get("id") for element in drawing.iter()} >= set(named)
    assert "95 of 100 wait at most" in (drawing.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 50, 0), ([4], 99, 4), ([1, 2, 3, 4], 50, 2), (list(range(1, 101)), 95, 95), (list(range(1, 101)), 99, 99)],
)
def test_a_percentile_is_a_value_that_somebody_had(values: list[int], share: int, expected: int) -> None:
    assert percentile(values, share) == expected
