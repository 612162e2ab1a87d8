"""What a clerk is asked who acts on behalf of somebody: what was shown, and why. Kept with the act in the log."""

import re

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from booking.bookings.evidence import Evidence, Paper
from booking.bookings.models import BookingChannel

LONGEST_NOTE = 200
LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){7}")
PAPERS: dict[Paper, LazyString] = {
    Paper.ID_ORIGINAL: _l("identity document, the original"),
    Paper.PHONE_CHECK: _l("checked by telephone"),
    Paper.MANDATE: _l("written mandate and the agent's document"),
    Paper.OTHER: _l("something else"),
}


class OnBehalfForm(FlaskForm):
    """Act for somebody at the counter or on the telephone. The reason is one line, so that Enter sends the form."""

    paper = RadioField(
        _l("What was shown?"),
        [InputRequired(_l("Choose what was shown; it is kept as evidence"))],
        choices=[SelectChoice(paper.value, words) for paper, words in PAPERS.items()],
    )
    evidence = StringField(
        _l("Note on what was shown"),
        [Length(max=LONGEST_NOTE, message=_l("At most 200 characters; shorten the note"))],
    )
    reason = StringField(
        _l("Reason"),
        [
            DataRequired(_l("Enter the reason; it is kept in the log")),
            Length(max=500, message=_l("At most 500 characters; shorten the reason")),
        ],
    )

    def validate_evidence(self, field: Field) -> None:
        note = field.data or ""
        if self.paper.data == Paper.OTHER.value and not note.strip():
            raise ValidationError(_l("Say what was shown"))
        if LONG_NUMBER.search(note):
            raise ValidationError(_l("Leave numbers of documents and telephones out; the log must not hold them"))

    @property
    def shown(self) -> Evidence:
        """What was shown, for the log."""
        return Evidence(Paper(self.paper.data), (self.evidence.data or "").strip())

    @property
    def channel(self) -> BookingChannel:
        """How the person asked: whoever was checked by telephone is on the telephone."""
        is_call = self.paper.data == Paper.PHONE_CHECK.value
        return BookingChannel.PHONE if is_call else BookingChannel.COUNTER
