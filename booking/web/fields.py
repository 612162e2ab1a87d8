"""Form fields that say in plain words what is wrong."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField

NOT_A_DAY = _l("This is not a day; write it as year-month-day, like 2026-03-01")


class DayField(DateField):
    """A local day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as failure:
            raise ValueError(NOT_A_DAY) from failure
