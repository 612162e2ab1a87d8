"""What the style sheet promises: readable colours in both schemes, a small file, nothing inline."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHEET = (ROOT / "static/css/app.css").read_text(encoding="utf-8")
LIGHT_PART, DARK_PART = SHEET.split("@media (prefers-color-scheme: dark)", 1)
TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
LIGHT = dict(TOKEN.findall(LIGHT_PART))
DARK = LIGHT | dict(TOKEN.findall(DARK_PART.split("*, ::before", 1)[0]))
TEXT_ON_GROUND = [
    *((text, ground) for text in ("ink", "muted", "brand") for ground in ("paper", "surface", "wash")),
    *((tone, f"{tone}-bg") for tone in ("green", "blue", "gold", "red", "grey")),
    *((text, f"{tone}-bg") for text in ("ink", "muted", "brand") for tone in ("green", "blue", "gold", "red")),
    *(("red", ground) for ground in ("paper", "surface")),
    *(("on-brand", ground) for ground in ("brand", "deep")),
    *((text, ground) for text in ("on-band", "on-band-soft") for ground in ("band", "band-deep")),
]
SHAPE_ON_GROUND = [(shape, ground) for shape in ("edge", "level") for ground in ("paper", "surface")]


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_every_text_is_readable_on_its_ground(scheme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(scheme[text], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_every_edge_and_bar_can_be_seen(scheme: dict[str, str], shape: str, ground: str) -> None:
    assert contrast(scheme[shape], scheme[ground]) >= 3


def test_our_own_styles_stay_small() -> None:
    """Every page loads the one sheet; a page of the office may load the sheet of its feature beside it."""
    features = {path.name: path.stat().st_size for path in (ROOT / "static/css").glob("*.css")}

    assert features.pop("app.css") <= 20_000
    assert {name: size for name, size in features.items() if size > 3_000} == {}


def test_no_template_carries_styles_or_scripts_inside() -> None:
    inline = re.compile(r"\sstyle=|\son\w+=\"|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.svg")]

    guilty = [path.name for path in pages if inline.search(path.read_text(encoding="utf-8"))]

    assert guilty == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "@import" not in SHEET
    assert "url(" not in SHEET
