"""What holds for every learner, whatever the facts."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.exams.rules import path
from booking.exams.rules.facts import Attempt, Facts, Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.orders import ARTICLES
from booking.exams.rules.outlook import State, outlook
from booking.exams.rules.refusals import refusals
from booking.exams.rules.settings import Settings
from booking.exams.rules.wording import REFUSALS, basis_shown, explained
from booking.kernel.errors import Refusal

ORDER = {"subject-1-first", "subject-2-first", "road-first"}
EXAMPLES = settings(max_examples=150)

DAYS = st.dates(date(2016, 1, 1), date(2027, 12, 31))
OFFICES = st.builds(
    Settings,
    wait_applies_to=st.sampled_from(["booking", "exam_date"]),
    first_day_counts=st.booleans(),
    ten_days_cover_safety=st.booleans(),
    same_day_subject_2_and_road=st.booleans(),
    upper_age_lasts_the_year=st.booleans(),
    road_wait_special_139=st.sampled_from([20, 30, 60]),
    motorcycle_wait_139=st.sampled_from([0, 10]),
    reduced_sets_139=st.booleans(),
)


@st.composite
def learners(draw: st.DrawFn, today: date) -> Facts:
    """Learners with a past of up to four years, consistent or not."""
    before = st.integers(0, 1300).map(lambda days: today - timedelta(days=days))
    return Facts(
        licence_class=draw(st.sampled_from(LicenceClass)),
        kind=draw(st.sampled_from(Kind)),
        held_class=draw(st.none() | st.sampled_from(LicenceClass)),
        born_on=today - timedelta(days=draw(st.integers(16 * 365, 75 * 365))),
        accepted_on=draw(before),
        permit_issued_on=draw(st.none() | before),
        permit_valid_until=draw(st.none() | DAYS),
        attempts=tuple(
            draw(st.lists(st.builds(Attempt, st.sampled_from(Subject), before, st.sampled_from(Outcome)), max_size=9))
        ),
        live=draw(st.dictionaries(st.sampled_from(Subject), DAYS, max_size=2)),
        vocational_student=draw(st.booleans()),
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[Facts, Subject, date, date, Settings]:
    today = draw(DAYS)
    exam_day = today + timedelta(days=draw(st.integers(-3, 60)))
    return draw(learners(today)), draw(st.sampled_from(Subject)), today, exam_day, draw(OFFICES)


def asked(question: tuple[Facts, Subject, date, date, Settings]) -> tuple[Refusal, ...]:
    facts, subject, today, exam_day, office = question
    return refusals(facts, subject, today=today, exam_day=exam_day, settings=office)


@EXAMPLES
@given(questions())
def test_waiting_until_the_earliest_day_lifts_a_refusal(
    question: tuple[Facts, Subject, date, date, Settings],
) -> None:
    facts, subject, today, exam_day, office = question

    for refusal in asked(question):
        if refusal.earliest is None:
            continue
        later = max(exam_day, refusal.earliest)
        left = asked((facts, subject, refusal.earliest, later, office))
        assert refusal.earliest > today
        assert refusal.code not in {other.code for other in left}


@EXAMPLES
@given(questions())
def test_a_refusal_still_holds_the_day_before_its_earliest_day(
    question: tuple[Facts, Subject, date, date, Settings],
) -> None:
    facts, subject, _, _, office = question

    for refusal in asked(question):
        if refusal.earliest is None:
            continue
        eve = refusal.earliest - timedelta(days=1)
        assert refusal.code in {other.code for other in asked((facts, subject, eve, eve, office))}


@EXAMPLES
@given(questions(), st.sampled_from(Subject))
def test_passing_a_subject_never_adds_a_refusal_about_the_order(
    question: tuple[Facts, Subject, date, date, Settings], also: Subject
) -> None:
    facts, subject, today, exam_day, office = question
    more = replace(facts, attempts=(*facts.attempts, Attempt(also, today, Outcome.PASSED)))

    before = {refusal.code for refusal in asked(question)}
    after = {refusal.code for refusal in asked((more, subject, today, exam_day, office))}

    assert (after - before) & ORDER == set()


@EXAMPLES
@given(questions())
def test_the_same_question_has_the_same_answer_and_each_reason_once(
    question: tuple[Facts, Subject, date, date, Settings],
) -> None:
    facts, subject, today, exam_day, office = question
    turned = replace(facts, attempts=facts.attempts[::-1])

    first = asked(question)

    assert asked(question) == first
    assert len({refusal.code for refusal in first}) == len(first)
    assert {refusal.code for refusal in asked((turned, subject, today, exam_day, office))} - WAITING == {
        refusal.code for refusal in first
    } - WAITING


# Two attempts of one day and subject have no order; the database allows one a day.
WAITING = {"too-soon-after-failure", "too-soon-after-absence"}


@EXAMPLES
@given(questions())
def test_every_refusal_is_worded_with_all_gaps_filled_in_both_languages(
    question: tuple[Facts, Subject, date, date, Settings],
) -> None:
    for refusal in asked(question):
        chinese, english = explained(refusal, "zh"), explained(refusal, "en")

        assert refusal.code in ARTICLES
        assert refusal.basis
        assert basis_shown(refusal, "zh")
        assert not any(mark in chinese + english for mark in ("{", "}", "None"))
        if refusal.earliest is not None and "from_day" in refusal.facts:
            assert f"{refusal.earliest.day} {refusal.earliest:%b %Y}" in english
            assert f"{refusal.earliest.month}月{refusal.earliest.day}日" in chinese


@EXAMPLES
@given(questions())
def test_a_subject_is_open_exactly_when_nothing_speaks_against_it(
    question: tuple[Facts, Subject, date, date, Settings],
) -> None:
    facts, subject, today, _, office = question

    found = outlook(facts, subject, today=today, settings=office)

    assert (found.state is State.OPEN) == (found.refusals == ()) == (found.earliest == today)
    if found.earliest is not None:
        at = refusals(facts, subject, today=found.earliest, exam_day=None, settings=office)
        assert at == ()


@EXAMPLES
@given(questions())
def test_what_counts_as_passed_was_passed(question: tuple[Facts, Subject, date, date, Settings]) -> None:
    facts, _, today, _, office = question
    taken = {attempt.subject for attempt in facts.attempts if attempt.outcome is Outcome.PASSED}

    assert path.valid_passes(facts, today, office) <= taken


def test_no_wording_is_left_without_a_rule() -> None:
    assert set(REFUSALS) == set(ARTICLES)
