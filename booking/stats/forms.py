"""Which bookings the figures are of: a period of local days and, if wished, one site."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField
from wtforms.validators import InputRequired, ValidationError

from booking.kernel.ids import SiteId
from booking.stats.queries.shares import Days, NamedSite
from booking.web.fields import DayField
from booking.web.language import language

EVERY_SITE = ""


class PeriodForm(Form):
    """Comes by GET and changes nothing, so it needs no token and no cookie."""

    first = DayField(_l("First day"), [InputRequired(_l("Enter the first day"))], name="from")
    last = DayField(_l("Last day"), [InputRequired(_l("Enter the last day"))], name="to")
    site = SelectField(_l("Site"), validate_choice=False)

    def validate_last(self, field: DayField) -> None:
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_l("The last day is before the first; enter a later one"))

    def validate_site(self, field: SelectField) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_l("There is no such site; choose one from the list"))

    @property
    def days(self) -> Days:
        """The period, once the form was found valid."""
        return Days(self.first.data, self.last.data)

    @property
    def site_id(self) -> SiteId | None:
        """The chosen site, once the form was found valid; None for all of them."""
        return SiteId(int(self.site.data)) if self.site.data else None

    @property
    def site_name(self) -> str:
        """What the chosen site, or all of them, is called."""
        return str(dict(self.site.choices)[self.site.data])


def period_form(asked: MultiDict[str, str], sites: Sequence[NamedSite], today: date) -> PeriodForm:
    """Return the form as asked; what the address leaves out is every site and the calendar year of `today`.

    The year, because its figures are what the office reports, and because it holds the published days to come.
    """
    year = {"from": f"{today.year}-01-01", "to": f"{today.year}-12-31", "site": EVERY_SITE}
    form = PeriodForm(MultiDict({**year, **asked.to_dict()}))
    names = [(str(site.id), site.name if language() == "zh" else site.name_en) for site in sites]
    form.site.choices = [(EVERY_SITE, _l("All sites")), *names]
    return form
