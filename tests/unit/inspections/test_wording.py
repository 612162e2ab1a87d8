"""What people read: short, complete, in both languages, with the article."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from booking.inspections.rules.due import standing
from booking.inspections.rules.facts import KINDS, SERVICE_OF_KIND, SERVICES, USES, Use, VehicleFacts, VehicleKind
from booking.inspections.rules.periods import Kept, Step
from booking.inspections.rules.settings import Settings
from booking.inspections.rules.wording import KEPT, STEPS, basis_shown, explained, explained_standing
from booking.kernel.errors import Language, Refusal
from tests.unit.inspections.vehicles import CAR, COACH, DAYS, DEFAULTS, OFFICES, SCHOOL_BUS, VEHICLES


def paragraph(facts: VehicleFacts, today: date, language: Language) -> str:
    """The paragraph about the vehicle on a day."""
    return explained_standing(standing(facts, today=today, settings=DEFAULTS), facts, language)


def test_every_kind_use_service_step_and_exception_has_a_name() -> None:
    assert set(KINDS) == set(VehicleKind) == set(SERVICE_OF_KIND)
    assert set(USES) == set(Use)
    assert set(SERVICES) == set(SERVICE_OF_KIND.values())
    assert set(STEPS) == set(Step)
    assert set(KEPT) == set(Kept)


def test_an_owner_of_a_car_due_for_a_test_reads_until_when_what_to_do_and_why() -> None:
    car = replace(CAR, valid_until=date(2026, 4, 30))

    assert paragraph(car, date(2026, 3, 1), "zh") == (
        "您的小型、微型载客汽车（非营运）检验有效期至 2026年4月30日，现在就可以办。"
        "这一次需要到检验站上线检测：请预约2026年4月30日或以前的时段，检验站任选。"
        "依据：《关于深化机动车检验制度改革优化车检服务工作的意见》（2022年）。"
    )
    assert paragraph(car, date(2026, 3, 1), "en") == (
        "The mark of your small passenger car (private) is valid until 30 Apr 2026, and the next can be had now. "
        "This time a test at a station is needed: book a window by 30 Apr 2026, at any station you like. "
        "This follows from: Opinion on deepening the reform of vehicle inspection (2022)."
    )


def test_an_owner_too_early_for_a_mark_reads_from_when_and_by_which_article() -> None:
    shown = paragraph(replace(CAR, valid_until=date(2024, 4, 30)), date(2023, 12, 1), "en")

    assert "There is nothing to do yet." in shown
    assert "no visit is needed: from 1 Feb 2024 to 30 Apr 2024" in shown
    assert "The first day follows from: Order 164, art. 54." in shown


def test_an_overdue_owner_reads_what_delay_costs_with_the_articles() -> None:
    shown = paragraph(replace(CAR, valid_until=date(2026, 4, 30)), date(2026, 5, 1), "en")

    assert "ran out at the end of 30 Apr 2026" in shown
    assert "20 to 200 yuan. (Road Traffic Safety Law, art. 90; Order 164, art. 78)" in shown
    assert "each time: 1. (Order 163, art. 12)" in shown
    assert "that would be from 1 May 2029. (Rules on Compulsory Scrapping (2012), art. 4)" in shown


def test_an_owner_reads_which_exception_keeps_the_older_period() -> None:
    car = replace(CAR, kind=VehicleKind.MINIBUS, seats=7, had_casualty_accident=True)

    shown = paragraph(car, date(2026, 3, 1), "zh")

    assert "面包车不享受免检" in shown
    assert "造成人员伤亡的交通事故" in shown
    assert "核定 12 座" in paragraph(replace(CAR, seats=12), date(2026, 3, 1), "zh")


def test_an_owner_reads_when_the_register_and_the_count_differ() -> None:
    shown = paragraph(replace(CAR, valid_until=date(2026, 6, 30)), date(2026, 5, 1), "zh")

    assert "推算应为2026年4月30日" in shown
    assert "以登记的为准" in shown
    assert "推算" not in paragraph(replace(CAR, valid_until=date(2026, 4, 30)), date(2026, 3, 1), "zh")


@pytest.mark.parametrize(("facts", "bound"), [(COACH, True), (SCHOOL_BUS, True), (CAR, False)])
def test_an_owner_reads_that_a_vehicle_is_bound_to_its_place(facts: VehicleFacts, bound: bool) -> None:
    assert ("只能在登记地检验" in paragraph(facts, date(2026, 3, 1), "zh")) is bound


@settings(max_examples=150)
@given(VEHICLES, DAYS, OFFICES)
def test_a_paragraph_has_no_gaps_and_names_a_law_for_any_vehicle(
    facts: VehicleFacts, today: date, office: Settings
) -> None:
    found = standing(facts, today=today, settings=office)

    for language, basis in (("zh", found.basis.zh), ("en", found.basis.en)):
        shown = explained_standing(found, facts, "zh" if language == "zh" else "en")
        assert basis in shown
        assert str(found.due_on.year) in shown
        assert not any(mark in shown for mark in ("{", "}", "None"))


def test_kinds_in_a_refusal_are_named_in_the_language_of_the_page() -> None:
    shown = {"kind": "truck", "classes": "MINIBUS,SCHOOL_BUS"}
    refusal = Refusal("kind-not-served", "Rule of this office", facts=shown)

    assert "只检验：面包车；专用校车。您的车是载货汽车" in explained(refusal, "zh")
    assert "test only: minibus; school bus. Yours is a truck" in explained(refusal, "en")
    assert basis_shown(refusal, "zh") == "本车管所规定"
    assert basis_shown(refusal, "en") == "Rule of this office"
