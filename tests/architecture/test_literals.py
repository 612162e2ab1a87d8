"""No word on a page that cannot be translated: what is not in a catalogue stands in both languages or nowhere."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "booking/web/translations/zh/LC_MESSAGES").glob("*.po"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CALLS = {"Wording", "_", "_l", "gettext", "lazy_gettext", "ngettext"}
# Chinese that is data of the trade or says both languages at once, and not a sentence of one language.
OF_THE_TRADE = {
    "booking/accounts/forms.py": "the name of the language",
    "booking/accounts/sounds.py": "surnames that are read otherwise than their characters",
    "booking/allotment/queries/impact.py": "gaps of a sample message, in its own language",
    "booking/exams/rules/document.py": "heads of tables in both languages",
    "booking/exams/rules/wording.py": "bases in Chinese, beside the English ones",
    "booking/inspections/queries/vehicles.py": "marks on plates",
    "booking/inspections/rules/document.py": "heads of tables in both languages",
    "booking/inspections/rules/law.py": "numerals of items of the law",
    "booking/inspections/rules/plates.py": "plates",
    "booking/kernel/identifiers.py": "the characters of officers' cards",
    "booking/kernel/logs.py": "plates that no log may hold",
    "booking/kernel/workbooks.py": "the name of a sheet in both languages",
    "booking/notices/service.py": "days in Chinese, beside the English ones",
    "booking/simulation/picture.py": "captions in both languages",
    "booking/sites/rules/districts.py": "names of districts",
    "booking/sites/rules/order.py": "names of places",
    "booking/sites/service/lists.py": "names of test lanes, as they stand over them",
    "booking/transfers/command.py": "a line of a file in both languages",
    "booking/transfers/service/making.py": "lines of a file in both languages",
}
PATTERN_OF_A_DATE = re.compile(r"[yMdHmE年月日（） :]+")
# Macros that say a value for an attribute or another template, and no word for a reader.
VALUES = {
    "templates/exams/booking_parts.html": {"yes"},
    "templates/macros/forms.html": {"hint", "error", "true", "false"},
    "templates/macros/live.html": {"id", "data", "updated", "refresh", "hx", "get", "trigger", "every"}
    | {"select", "target", "swap", "outerHTML", "push", "url", "sync", "replace", "oob", "true"},
}
# What is set apart as code is typed as it stands, in every language.
IN_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<code>[^<>{}]*</code>", re.S)
TAG = re.compile(r"<[a-zA-Z/!][^<>]*>", re.S)
SAID = re.compile(r"\b(?:title|alt|aria-label|placeholder)=\"([^\"]*)\"")
WORD = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}")
# Words that are the same in both languages: names of the languages, of files and of methods, and a command line.
SAME_IN_BOTH = re.compile(
    r"\bEnglish\b|中文|\bAa\b|SHA-256|python3 check-round\.pyz record\.json --receipt receipt\.json --pid"
)
# What Chinese sentences may hold in Latin letters: files, codes of classes and plates, samples, names of programs.
LATIN = re.compile(
    r"%\(\w+\)s|\b(?:CSV|XLSX|PDF|UTF-8|JSON|Excel|Python|SHA-256|UTC|QR|GB|WCAG|AA|A4|WGS|MB|MiB|Ed25519|drand|T1|A-Z|"
    r"HTTP|API|TOTP|Cookie|rem|booking scheduler|templates/macros|TRUE|FALSE|attempt|outcome|passed|failed|T08|"
    r"[A-Z]\d?|GD?\d{5}D?|K7MP2QXDAB|\d+X|X)\b|#REF!|\.xlsm?|\.xls|\dT\d"
)
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;?!()]|[,;?!()][\u4e00-\u9fff]|[\u4e00-\u9fff]:|:[\u4e00-\u9fff]")
CROWDED = re.compile(r"[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]|\d[个位人行批份条次辆项天分小级字件张页种座]")
TOGETHER = re.compile(r"粤[A-Z]|交管12123|快乐8|“(?:时:分|种子:预约编号)”")


def chinese_literals(source: str) -> Iterator[str]:
    """Yield each Chinese text of a program that stands neither in a wording, nor in a message, nor in a docstring."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
            yield node.value
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        worded = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CALLS
        if not docstring and not worded:
            waiting.extend(ast.iter_child_nodes(node))


