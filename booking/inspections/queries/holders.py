"""Which vehicle a holder names, inside a statement: for joins over many rows."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func
from sqlalchemy.orm import InstrumentedAttribute

from booking.inspections.holders import KIND


def vehicle_in_sql(holder: InstrumentedAttribute[Any]) -> ColumnElement[int | None]:
    """Return the number of the vehicle in a column of holders; NULL where another line's holder stands.

    The number is cut out of the text, and not the text made of the number, so that the join finds vehicles by key.
    """
    number = cast(func.substr(holder, len(KIND) + 1), Integer)
    return case((holder.like(f"{KIND}%"), number))
