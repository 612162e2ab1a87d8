"""What the operator of an exam site enters: who stands at the gate, how somebody did, and the counts of a roster."""

from collections.abc import Iterable, Mapping
from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from booking.kernel.ids import BookingId
from booking.rosters.models import AttemptOutcome
from booking.web.fields import DayField
from booking.web.paths import LARGEST_ID

LONGEST_SCAN = 300  # a ticket has some two hundred signs
LONGEST_TAIL = 20
Try = tuple[BookingId, int]  # the booking, and which attempt


class ChoiceForm(FlaskForm):
    """Which day, and of which site."""

    class Meta(FlaskForm.Meta):
        csrf = False

    day = DayField(_l("Day"), [Optional()])
    site = SelectField(_l("Exam site"), coerce=int, validate_choice=False)


class GateForm(FlaskForm):
    """One field for whatever a scanner or an operator types; `key` makes one check-in of a double click."""

    text = StringField(
        _l("Scan the ticket, or type the reference or the document number"),
        [InputRequired(_l("Scan or type something first")), Length(max=LONGEST_SCAN)],
    )
    tail = StringField(_l("Last four of the document"), [Length(max=LONGEST_SCAN)])
    key = HiddenField(validators=[Length(max=64)])

    @property
    def shown(self) -> tuple[str, str]:
        """What was scanned or typed, and the last four; a scan that went into the wrong field is a scan."""
        text, tail = self.text.data or "", self.tail.data or ""
        return (tail, "") if len(tail) > LONGEST_TAIL else (text, tail)


class BookingForm(FlaskForm):
    """One booking of the roster, which the page has named."""

    booking = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])

    @property
    def booking_id(self) -> BookingId:
        """Which booking, once the form was found valid."""
        return BookingId(self.booking.data or 0)


class ReferenceForm(FlaskForm):
    """One booking of the roster by its reference, as the gate has it."""

    reference = StringField(validators=[InputRequired(), Length(max=10)])


class ResultsForm(FlaskForm):
    """A score, an outcome or both for each attempt that can be recorded. `of` makes it for those attempts."""

    tries: tuple[Try, ...] = ()

    @classmethod
    def of(cls, tries: Iterable[Try]) -> Self:
        """Return the form with two fields for each attempt."""
        asked = tuple(dict.fromkeys(tries))
        fields: dict[str, object] = {"tries": asked}
        for one in asked:
            fields[score_field(one)] = IntegerField(
                _l("Score"),
                [Optional(), NumberRange(0, 100, _l("A score is a whole number from 0 to 100"))],
            )
            fields[outcome_field(one)] = SelectField(_l("Result"), choices=OUTCOMES, default="")
        form: Self = type(cls.__name__, (cls,), fields)()
        return form

    def entered(self) -> Iterable[tuple[Try, int | None, AttemptOutcome | None]]:
        """Yield each attempt for which something was entered."""
        for one in self.tries:
            score, outcome = self[score_field(one)].data, self[outcome_field(one)].data
            if score is not None or outcome:
                yield one, score, AttemptOutcome(outcome) if outcome else None

    def refuse(self, one: Try, sentence: str) -> None:
        """Show at its row why an attempt was not recorded."""
        field = self[score_field(one)]
        field.errors = [*field.errors, sentence]


OUTCOMES = [
    SelectChoice("", _l("by the score")),
    SelectChoice(AttemptOutcome.PASSED.value, _l("passed")),
    SelectChoice(AttemptOutcome.FAILED.value, _l("failed")),
]


def score_field(one: Try) -> str:
    """Return the name of the field of a score: the attempt is part of it, so that a form sent twice is noticed."""
    return f"score_{one[0]}_{one[1]}"


def outcome_field(one: Try) -> str:
    """Return the name of the field of an outcome."""
    return f"outcome_{one[0]}_{one[1]}"


class FileForm(FlaskForm):
    """A file of results."""

    file = FileField(_l("File of results"), [FileRequired(_l("Choose a file"))])


class ClosingForm(FlaskForm):
    """The counts that were counted on paper; the roster is closed only if they are those of the system."""

    booked = IntegerField(_l("On the list"), [InputRequired(_l("Enter how many there are")), NumberRange(0)])
    present = IntegerField(_l("Present"), [InputRequired(_l("Enter how many are present")), NumberRange(0)])
    absent = IntegerField(
        _l("Absent from the test"), [InputRequired(_l("Enter how many are absent")), NumberRange(0)]
    )
    passed = IntegerField(_l("Passed the test"), [InputRequired(_l("Enter how many passed")), NumberRange(0)])
    failed = IntegerField(_l("Did not pass"), [InputRequired(_l("Enter how many did not pass")), NumberRange(0)])
    cancelled = IntegerField(
        _l("Cancelled by the office"), [InputRequired(_l("Enter how many there are")), NumberRange(0)]
    )

    @property
    def counted(self) -> Mapping[str, int]:
        """What was entered, by the name of each count."""
        return {field.name: field.data for field in self if field.type == "IntegerField"}
