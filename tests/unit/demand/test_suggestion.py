"""The arithmetic of demand: every number can be added up by hand, and more who wait never get fewer places."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.demand.rules.facts import Booked, DemandFacts, FreePlaces, Inflow, Outcomes, Pool, SiteRoom
from booking.demand.rules.flow import half_up
from booking.demand.rules.placing import Proposal
from booking.demand.rules.suggestion import suggest, wait_days
from booking.exams.rules.facts import Subject
from booking.kernel.calendar import WorkingDays
from booking.kernel.ids import SiteId
from booking.plans.rules.conflicts import DayFacts, conflicts
from booking.plans.rules.timetable import PlanSettings, schedule

TODAY, FIRST = date(2026, 11, 24), date(2026, 12, 7)
LAST = FIRST + timedelta(13)
DAYS = [FIRST + timedelta(n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
ROAD, FIELD, THEORY = Subject.ROAD, Subject.SUBJECT_2, Subject.SUBJECT_1
EVERYBODY: frozenset[str] = frozenset()


def site(number: int, *subjects: Subject, room: int = 100, classes: frozenset[str] = EVERYBODY) -> SiteRoom:
    return SiteRoom(SiteId(number), dict.fromkeys(subjects, classes), dict.fromkeys(DAYS, room))


def facts(**changed: Any) -> DemandFacts:
    return replace(DemandFacts(TODAY, FIRST, LAST), **changed)


WORKED = facts(
    pools=(Pool(FIELD, "C1", waiting=83, becoming=12, requests=60),),
    inflows=(Inflow(FIELD, "C1", came=56, days=17),),
    booked=(Booked(FIELD, "C1", places=75),),
    outcomes={FIELD: Outcomes(passed=150, failed=90, absent=10, tested=84)},
    free=(FreePlaces(FIELD, EVERYBODY, places=20),),
    sites=(site(1, FIELD, room=30), site(2, FIELD, room=30)),
)


def test_the_numbers_of_one_subject_add_up_by_hand() -> None:
    made = suggest(WORKED)

    row, total = made.rows[0], made.totals[1]
    assert (row.waiting, row.becoming, row.new, row.retakers, row.free) == (83, 12, 34, 30, 20)
    assert row.need == 83 + 12 + 34 + 30 - 20 == total.need == 139
    assert (made.places, total.left) == (139, 0)
    assert (total.wait_without, total.wait_with) == (47, 0)  # 139 x 28 / 84 = 46.3


def test_sessions_are_spread_over_days_and_sites_the_earliest_day_first() -> None:
    made = suggest(WORKED).proposals

    full = [(day, number, 20) for day in DAYS[:3] for number in (1, 2)]
    assert [(one.day, one.site_id, one.places) for one in made] == [*full, (DAYS[3], 1, 19)]


def test_what_the_sites_cannot_take_is_said_and_the_wait_with_it() -> None:
    made = suggest(replace(WORKED, sites=(site(1, FIELD, room=5),)))

    total = made.totals[1]
    assert (made.places, total.proposed, total.left) == (50, 50, 89)
    assert (total.wait_without, total.wait_with) == (47, 30)


def test_where_room_is_short_whoever_is_nearest_to_the_licence_comes_first() -> None:
    pools = tuple(Pool(subject, "C1", waiting=30) for subject in (THEORY, FIELD, ROAD))
    made = suggest(facts(pools=pools, sites=(site(1, THEORY, FIELD, ROAD, room=4),)))

    assert [total.proposed for total in made.totals] == [0, 10, 30, 0]


def test_the_class_with_the_least_choice_is_placed_first() -> None:
    pools = (Pool(FIELD, "C1", waiting=20), Pool(FIELD, "D", waiting=20))
    both, cars = site(1, FIELD, room=2), site(2, FIELD, room=2, classes=frozenset({"C1"}))
    made = suggest(facts(pools=pools, sites=(cars, both)))

    assert made.totals[1].left == 0
    assert sum(one.places for one in made.proposals if one.site_id == SiteId(1)) == 20


def test_a_day_that_has_a_plan_of_the_subject_is_left_alone() -> None:
    there = replace(site(1, FIELD), planned=frozenset({(FIELD, DAYS[0])}))

    assert {one.day for one in suggest(replace(WORKED, sites=(there,))).proposals}.isdisjoint({DAYS[0]})


def test_a_free_place_is_used_only_by_those_who_may_take_it() -> None:
    pools = (Pool(FIELD, "C1", waiting=5), Pool(FIELD, "D", waiting=5))
    free = (FreePlaces(FIELD, frozenset({"D"}), 9), FreePlaces(FIELD, EVERYBODY, 2))

    rows = suggest(facts(pools=pools, free=free)).rows

    assert {row.licence_class: (row.free, row.need) for row in rows} == {"C1": (2, 3), "D": (5, 0)}


@pytest.mark.parametrize(
    ("amount", "of", "rounded"), [(0, 28, 0), (13, 28, 0), (14, 28, 1), (41, 28, 1), (42, 28, 2), (5, 0, 0)]
)
def test_parts_are_rounded_half_up(amount: int, of: int, rounded: int) -> None:
    assert half_up(amount, of) == rounded


@pytest.mark.parametrize(("ahead", "tested", "days"), [(0, 0, 0), (0, 28, 0), (1, 28, 1), (29, 28, 29), (5, 0, None)])
def test_a_wait_is_told_at_the_pace_of_four_weeks_rounded_up(ahead: int, tested: int, days: int | None) -> None:
    assert wait_days(ahead, tested) == days


def test_a_proposal_is_a_day_that_can_be_planned_as_it_stands() -> None:
    for places in (1, 19, 20, 21, 119, 120, 121, 900):
        planned = Proposal(SiteId(1), FIELD, DAYS[0], places).planned
        timetable = schedule(DAYS[0], PlanSettings(), WorkingDays())
        known = DayFacts(timetable, daily_maximum=places)
        now = timetable.publish_at - timedelta(days=1)

        assert conflicts(planned, known, now=now) == ()
        assert planned.places == places


codes = st.sampled_from(["C1", "C2", "D"])
subjects = st.sampled_from(list(Subject))
few = st.integers(0, 60)
some_classes = st.frozensets(codes, max_size=2)
sites = st.lists(
    st.tuples(
        st.dictionaries(subjects, some_classes, min_size=1),
        st.dictionaries(st.sampled_from(DAYS[:4]), st.integers(0, 45)),
        st.frozensets(st.tuples(subjects, st.sampled_from(DAYS[:4])), max_size=2),
    ),
    max_size=3,
).map(lambda found: tuple(SiteRoom(SiteId(number), *one) for number, one in enumerate(found, start=1)))
any_facts = st.builds(
    facts,
    pools=st.lists(st.builds(Pool, subjects, codes, few, few), max_size=5).map(tuple),
    inflows=st.lists(st.builds(Inflow, subjects, codes, few, st.integers(0, 30)), max_size=3).map(tuple),
    booked=st.lists(st.builds(Booked, subjects, codes, few), max_size=3).map(tuple),
    outcomes=st.dictionaries(subjects, st.builds(Outcomes, few, few, few, few)),
    free=st.lists(st.builds(FreePlaces, subjects, some_classes, few), max_size=4).map(tuple),
    sites=sites,
)


@settings(max_examples=150)
@given(any_facts)
def test_no_site_gets_more_than_its_room_and_no_day_that_is_planned(found: DemandFacts) -> None:
    made = suggest(found)

    laid: Counter[tuple[int, date]] = Counter()
    for one in made.proposals:
        laid[one.site_id, one.day] += one.places
        assert (one.subject, one.day) not in found.sites[one.site_id - 1].planned
    assert all(places <= found.sites[number - 1].room[day] for (number, day), places in laid.items())


@settings(max_examples=150)
@given(any_facts)
def test_the_parts_are_the_total_and_nothing_is_needed_or_proposed_that_nobody_wants(found: DemandFacts) -> None:
    made = suggest(found)

    for total in made.totals:
        rows = [row for row in made.rows if row.subject is total.subject]
        assert total.need == sum(row.need for row in rows)
        assert all(0 <= row.free <= row.wanted for row in rows)
        assert 0 <= total.proposed <= total.need
    assert made.places == sum(total.proposed for total in made.totals)
    if not made.rows:
        assert made.proposals == ()


@settings(max_examples=300)
@given(any_facts, subjects, codes, st.integers(1, 40))
def test_more_who_wait_never_get_fewer_places(found: DemandFacts, subject: Subject, code: str, more: int) -> None:
    before = suggest(found)
    after = suggest(replace(found, pools=(*found.pools, Pool(subject, code, waiting=more))))

    mine = list(Subject).index(subject)
    assert after.totals[mine].proposed >= before.totals[mine].proposed
    assert after.places >= before.places


@given(any_facts)
def test_the_suggestion_never_makes_a_wait_longer(found: DemandFacts) -> None:
    for total in suggest(found).totals:
        if total.wait_with is not None and total.wait_without is not None:
            assert total.wait_with <= total.wait_without
