"""What is said beside a list of choices when none of them was chosen."""

import pytest
from flask import Flask, request
from flask_wtf import FlaskForm
from wtforms import Form, RadioField, SelectField
from wtforms.fields import SelectChoice

from booking.web.fields import AskedForm

OFFERED = [SelectChoice("1", "one"), SelectChoice("2", "two")]


class Fields(Form):
    """A list of codes, a list of numbers and buttons, as the pages have them; none says its own words."""

    code = SelectField("Code", choices=OFFERED)
    number = SelectField("Number", coerce=int, choices=[SelectChoice(1, "one")])
    button = RadioField("Button", choices=OFFERED)


class Sent(FlaskForm, Fields):
    """The fields as a page sends them."""

    class Meta(FlaskForm.Meta):
        csrf = False


class Asked(AskedForm, Fields):
    """The fields as they stand in an address."""


@pytest.mark.parametrize(("language", "said"), [("zh", "请选择一项"), ("en", "Choose one of these")])
@pytest.mark.parametrize("sent", [{}, {"code": "", "number": "", "button": ""}, {"code": "x", "number": "9"}])
def test_whoever_chose_nothing_that_is_offered_is_asked_to_choose(
    app: Flask, language: str, said: str, sent: dict[str, str]
) -> None:
    with app.test_request_context(method="POST", data=sent, headers={"Cookie": f"language={language}"}):
        app.preprocess_request()
        for form in (Sent(), Asked(request.form)):
            assert not form.validate()
            assert form.errors == {name: [said] for name in ("code", "number", "button")}


def test_every_form_of_the_pages_speaks_the_readers_language(app: Flask) -> None:
    assert app
    bare = {form.__name__ for form in Form.__subclasses__() if form.__module__.startswith("booking.")}

    assert bare == {"AskedForm", "SampleForm"}  # the second is looked at and never sent
