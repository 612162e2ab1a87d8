"""What the figures are of: a period of local days and, if wished, one site or station."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.validators import InputRequired, ValidationError

from booking.exams.line import EXAMS
from booking.exams.rules.facts import LicenceClass
from booking.kernel.ids import SiteId
from booking.lines import LINES
from booking.stats.queries.counted import Asked
from booking.stats.queries.inspections import Station
from booking.stats.queries.shares import NamedSite
from booking.stats.rules.inspections import DAYS_SHOWN
from booking.stats.rules.spans import Days
from booking.web.fields import CENTURY, NOT_A_DAY, AskedForm, DayField
from booking.web.language import language, worded

EVERY_SITE = ""
DAYS_OF_A_YEAR = 365
PARTED_BY = {"service": _l("Subject or service"), "site": _l("Site"), "class": _l("Licence class")}
# Waits are read visit by visit, and anybody may ask: a quarter of a full city is about what a page can wait for.
MOST_DAYS = 92


class PeriodForm(AskedForm):
    """Comes by GET and changes nothing, so it needs no token and no cookie."""

    first = DayField(_l("First day"), [InputRequired(_l("Enter the first day"))], name="from")
    last = DayField(_l("Last day"), [InputRequired(_l("Enter the last day"))], name="to")

    def validate_last(self, field: DayField) -> None:
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_l("The last day is before the first; enter a later one"))
        # Each day of a period is looked at by itself, and anybody may ask.
        if any(day and day.year not in CENTURY for day in (self.first.data, field.data)):
            raise ValidationError(NOT_A_DAY)

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


class FiguresForm(PeriodForm):
    """All figures: a line, and if wished one service, site or licence class, and by what they are parted."""

    line = SelectField(_l("Line of business"), validate_choice=False)
    service = SelectField(_l("Subject or service"), validate_choice=False)
    site = SelectField(_l("Site"), validate_choice=False)
    licence_class = SelectField(_l("Licence class"), validate_choice=False, name="class")
    by = SelectField(_l("Parted by"), validate_choice=False)

    def validate_by(self, field: SelectField) -> None:
        for chosen in (self.line, self.service, self.site, self.licence_class, field):
            if chosen.data not in dict(chosen.choices):
                raise ValidationError(_l("Choose from the lists"))

    @property
    def asked(self) -> Asked:
        """What is to be counted, once the form was found valid."""
        site_id = SiteId(int(self.site.data)) if self.site.data else None
        return Asked(self.days, self.line.data, self.service.data, site_id, self.licence_class.data)

    @property
    def query(self) -> dict[str, str]:
        """The choice as it stands in an address; what is not chosen is left out."""
        return {name: value for name, value in self._written().items() if value}

    @property
    def back(self) -> dict[str, str]:
        """The choice where it is valid, for the way back."""
        return {} if self.errors else self.query

    @property
    def by_word(self) -> str:
        """By what the figures are parted, in words."""
        return str(PARTED_BY[self.by.data])

    def _written(self) -> dict[str, str]:
        return {
            "from": self.days.first.isoformat(),
            "to": self.days.last.isoformat(),
            "line": self.line.data,
            "service": self.service.data,
            "site": self.site.data,
            "class": self.licence_class.data,
            "by": self.by.data,
        }


def figures_form(asked: MultiDict[str, str], sites: Callable[[str], Sequence[NamedSite]], today: date) -> FiguresForm:
    """Return the form as asked; what the address leaves out is everything, in the year that ends today."""
    line = asked.get("line", "")
    line = line if line in LINES else EXAMS.key
    usual = {
        "from": (today - timedelta(DAYS_OF_A_YEAR - 1)).isoformat(),
        "to": today.isoformat(),
        "service": "",
        "site": EVERY_SITE,
        "class": "",
        "by": "service",
    }
    form = FiguresForm(MultiDict({**usual, **asked.to_dict(), "line": line}))
    form.line.choices = [(one.key, worded(one.name)) for one in LINES.values()]
    form.by.choices = list(PARTED_BY.items())
    form.service.choices = [("", _l("All")), *((code, worded(name)) for code, name in LINES[line].services.items())]
    form.site.choices = [(EVERY_SITE, _l("All sites")), *((str(site.id), named(site)) for site in sites(line))]
    classes = [(one.value, one.value) for one in LicenceClass] if line == EXAMS.key else []
    form.licence_class.choices = [("", _l("All")), *classes]
    for field in (form.service, form.site, form.licence_class):
        if field.data not in dict(field.choices):
            field.data = ""  # of the other line
    return form


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
