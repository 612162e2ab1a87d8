"""Forms of a rating and of its answer."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from booking.ratings.rules import WORDS, Grade
from booking.ratings.service import LONGEST_WORDS
from booking.web.language import worded

TOO_LONG = _l("At most 500 characters; shorten it")


class RatingForm(FlaskForm):
    """One of the five grades, and words if one likes."""

    grade = RadioField(_l("How satisfied were you with this visit?"), [InputRequired(_l("Choose one of the five"))])
    words = TextAreaField(_l("What was good, what was not"), [Length(max=LONGEST_WORDS, message=TOO_LONG)])

    @property
    def chosen(self) -> Grade:
        """The grade, once the form was found valid."""
        return Grade(int(self.grade.data))


class AnswerForm(FlaskForm):
    """What the office says to a bad rating."""

    answer = TextAreaField(
        _l("Our answer"),
        [
            DataRequired(_l("Write what was found and what is done about it")),
            Length(max=LONGEST_WORDS, message=TOO_LONG),
        ],
    )


def rating_form() -> RatingForm:
    """Return the form with the five grades in the reader's language, the best first."""
    form = RatingForm()
    form.grade.choices = [SelectChoice(str(int(grade)), worded(word)) for grade, word in WORDS.items()]
    return form
