"""What is said beside a list of choices when none of them was chosen."""

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice

OFFERED = [SelectChoice("1", "one"), SelectChoice("2", "two")]


class Asked(FlaskForm):
    """A list of codes, a list of numbers and buttons, as the pages have them; none says its own words."""

    class Meta(FlaskForm.Meta):
        csrf = False

    code = SelectField("Code", choices=OFFERED)
    number = SelectField("Number", coerce=int, choices=[SelectChoice(1, "one")])
    button = RadioField("Button", choices=OFFERED)


@pytest.mark.parametrize(("language", "said"), [("zh", "请选择一项"), ("en", "Choose one of these")])
@pytest.mark.parametrize("sent", [{}, {"code": "", "number": "", "button": ""}, {"code": "x", "number": "9"}])
def test_whoever_chose_nothing_that_is_offered_is_asked_to_choose(
    app: Flask, language: str, said: str, sent: dict[str, str]
) -> None:
    with app.test_request_context(method="POST", data=sent, headers={"Cookie": f"language={language}"}):
        app.preprocess_request()
        form = Asked()

        assert not form.validate_on_submit()

    assert form.errors == {name: [said] for name in ("code", "number", "button")}
