"""What the pages of driving tests ask for. Forms look at shape only; whether it is allowed is a rule."""

import json
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from booking.bookings.behalf_forms import OnBehalfForm
from booking.exams.rules.facts import Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.wording import CLASSES
from booking.exams.service import Application, Result
from booking.kernel.ids import SiteId
from booking.web.fields import AskedForm, DayField
from booking.web.language import worded

MOST_INPUTS = 40  # more wishes than any office allows; the rest of a forged form is not read
NOTICE_HOURS = (0, 24, 48, 72, 96)
WHY = Length(max=500, message=_l("At most 500 characters; shorten the reason"))


class ScoreField(IntegerField):
    """A score, with a plain sentence for what is no number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as failure:
            raise ValueError(_l("A score is a whole number from 0 to 100")) from failure


class SiteForm(AskedForm):
    """Which site; comes by GET and changes nothing."""

    site = SelectField(_l("Test site"), validate_choice=False)


class BookForm(FlaskForm):
    """Book the place that is shown; `request_key` makes a double click one booking."""

    request_key = HiddenField(validators=[InputRequired(), Length(max=64)])


class ConfirmForm(FlaskForm):
    """Do what the page says."""


class SearchForm(FlaskForm):
    """One box for everything by which the counter knows a person."""

    text = StringField(
        _l("Reference, phone, or name and last four of the document"),
        [DataRequired(_l("Enter a reference, a phone number, or a name with the last four characters"))],
    )


class ReasonForm(FlaskForm):
    """Why a clerk acts; it is kept with the act."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Enter the reason; it is kept in the log")), WHY])


class BehalfForm(OnBehalfForm):
    """Book for somebody at the counter or on the telephone."""

    request_key = HiddenField(validators=[InputRequired(), Length(max=64)])


class WishesField(Field):
    """Wishes in order, each as "12" for a session or "*3" for any session at a site; as many inputs as wishes."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [value.strip()[:20] for value in valuelist[:MOST_INPUTS]]


class WishesForm(FlaskForm):
    """What somebody asks of rounds. `version` is what was seen of the request that is being changed."""

    wish = WishesField(_l("Wishes"))
    carry_on = BooleanField(_l("Carry on into later dates"))
    notice_hours = SelectField(_l("How late may a place still come?"), coerce=int)
    request_key = HiddenField(validators=[Length(max=64)])
    version = IntegerField(validators=[Optional(), NumberRange(1, 2**31 - 1)])

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        hours = sorted({*NOTICE_HOURS, self.notice_hours.default or 0, self.notice_hours.object_data or 0})
        self.notice_hours.choices = [SelectChoice(count, notice_in_words(count)) for count in hours]

    @property
    def has_known_notice(self) -> bool:
        """Whether the limit is one of those offered."""
        return self.notice_hours.data in [choice.value for choice in self.notice_hours.choices]

    @property
    def notice_words(self) -> str:
        """The limit that was chosen."""
        return notice_in_words(self.notice_hours.data or 0)


class WishesOnBehalfForm(OnBehalfForm, WishesForm):
    """Ask for somebody at the counter or on the telephone, or change what was asked."""


def notice_in_words(hours: int) -> str:
    """Say until when before a session a place may still come."""
    if hours == 0:
        return str(_("At any time"))
    if hours % 24 == 0:
        return str(
            ngettext(
                "No later than %(days)s day before the session",
                "No later than %(days)s days before the session",
                hours // 24,
                days=hours // 24,
            )
        )
    return str(
        ngettext(
            "No later than %(hours)s hour before the session",
            "No later than %(hours)s hours before the session",
            hours,
            hours=hours,
        )
    )


class RecordForm(FlaskForm):
    """One application for a licence, as the office knows it."""

    licence_class = SelectField(_l("Class applied for"), [InputRequired(_l("Choose the class applied for"))])
    kind = RadioField(
        _l("Kind of application"),
        [InputRequired(_l("Choose the kind of application"))],
        choices=[
            SelectChoice(Kind.FIRST.value, _l("first licence")),
            SelectChoice(Kind.UPGRADE.value, _l("further class")),
        ],
    )
    held_class = SelectField(_l("Class held already"))
    accepted_on = DayField(_l("Accepted on"), [InputRequired(_l("Enter the day of acceptance"))])
    permit_issued_on = DayField(_l("Learner permit issued on"), [Optional()])
    permit_valid_until = DayField(_l("Learner permit valid until"), [Optional()])

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        classes = [SelectChoice(one.value, f"{one.value} {worded(name)}") for one, name in CLASSES.items()]
        # No class stands there by itself: at speed the first of the list would be sent unseen.
        self.licence_class.choices = [SelectChoice("", _l("choose")), *classes]
        self.held_class.choices = [SelectChoice("", _l("none, or not known")), *classes]

    def application(self) -> Application:
        """What was entered, once the form was found valid."""
        return Application(
            LicenceClass(self.licence_class.data),
            Kind(self.kind.data),
            LicenceClass(self.held_class.data) if self.held_class.data else None,
            self.accepted_on.data,
            self.permit_issued_on.data,
            self.permit_valid_until.data,
        )

    def show(self, application: Application) -> None:
        """Fill the fields with what is stored."""
        for name, value in application.as_row().items():
            self[name].data = value


class CorrectionForm(RecordForm):
    """A correction. `seen` is what the clerk was shown, so that nobody else's change is overwritten."""

    seen = HiddenField(validators=[InputRequired()])
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Enter the reason; it is kept in the log")), WHY])

    def show(self, application: Application) -> None:
        super().show(application)
        self.seen.data = json.dumps(application.as_row(), default=date.isoformat)

    def application_seen(self) -> Application | None:
        """What the clerk was shown; None if the form was tampered with."""
        try:
            row = json.loads(self.seen.data)
            days = [
                date.fromisoformat(row[name]) if row[name] else None
                for name in ("permit_issued_on", "permit_valid_until")
            ]
            held = LicenceClass(row["held_class"]) if row["held_class"] else None
            accepted = date.fromisoformat(row["accepted_on"])
            return Application(LicenceClass(row["licence_class"]), Kind(row["kind"]), held, accepted, *days)
        except (ValueError, KeyError, TypeError):
            return None


class ResultForm(FlaskForm):
    """The outcome of one test, its retest included."""

    subject = SelectField(_l("Subject"), [InputRequired(_l("Choose the subject"))])
    day = DayField(_l("Day of the test"), [InputRequired(_l("Enter the day of the test"))])
    outcome = RadioField(
        _l("Outcome"),
        [InputRequired(_l("Choose the outcome"))],
        choices=[
            SelectChoice(Outcome.PASSED.value, _l("passed")),
            SelectChoice(Outcome.FAILED.value, _l("failed")),
            SelectChoice(Outcome.ABSENT.value, _l("absent")),
        ],
    )
    score = ScoreField(_l("Score"), [Optional(), NumberRange(0, 100, _l("A score is a whole number from 0 to 100"))])
    site = SelectField(_l("Test site"))

    def result(self) -> Result:
        """What was entered, once the form was found valid."""
        site_id = SiteId(int(self.site.data)) if self.site.data else None
        return Result(Subject(self.subject.data), self.day.data, Outcome(self.outcome.data), self.score.data, site_id)


class FileForm(FlaskForm):
    """A CSV file."""

    file = FileField(_l("CSV file"), [FileRequired(_l("Choose a file"))])
