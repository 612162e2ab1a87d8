"""How a vehicle stands, as pages show it: a word, the sentences with their articles, and the coming ten years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from booking.inspections.rules.documents import Document, documents
from booking.inspections.rules.due import DueStanding, Duty, State, opening
from booking.inspections.rules.facts import VehicleFacts
from booking.inspections.rules.outlook import outlook
from booking.inspections.rules.periods import Step
from booking.inspections.rules.settings import Settings
from booking.inspections.rules.wording import STEPS, StandingWords, standing_words
from booking.web.language import language, worded

DAY = {"zh": "y年M月d日", "en": "d MMM y"}


@dataclass(frozen=True, slots=True)
class Look:
    """A standing in one word: the state of the macro `tag`, and the word itself (None: the state's own)."""

    state: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a page says of one vehicle today. `years` are the items of the macro `timeline`."""

    standing: DueStanding
    look: Look
    words: StandingWords
    years: Sequence[tuple[str, str, str, str]]
    is_computed: bool  # nobody has told until when the mark is valid

    @property
    def needs_visit(self) -> bool:
        """Whether a test at a station is the next step."""
        return self.standing.step is Step.LINE_TEST

    @property
    def can_be_done(self) -> bool:
        """Whether the next mark can be had today."""
        return self.standing.state is not State.NOT_YET


def answer(facts: VehicleFacts, *, today: date, settings: Settings) -> Answer:
    """Say how a vehicle stands today, in the reader's language."""
    stand, duties = outlook(facts, today=today, settings=settings)
    return Answer(
        standing=stand,
        look=look(stand, today),
        words=standing_words(stand, facts, language()),
        years=[_year(facts, duty, stand) for duty in duties],
        is_computed=facts.valid_until is None,
    )


def look(stand: DueStanding, today: date) -> Look:
    """Put a standing into one word."""
    if stand.is_overdue:
        return Look("overdue", None)
    if stand.state is State.NOT_YET:
        return Look("later", _("Not due yet"))
    if stand.step is Step.MARK_ONLY:
        return Look("exempt", _("No test: mark on line"))
    left = (stand.due_on - today).days
    return Look("due", ngettext("Due in %(num)s day", "Due in %(num)s days", left) if left else _("Due today"))


def papers(
    facts: VehicleFacts, step: Step, *, by_company: bool = False, by_agent: bool = False
) -> tuple[Sequence[Document], Sequence[Document]]:
    """Return what to bring, and what has to be settled or comes by itself."""
    found = documents(facts, step=step, by_company=by_company, by_agent=by_agent)
    return [one for one in found if one.bring], [one for one in found if not one.bring]


def _year(facts: VehicleFacts, duty: Duty, stand: DueStanding) -> tuple[str, str, str, str]:
    is_next = duty.due_on == stand.due_on
    step = worded(STEPS[duty.step])
    if is_next and stand.is_overdue:
        when = _("ran out after %(day)s", day=_short(duty.due_on))
    else:
        first, last = _short(opening(facts, duty.due_on)), _short(duty.due_on)
        when = _("from %(first)s to %(last)s", first=first, last=last)
    is_now = is_next and stand.state is not State.NOT_YET
    return step[:1].upper() + step[1:], when, "now" if is_now else "later", worded(duty.basis)


def _short(day: date) -> str:
    """Write a day years ahead, of which nobody asks on what weekday it falls."""
    return str(format_date(day, DAY[language()], rebase=False))
