"""What somebody typed is read aloud in its own language, whatever the page's."""

import pytest
from flask import Flask, render_template_string

SHOWN = '{% from "macros/typed.html" import typed %}{{ _("Reason: %(reason)s", reason=typed(text)) }}'


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "受台风影响", 'Reason: <span lang="zh-Hans-CN">受台风影响</span>'),
        ("zh", "Power cut", '原因：<span lang="en">Power cut</span>'),
        ("zh", "受台风影响", "原因：受台风影响"),
        ("en", "<b>停电</b>", 'Reason: <span lang="zh-Hans-CN">&lt;b&gt;停电&lt;/b&gt;</span>'),
    ],
)
def test_typed_words_stand_in_their_own_language(app: Flask, language: str, text: str, expected: str) -> None:
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        assert render_template_string(SHOWN, text=text) == expected
