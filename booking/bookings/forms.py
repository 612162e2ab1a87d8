"""What anybody enters to have a ticket checked."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

LONGEST = 500  # a ticket has some 180 characters; a scanner may send blanks with them


class CheckForm(FlaskForm):
    """One field for what a scanner reads in the code."""

    text = StringField(
        _l("Text of the code"), [InputRequired(_l("Scan the code, or paste its text")), Length(max=LONGEST)]
    )
