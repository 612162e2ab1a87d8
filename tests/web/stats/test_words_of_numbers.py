"""Numbers in their units, as the pages write them."""

from decimal import Decimal

import pytest
from flask import Flask

from booking.stats.rules.catalogue import FIGURES
from booking.stats.rules.figures import Unit
from booking.stats.views.shown import written


@pytest.mark.parametrize(
    ("number", "words"), [("1", "1 day"), ("0.5", "0.5 day"), ("1.5", "1.5 days"), ("19", "19 days")]
)
def test_parts_of_days_are_written_in_the_plural(app: Flask, number: str, words: str) -> None:
    figure = next(figure for figure in FIGURES if figure.unit is Unit.DAYS)

    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert written(figure, Decimal(number)) == words
