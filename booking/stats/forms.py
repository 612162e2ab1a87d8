"""What the figures are of: a period of local days and, if wished, one site or station."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField
from wtforms.validators import InputRequired, ValidationError

from booking.kernel.ids import SiteId
from booking.stats.queries.inspections import Station
from booking.stats.queries.shares import Days, NamedSite
from booking.stats.rules.inspections import DAYS_SHOWN
from booking.web.fields import DayField
from booking.web.language import language

EVERY_SITE = ""
# Waits are read visit by visit, and anybody may ask: a quarter of a full city is about what a page can wait for.
MOST_DAYS = 92


class PeriodForm(Form):
    """Comes by GET and changes nothing, so it needs no token and no cookie."""

    first = DayField(_l("First day"), [InputRequired(_l("Enter the first day"))], name="from")
    last = DayField(_l("Last day"), [InputRequired(_l("Enter the last day"))], name="to")

    def validate_last(self, field: DayField) -> None:
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_l("The last day is before the first; enter a later one"))

    @property
    def days(self) -> Days:
        """The period, once the form was found valid."""
        return Days(self.first.data, self.last.data)


class SharesForm(PeriodForm):
    """Bookings of driving tests."""

    site = SelectField(_l("Site"), validate_choice=False)

    def validate_site(self, field: SelectField) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_l("There is no such site; choose one from the list"))

    @property
    def site_id(self) -> SiteId | None:
        """The chosen site, once the form was found valid; None for all of them."""
        return SiteId(int(self.site.data)) if self.site.data else None

    @property
    def site_name(self) -> str:
        """What the chosen site, or all of them, is called."""
        return str(dict(self.site.choices)[self.site.data])


class InspectionsForm(PeriodForm):
    """Cars at stations."""

    station = SelectField(_l("Station"), validate_choice=False)

    def validate_last(self, field: DayField) -> None:
        super().validate_last(field)
        if self.first.data and field.data and (field.data - self.first.data).days >= MOST_DAYS:
            raise ValidationError(_l("Choose at most %(days)s days at a time", days=MOST_DAYS))

    def validate_station(self, field: SelectField) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_l("There is no such station; choose one from the list"))

    @property
    def station_name(self) -> str:
        """What the chosen station, or all of them, is called."""
        return str(dict(self.station.choices)[self.station.data])

    def chosen(self, stations: Sequence[Station]) -> Sequence[Station]:
        """Return the station that is asked for, or all of them."""
        return [one for one in stations if self.station.data in (EVERY_SITE, one.code)]


def shares_form(asked: MultiDict[str, str], sites: Sequence[NamedSite], today: date) -> SharesForm:
    """Return the form as asked; what the address leaves out is every site and the calendar year of `today`.

    The year, because its figures are what the office reports, and because it holds the published days to come.
    """
    year = {"from": f"{today.year}-01-01", "to": f"{today.year}-12-31", "site": EVERY_SITE}
    form = SharesForm(MultiDict({**year, **asked.to_dict()}))
    form.site.choices = [(EVERY_SITE, _l("All sites")), *((str(site.id), named(site)) for site in sites)]
    return form


def inspections_form(asked: MultiDict[str, str], stations: Sequence[Station], today: date) -> InspectionsForm:
    """Return the form as asked; what the address leaves out is every station and the last days, `today` included."""
    since = today - timedelta(DAYS_SHOWN - 1)
    usual = {"from": since.isoformat(), "to": today.isoformat(), "station": EVERY_SITE}
    form = InspectionsForm(MultiDict({**usual, **asked.to_dict()}))
    form.station.choices = [(EVERY_SITE, _l("All stations")), *((one.code, named(one)) for one in stations)]
    return form


def named(place: NamedSite | Station) -> str:
    """Return what a site or station is called in the reader's language."""
    return place.name if language() == "zh" else place.name_en