def words_outside(template: str) -> list[str]:
    """Return each word of a template, in its text or in what a tag says, that no catalogue can translate."""
    bare = IN_JINJA.sub("\N{OBJECT REPLACEMENT CHARACTER}", template)
    texts = [*SAID.findall(bare), TAG.sub(" ", bare)]
    return [word for text in texts for word in WORD.findall(SAME_IN_BOTH.sub(" ", text))]


@cache
def wordings() -> list[tuple[str, str, str]]:
    """Return every wording that stands literally in the program: where, Chinese, English."""
    found = []
    for path in sorted((ROOT / "booking").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Wording":
                args = [*node.args, *(one.value for one in node.keywords)]
                texts = [one.value for one in args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                assert len(args) == 2, f"{path}:{node.lineno} has not both languages"
                if len(texts) == 2:
                    found.append((f"{path.relative_to(ROOT)}:{node.lineno}", texts[0], texts[1]))
    return found


@cache
def chinese_sentences() -> dict[str, str]:
    """Return every Chinese sentence of catalogues and wordings, with where it stands."""
    found = {zh: where for where, zh, _ in wordings()}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="zh"):
                if message.id:
                    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
                    found |= dict.fromkeys(texts, path.name)
    return found


def test_no_chinese_stands_in_the_program_without_its_english() -> None:
    stray = {}
    for path in sorted((ROOT / "booking").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith("booking/demo/") and name not in OF_THE_TRADE:
            texts = [text for text in chinese_literals(path.read_text()) if not PATTERN_OF_A_DATE.fullmatch(text)]
            stray.update({name: texts} if any(len(CHINESE.findall(text)) > 1 for text in texts) else {})

    assert stray == {}


def test_no_exception_is_kept_for_a_file_that_needs_none() -> None:
    assert [name for name in OF_THE_TRADE if not any(chinese_literals((ROOT / name).read_text()))] == []


def test_no_word_of_a_template_stands_outside_the_catalogues() -> None:
    stray = {
        name: words
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for name in [str(path.relative_to(ROOT))]
        if (words := set(words_outside(path.read_text())) - VALUES.get(name, set()))
    }

    assert stray == {}


def test_every_wording_says_the_same_in_both_languages() -> None:
    for where, zh, en in wordings():
        assert bool(zh) == bool(en), where
        assert set(re.findall(r"\{(\w+?)(?:_zh|_en)?\}", zh)) == set(re.findall(r"\{(\w+?)(?:_zh|_en)?\}", en)), where


def test_chinese_sentences_have_chinese_stops_and_set_numbers_and_latin_letters_apart() -> None:
    wrong = {
        sentence: where
        for sentence, where in chinese_sentences().items()
        for bare in [TOGETHER.sub("", re.sub(r"%\(\w+\)s|\{\w+\}", "", sentence))]
        if HALF_WIDTH.search(bare) or CROWDED.search(bare)
    }

    assert wrong == {}


def test_chinese_sentences_hold_no_english_words() -> None:
    wrong = {
        sentence: where
        for sentence, where in chinese_sentences().items()
        if where.endswith(".po") and re.search(r"[A-Za-z]{2,}", LATIN.sub("", sentence))
    }

    assert wrong == {}


def test_a_stray_sentence_of_a_program_would_be_found() -> None:
    source = (
        'def told():\n    """中文说明。"""\n    return _("May 中文 stand"), Wording("约满", "Full"), "已经约满了"'
    )

    assert list(chinese_literals(source)) == ["已经约满了"]


def test_a_stray_word_of_a_template_would_be_found() -> None:
    template = (
        '{# note #}<p title="Close">{{ _("Open") }} Full <b>约满</b></p>{% if a > b %}<i class="x">·</i>{% endif %}'
    )

    assert words_outside(template) == ["Close", "Full", "约满"]


def test_crowded_and_half_width_sentences_would_be_found() -> None:
    assert all(map(CROWDED.search, ("最多80个字符", "最后一位是X的", "PDF凭证")))
    assert all(map(HALF_WIDTH.search, ("没有保存,请再试", "名额(共五个)", "原因:停电")))
    assert not any(pattern.search("12月1日（星期二）前取消；3号已叫到") for pattern in (CROWDED, HALF_WIDTH))
