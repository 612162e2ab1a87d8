"""What the pages of transfers ask for. Forms look at shape only."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, Label, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from booking.kernel.ids import SiteId
from booking.transfers.kinds import Incoming, Outgoing
from booking.transfers.scope import Scope
from booking.web.fields import DayField

NO_DAY = _l("Enter the day")
NO_FIRST = _l("Enter the first day")
DAY_OF_TESTS = _l("Day of the tests")
NOT_THE_LAST = _l("The last day must follow the first, within six years")
NO_SITE = _l("Choose a test site")
NO_REASON = _l("Enter the reason; it is kept in the log")


class UploadForm(FlaskForm):
    """A file to be tried."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file"))])
    first_day = DayField(DAY_OF_TESTS, [InputRequired(NO_DAY)])

    def __init__(self, kind: Incoming) -> None:
        super().__init__()
        if not kind.asks_day:
            del self.first_day

    @property
    def scope(self) -> Scope:
        """The day that is asked for, if it is."""
        return Scope(self.first_day.data if self.first_day else None)


class BringInForm(FlaskForm):
    """Bring in the file whose report was read; `seen` is its fingerprint."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])


class OutForm(FlaskForm):
    """A file to be made."""

    first_day = DayField(_l("First day"), [InputRequired(NO_FIRST)])
    last_day = DayField(_l("Last day"), [InputRequired(_l("Enter the last day"))])
    site = SelectField(_l("Test site"), [Optional()], coerce=int)
    file_format = RadioField(
        _l("Kind of file"),
        [InputRequired(_l("Choose the kind of file"))],
        choices=[SelectChoice("xlsx", _l("Workbook (XLSX)")), SelectChoice("csv", _l("CSV"))],
        default="xlsx",
    )
    reason = TextAreaField(
        _l("Reason"),
        [
            DataRequired(NO_REASON),
            Length(max=500, message=_l("At most 500 characters; shorten the reason")),
        ],
    )

    def __init__(self, kind: Outgoing, sites: Sequence[tuple[SiteId, str]]) -> None:
        super().__init__()
        if not kind.asks_days:
            del self.first_day
        elif kind.one_day:
            self.first_day.label = Label(self.first_day.id, DAY_OF_TESTS)
            self.first_day.validators = [InputRequired(NO_DAY)]
        if not kind.asks_days or kind.one_day:
            del self.last_day
        if kind.asks_site and sites:
            self.site.choices = [SelectChoice(site_id, name) for site_id, name in sites]
        else:
            del self.site

    @property
    def scope(self) -> Scope:
        """The days and the site that are asked for."""
        return Scope(
            self.first_day.data if self.first_day else None,
            self.last_day.data if self.last_day else None,
            SiteId(self.site.data) if self.site and self.site.data else None,
        )

    def refuse(self, name: str) -> None:
        """Say at its field what cannot be; the name is that of the verb."""
        words = {"first_day": NO_DAY, "last_day": NOT_THE_LAST, "site_id": NO_SITE, "reason": NO_REASON}
        field = getattr(self, "site" if name == "site_id" else name, None) or self.reason
        field.errors = [*field.errors, words.get(name, NO_REASON)]
