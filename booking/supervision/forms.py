"""What a period is, what a look came to, and why the log is taken out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from booking.stats.forms import PeriodForm
from booking.supervision.models import Outcome
from booking.supervision.service.checks import LONGEST_NOTE, Looked
from booking.web.fields import DayField

DAYS_SHOWN, MOST_DAYS = 30, 366
LONGEST_REASON = 200
OUTCOMES = {
    Outcome.CLEAN.value: _l("Nothing irregular"),
    Outcome.EXPLAINED.value: _l("Unusual, and explained"),
    Outcome.IRREGULAR.value: _l("Irregular: passed on"),
}
WAYS = {"csv": _l("CSV, for any program"), "xlsx": _l("XLSX, for a spreadsheet")}


def _choices(words: Mapping[str, LazyString]) -> list[SelectChoice]:
    return [SelectChoice(code, word) for code, word in words.items()]


class SpanForm(PeriodForm):
    """Some days to look back on."""

    def validate_last(self, field: DayField) -> None:
        super().validate_last(field)
        if self.first.data and field.data and (field.data - self.first.data).days >= MOST_DAYS:
            raise ValidationError(_l("Choose at most %(days)s days at a time", days=MOST_DAYS))

    @property
    def query(self) -> dict[str, Any]:
        """The period as it stands in an address."""
        return {"from": self.days.first.isoformat(), "to": self.days.last.isoformat()}


def span_form(asked: MultiDict[str, str], today: date) -> SpanForm:
    """Return the form as asked; what the address leaves out is the last thirty days, `today` included."""
    usual = {"from": (today - timedelta(DAYS_SHOWN - 1)).isoformat(), "to": today.isoformat()}
    return SpanForm(MultiDict({**usual, **asked.to_dict()}))


class LookForm(FlaskForm):
    """What somebody who looked at a case came to."""

    outcome = RadioField(
        _l("What did you find?"), [InputRequired(_l("Choose what you found"))], choices=_choices(OUTCOMES)
    )
    note = TextAreaField(
        _l("What you looked at and why you think so"),
        [DataRequired(_l("Write what you looked at")), Length(max=LONGEST_NOTE)],
    )

    @property
    def looked(self) -> Looked:
        """The outcome, once the form was found valid."""
        return Looked(Outcome(self.outcome.data), self.note.data or "")


class TakeOutForm(FlaskForm):
    """Why entries of the log leave the house, and as what."""

    reason = StringField(
        _l("Why is it taken out, and for whom?"),
        [DataRequired(_l("Write why the entries are taken out")), Length(max=LONGEST_REASON)],
    )
    way = RadioField(_l("File"), [InputRequired(_l("Choose a kind of file"))], choices=_choices(WAYS), default="csv")
