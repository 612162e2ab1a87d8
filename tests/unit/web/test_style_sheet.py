"""What the style sheets promise: readable colours in both schemes and both sizes of type, few bytes, nothing idle."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHEETS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "static/css").glob("*.css")}
SHEET = SHEETS["app"]
PAGES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.svg")]
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CLASS = re.compile(r"\bclass=\"((?:\{\{.*?\}\}|\{%.*?%\}|[^\"{]|\{(?![{%]))*)\"", re.DOTALL)
# Built of two words by the roster's page and its script.
BUILT = {f"only-{state}" for state in ("expected", "present", "retest", "passed", "failed", "absent")}
# Classes without a rule: handles of scripts, and words that say what a thing is where the plain look is right.
HOOKS = {
    "dead-end",
    "grey",
    "half",
    "label-heading",
    "notice",
    "online",
    "only-",
    "over-time",
    "post-button",
    "primary",
}
OF_EVERY_PAGE = {"app", "stay"}  # the second for whoever is signed in
MOST_OF_APP, MOST_OF_A_FEATURE, MOST_OF_A_PAGE = 17_000, 3_000, 20_000
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")


def tokens(selector: str, *, dark: bool) -> dict[str, str]:
    """Return the colours that the rules of `selector` give, the light ones or those for the dark scheme."""
    scheme = r"@media \(prefers-color-scheme: dark\) \{\s*(.*?\n  \})\s*\}"
    text = "\n".join(re.findall(scheme, SHEET, re.DOTALL)) if dark else re.sub(scheme, "", SHEET, flags=re.DOTALL)
    screen = text.split("@media print {")[0]
    return {
        name: value
        for head, body in RULE.findall(screen)
        if head.split("*/")[-1].strip() == selector
        for name, value in TOKEN.findall(body)
    }


LIGHT = tokens(":root", dark=False)
DARK = LIGHT | tokens(":root", dark=True)
# The cascade: both selectors weigh the same, so the later one wins, and large type stands below.
LARGE_LIGHT = LIGHT | tokens("[data-easy]", dark=False)
LARGE_DARK = DARK | tokens("[data-easy]", dark=False) | tokens("[data-easy]", dark=True)
SCHEMES = [LIGHT, DARK, LARGE_LIGHT, LARGE_DARK]
NAMES = ["light", "dark", "large-light", "large-dark"]
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


@pytest.mark.parametrize(
    ("scheme", "least"), [(LIGHT, 4.5), (DARK, 4.5), (LARGE_LIGHT, 7), (LARGE_DARK, 7)], ids=NAMES
)
def test_every_text_is_readable_on_its_ground(scheme: dict[str, str], least: float) -> None:
    pale = {
        f"{text} on {ground}": round(contrast(scheme[text], scheme[ground]), 2)
        for text, ground in TEXT_ON_GROUND
        if contrast(scheme[text], scheme[ground]) < least
    }

    assert pale == {}


@pytest.mark.parametrize("scheme", SCHEMES, ids=NAMES)
def test_every_edge_and_bar_can_be_seen(scheme: dict[str, str]) -> None:
    assert [pair for pair in SHAPE_ON_GROUND if contrast(scheme[pair[0]], scheme[pair[1]]) < 3] == []


def test_large_type_is_larger_and_has_more_air() -> None:
    rule = next(body for head, body in RULE.findall(SHEET) if head.strip().endswith("[data-easy]"))

    assert "font-size: 140%" in rule
    assert "--leading: 1.8" in rule
    assert (LARGE_LIGHT["ink"], LARGE_DARK["ink"]) == ("#000", "#fff")


def test_our_own_styles_stay_small() -> None:
    """Every page loads the one sheet; a page of few others' kind may load the sheet of its part beside it."""
    sizes = {name: len(text.encode()) for name, text in SHEETS.items()}

    assert sizes.pop("app") <= MOST_OF_APP
    assert {name: size for name, size in sizes.items() if size > MOST_OF_A_FEATURE} == {}


def test_no_page_loads_more_styles_than_a_poor_line_carries() -> None:
    heavy = {
        path.name: weight
        for path in (ROOT / "templates").rglob("*.html")
        if path.name != "style.html"  # shows every part there is
        and (weight := sum(len(SHEETS[name].encode()) for name in OF_EVERY_PAGE | loaded(path))) > MOST_OF_A_PAGE
    }

    assert heavy == {}


