"""Form fields that say in plain words what is wrong."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField


class DayField(DateField):
    """A local day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as failure:
            raise ValueError(_l("This is not a day; write it as year-month-day, like 2026-03-01")) from failure
