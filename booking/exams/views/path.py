"""The way to the licence as a page shows it, to the learner and to the clerk beside: four steps, record, results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.allotment.queries.requests import live_requests
from booking.bookings.line import Reason
from booking.bookings.queries import ShownBooking, bookings_of
from booking.exams import queries as records
from booking.exams.line import EXAMS
from booking.exams.queries import Record, ShownResult
from booking.exams.rules import path
from booking.exams.rules.facts import Facts, Kind, Subject
from booking.exams.rules.orders import MOST_BOOKINGS
from booking.exams.rules.outlook import Outlook, State
from booking.exams.rules.places import NO_RECORD
from booking.exams.rules.settings import Settings
from booking.exams.rules.wording import class_name
from booking.kernel.errors import Refusal
from booking.kernel.ids import PersonId
from booking.web.language import date_only, day_span, full_day, language, worded

Href = Callable[[str], str]
LOOKS = {State.PASSED: "passed", State.BOOKED: "booked", State.OPEN: "open", State.NOT_NEEDED: "exempt"}


@dataclass(frozen=True, slots=True)
class Step:
    """One subject on the road: how it stands, and what can be done."""

    subject: Subject
    title: str
    status: str
    label: str | None
    note: str
    not_before: date | None
    reasons: Sequence[Reason]
    href: str | None
    action: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """All that is known of one learner's way; `record` None means that the office has none, and `missing` says so."""

    record: Record | None
    missing: Reason
    facts: Sequence[tuple[str, str]]
    steps: Sequence[Step]
    results: Sequence[ShownResult]
    bookings: Sequence[ShownBooking]
    requests: Mapping[str, str]  # references of live requests by subject


@dataclass(frozen=True, slots=True)
class Links:
    """Where the steps lead: `book` takes a subject, `show` a booking's reference, `request` a request's.

    None is for who may only look.
    """

    book: Href | None
    show: Href | None
    request: Href | None = None


def explained(refusals: Sequence[Refusal]) -> list[Reason]:
    """Put refusals into the reader's language."""
    return [EXAMS.explained(refusal, language()) for refusal in refusals]


def way_of(session: Session, person_id: PersonId, links: Links, *, today: date) -> Way:
    """Load the way of one person."""
    record = records.record_of(session, person_id)
    bookings = bookings_of(session, person_id)
    [missing] = explained([NO_RECORD])
    if record is None:
        return Way(None, missing, (), (), (), bookings, {})
    settings = records.settings_on(session, today)
    live = {booking.service: booking for booking in bookings if booking.is_live}
    outlooks = records.path_of(session, record, today=today)
    asked = live_requests(session, EXAMS.holder(person_id))
    steps = [_requested(_step(outlook, record.facts, live, links), asked, links) for outlook in outlooks]
    results = records.results_of(session, record.learner_id)
    return Way(record, missing, _facts(record.facts, today, settings), steps, results, bookings, asked)


def place_in_words(booking: ShownBooking) -> str:
    """Say when and where: 12月8日（星期二）08:30–09:30，测试考场."""
    return f"{when_in_words(booking)} · {site_in_words(booking.site_name, booking.site_name_en)}"


def when_in_words(booking: ShownBooking) -> str:
    """Say the day and the hour at the office."""
    return day_span(booking)


def site_in_words(name: str, name_en: str) -> str:
    """Return a site's name in the reader's language."""
    return (name_en or name) if language() == "en" else name


def used_in_words(facts: Facts, subject: Subject) -> str:
    """Say how many of the five bookings are used: "Bookings used: 2 of 5."; nothing for subjects without a limit."""
    if subject not in path.CAPPED:
        return ""
    used = path.bookings_used(facts, subject)
    return str(_("Bookings used: %(used)s of %(most)s.", used=used, most=MOST_BOOKINGS))


def _step(outlook: Outlook, facts: Facts, live: Mapping[str, ShownBooking], links: Links) -> Step:
    booking = live.get(outlook.subject) if outlook.state is State.BOOKED else None
    reasons = explained(outlook.refusals) if outlook.state in (State.NOT_YET, State.CLOSED) else []
    if len(reasons) == 1:
        reasons = [replace(reasons[0], earliest=None)]  # the line "not before" says it already
    status, label = _look(outlook)
    href, action = _link(outlook, booking, links)
    return Step(
        subject=outlook.subject,
        title=worded(EXAMS.services[outlook.subject.value]),
        status=status,
        label=label,
        note=_note(outlook, facts, booking),
        not_before=outlook.earliest if outlook.state is State.NOT_YET else None,
        reasons=reasons,
        href=href,
        action=action,
    )


def _requested(step: Step, asked: Mapping[str, str], links: Links) -> Step:
    """Lead to the live request of the subject, if there is one, instead of the plan."""
    reference = asked.get(step.subject.value)
    if reference is None:
        return step
    note = _("Request %(reference)s: a round decides.", reference=reference)
    href = links.request(reference) if links.request else None
    label, action = _("Place requested"), _("See the request")
    return replace(step, status="waiting", label=label, note=f"{note} {step.note}", href=href, action=action)


def _look(outlook: Outlook) -> tuple[str, str | None]:
    if outlook.state is State.CLOSED:
        return "locked", _("Closed on this application")
    if outlook.state is State.NOT_YET:
        return ("early", None) if outlook.earliest else ("locked", None)
    return LOOKS[outlook.state], _("Not needed") if outlook.state is State.NOT_NEEDED else None


def _note(outlook: Outlook, facts: Facts, booking: ShownBooking | None) -> str:
    if outlook.state is State.NOT_NEEDED:
        return str(_("Your class does not need this test."))
    if outlook.state is State.PASSED:
        days = [one.day for one in facts.attempts if one.subject is outlook.subject and one.outcome == "passed"]
        return _("Passed on %(day)s.", day=date_only(max(days))) if days else ""
    used = used_in_words(facts, outlook.subject)
    return f"{place_in_words(booking)}{_('. ')}{used}" if booking else used


def _link(outlook: Outlook, booking: ShownBooking | None, links: Links) -> tuple[str | None, str | None]:
    if booking is not None and links.show:
        return links.show(booking.reference), _("See the booking")
    if outlook.state is State.OPEN and links.book:
        return links.book(outlook.subject.value), _("Choose a place")
    if outlook.state is State.NOT_YET and links.book:
        return links.book(outlook.subject.value), _("See the plan")
    return None, None


def _facts(facts: Facts, today: date, settings: Settings) -> list[tuple[str, str]]:
    permit, until = path.permit_day(facts, today, settings), path.permit_end(facts, today, settings)
    kind = _("first licence") if facts.kind is Kind.FIRST else _("further class")
    rows = [
        (_("Class"), f"{facts.licence_class.value} {worded(class_name(facts.licence_class, today))} · {kind}"),
        (_("Accepted on"), full_day(facts.accepted_on)),
        (_("Learner permit issued on"), full_day(permit) if permit else _("not issued yet")),
    ]
    if until:
        rows.append((_("Learner permit valid until"), full_day(until)))
    return rows
