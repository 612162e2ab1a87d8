"""Texts of guides: plain text in, blocks out; the shipped ones are whole in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.guides.rules.blocks import Block, blocks
from booking.guides.rules.sections import Content, Section, changes, content_of, missing
from booking.guides.shipped import NAMES, shipped
from booking.kernel.errors import Wording


def test_a_text_becomes_paragraphs_lists_and_steps() -> None:
    text = "先看条件。\n\n- 身份证\n- 凭证\n1. 登录\n2、 选择\n最后等通知。\n2026年起施行"

    assert list(blocks(text)) == [
        Block("text", ("先看条件。",)),
        Block("list", ("身份证", "凭证")),
        Block("steps", ("登录", "选择")),
        Block("text", ("最后等通知。",)),
        Block("text", ("2026年起施行",)),
    ]


@given(st.text(alphabet="ab甲乙12.、- <&\n", max_size=60))
def test_no_character_of_a_text_is_lost_but_marks_and_spaces(text: str) -> None:
    marks = str.maketrans("", "", " -.、0123456789\n")

    shown = "".join(line for block in blocks(text) for line in block.lines)

    assert shown.translate(marks) == text.translate(marks)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_guides_say_everything_in_both_languages(name: str) -> None:
    content = shipped()[name]

    assert missing(content) == []
    assert set(content.zh) == set(content.en) == set(Section)
    assert content_of(content.as_json()) == content


def test_english_falls_back_to_chinese_section_by_section() -> None:
    content = Content(Wording("甲", ""), {Section.FEE: "免费", Section.WHO: "任何人"}, {Section.WHO: "Anybody"})

    assert content.titled("en") == "甲"
    assert content.text(Section.WHO, "en") == "Anybody"
    assert content.text(Section.FEE, "en") == "免费"
    assert content.text(Section.FORMS, "zh") == ""


def test_changes_name_each_part_that_differs_and_no_other() -> None:
    before = Content(Wording("甲", "A"), {Section.WHO: "一", Section.FEE: "二"}, {})
    after = Content(Wording("甲", "B"), {Section.WHO: "一", Section.FEE: "三"}, {Section.WHO: "1"})

    found = [(change.section, change.language, change.before, change.after) for change in changes(before, after)]

    assert found == [(None, "en", "A", "B"), (Section.WHO, "en", "", "1"), (Section.FEE, "zh", "二", "三")]
    assert list(changes(after, after)) == []
