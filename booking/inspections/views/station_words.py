"""What the board says after an act: where a car stands now, and what follows for it."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from booking.attendance.models import VisitState
from booking.inspections.queries.station_day import Slip
from booking.kernel.calendar import local_day
from booking.web.language import full_day, moment, span

SENTENCES: Mapping[VisitState, LazyString] = {
    VisitState.WAITING: _l("Number %(number)s waits in the queue again."),
    VisitState.CALLED: _l("Number %(number)s is called to lane %(lane)s."),
    VisitState.IN_TEST: _l("Number %(number)s is in test."),
    VisitState.PASSED: _l("Number %(number)s passed."),
    VisitState.LEFT: _l("Number %(number)s has left."),
}


def told(shown: Slip) -> str:
    """Say in a sentence or two where a car stands after an act."""
    number, offer = shown.visit.number, shown.offer
    if shown.visit.state is not VisitState.FAILED:
        return str(SENTENCES[shown.visit.state]) % {"number": number, "lane": shown.visit.post}
    if offer is None:
        sentence = _(
            "Number %(number)s did not pass. No window can be kept: the car comes back in opening hours with the"
            " failure report and queues by arrival.",
            number=number,
        )
        return str(sentence)
    return str(
        _(
            "Number %(number)s did not pass. A place is kept for the re-inspection: %(day)s %(window)s. It is kept"
            " until %(until)s; the owner has a message with it.",
            number=number,
            day=full_day(local_day(offer.starts_at)),
            window=span(offer),
            until=moment(offer.until),
        )
    )
