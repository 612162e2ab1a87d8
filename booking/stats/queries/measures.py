"""The measures by their codes: each is one statement, or two, that yields its facts on some local days.

The same statement is counted into the roll-ups, counted on the spot for days that are not rolled up, and shown row by
row, so that a number and its rows cannot differ.
"""

from collections.abc import Callable, Mapping, Sequence

from booking.stats.queries import booking_facts, exam_facts
from booking.stats.queries.facts import Facts, Within

MEASURES: Mapping[str, Callable[[Within], Sequence[Facts]]] = {
    "booked": booking_facts.booked,
    "ended": booking_facts.ended,
    "seats": booking_facts.seats,
    "lead": booking_facts.lead,
    "notice": booking_facts.notice,
    "freed": booking_facts.freed,
    "lifted": booking_facts.lifted,
    "wait": exam_facts.wait,
    "tests": exam_facts.tests,
    "tries": exam_facts.tries,
    "asked": exam_facts.asked,
    "wish": exam_facts.wish,
}