def loaded(page: Path) -> set[str]:
    """Return the sheets that a page asks for beside the one of all pages, whoever looks at it."""
    block = re.search(r"\{% block styles %\}(.*?)\{% endblock %\}", page.read_text(encoding="utf-8"), re.DOTALL)
    asked = block[1] if block else ""
    named = set(re.findall(r"css/([\w-]+)\.css|sheet\(\"([\w-]+)\"\)|(\w+)_sheet\(", asked))
    return {name for names in named for name in names if name}


def test_a_sheet_that_is_asked_for_is_found() -> None:
    """The control of the test above: it would weigh nothing if it read nothing."""
    frame = (ROOT / "templates/base.html").read_text("utf-8")
    assert set(re.findall(r"css/([\w-]+)\.css", frame)) == OF_EVERY_PAGE
    assert loaded(ROOT / "templates/home/index.html") == {"home"}
    assert loaded(ROOT / "templates/exams/slots.html") == {"calendar", "desk"}


def test_no_sheet_keeps_a_rule_that_no_page_needs() -> None:
    written = {name for text in SHEETS.values() for name in classes_of(text)}

    assert sorted(written - said()) == []


def test_no_page_names_a_class_that_no_sheet_knows() -> None:
    """A class that looks like nothing is a slip of the pen, or a hook that is listed here."""
    known = {name for text in SHEETS.values() for name in classes_of(text)} | HOOKS

    unknown = {path.name: sorted(found) for path in PAGES if (found := class_names(path.read_text("utf-8")) - known)}

    assert unknown == {}


def test_an_idle_rule_and_an_unknown_class_are_found() -> None:
    """The control of the two tests above."""
    assert classes_of("/* .no */ .a:is(.b, .c) .d-e::before { margin: .5rem } @media print { .f { top: 0 } }") == {
        "a", "b", "c", "d-e", "f",
    }  # fmt: skip
    assert class_names('<p class="a{{ " b" if x else "" }} {{ kind }}">{% if y == "c" %}') == {"a", "b"}


def test_every_token_that_is_used_is_there() -> None:
    there = set(re.findall(r"(--[\w-]+):", SHEET))

    assert {
        name: lost for name, text in SHEETS.items() if (lost := set(re.findall(r"var\((--[\w-]+)", text)) - there)
    } == {}


def classes_of(text: str) -> set[str]:
    """Return the classes that the selectors of a sheet name."""
    heads = re.sub(r"\{[^{}]*\}", "{}", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", heads))


def class_names(page: str) -> set[str]:
    """Return the classes that a template writes out: bare, or in quotes within an expression."""
    names: set[str] = set()
    for value in CLASS.findall(COMMENT.sub("", page)):
        names.update(EXPRESSION.sub(" ", re.sub(r"(?<=[\w-])\{\{ *([\"'])(?=[\w])", r"\g<0>", value)).split())
        names.update(word for part in EXPRESSION.findall(value) for word in _quoted(part))
    return names


def said() -> set[str]:
    """Return every word that could be a class: of class attributes, of quotes in expressions, of scripts."""
    words = {word for path in PAGES for word in class_names(path.read_text("utf-8"))}
    for path in PAGES:
        for part in EXPRESSION.findall(COMMENT.sub("", path.read_text("utf-8"))):
            words.update(_quoted(part))
    scripts = "".join(path.read_text("utf-8") for path in (ROOT / "static/js").rglob("*.js"))
    return words | set(re.findall(r"[a-zA-Z][\w-]*", scripts)) | BUILT


def _quoted(expression: str) -> list[str]:
    return [word for _, text in re.findall(r"([\"'])(.*?)\1", expression) for word in re.findall(r"[\w-]+", text)]


def test_no_template_carries_styles_or_scripts_inside() -> None:
    inline = re.compile(r"\sstyle=|\son\w+=\"|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)

    guilty = [path.name for path in PAGES if inline.search(path.read_text(encoding="utf-8"))]

    assert guilty == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert [name for name, text in SHEETS.items() if "@import" in text or "url(" in text] == []
