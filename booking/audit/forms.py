"""What the log can be searched by."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from booking.audit.queries import Sought
from booking.audit.words import ACTS, KINDS

LARGEST_ID = 2**31 - 1


def choices(words: Mapping[str, LazyString]) -> list[SelectChoice]:
    """Return everything and each of `words` as choices."""
    return [SelectChoice("", _l("all")), *(SelectChoice(code, word) for code, word in words.items())]


class LogForm(FlaskForm):
    """Comes by GET and changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    day = DateField(_l("Day"), [Optional()])
    act = SelectField(_l("Act"), choices=choices(ACTS), default="")
    kind = SelectField(_l("Kind of object"), choices=choices(KINDS), default="")
    object_id = StringField(_l("Number of the object"), [Length(max=40)])
    account = IntegerField(_l("Number of the account"), [Optional(), NumberRange(1, LARGEST_ID)])
    before = IntegerField("", [Optional(), NumberRange(1)])

    @property
    def sought(self) -> Sought:
        """What is asked for, once the form was found valid."""
        object_id = (self.object_id.data or "").strip()
        return Sought(self.day.data, self.kind.data or "", object_id, self.act.data or "", self.account.data)
