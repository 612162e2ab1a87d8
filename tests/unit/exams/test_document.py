"""docs/rules.md is what the program applies, and every refusal can be said in both languages."""

from dataclasses import fields
from pathlib import Path

import pytest

from booking.exams.rules.document import rules_as_markdown
from booking.exams.rules.facts import LicenceClass, Subject
from booking.exams.rules.orders import ARTICLES, RULE_SETS, Unsettled, basis_of
from booking.exams.rules.outlook import FINAL
from booking.exams.rules.ranking import ACCEPTED, GIVEN_UP, MISSED, TAKEN
from booking.exams.rules.settings import Settings
from booking.exams.rules.wording import CLASSES, REFUSALS, SUBJECTS, basis_shown, class_name
from booking.kernel.errors import Refusal
from tests.unit.exams.learners import TODAY

COMMITTED = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_committed_rules_are_those_of_the_program() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == rules_as_markdown()


def test_every_code_has_an_article_and_a_wording() -> None:
    assert set(ARTICLES) == set(REFUSALS)
    assert set(REFUSALS) >= FINAL


def test_every_class_and_subject_has_a_name_in_both_languages() -> None:
    assert set(CLASSES) == set(LicenceClass)
    assert set(SUBJECTS) == set(Subject)
    assert all(name.zh and name.en for name in (*CLASSES.values(), *SUBJECTS.values()))


def test_two_classes_were_renamed_by_order_162() -> None:
    before, after = RULE_SETS[0].since, TODAY

    renamed = {code.value for code in LicenceClass if class_name(code, before) != class_name(code, after)}

    assert renamed == {"A2", "M"}


def test_the_document_names_every_setting_refusal_and_order() -> None:
    text = rules_as_markdown()

    assert all(f"`{setting.name}`" in text for setting in fields(Settings))
    assert all(f"`{code}`" in text for code in REFUSALS)
    assert all(str(rules.since) in text for rules in RULE_SETS)
    assert all(moment.zh in text for moment in (ACCEPTED, TAKEN, MISSED, GIVEN_UP))


def test_every_unsettled_cell_names_a_setting() -> None:
    cells = {
        cell.setting
        for rules in RULE_SETS
        for row in rules.classes.values()
        for cell in (row.subject_2_wait, row.road_wait_first, row.road_wait_upgrade, row.oldest)
        if isinstance(cell, Unsettled)
    }

    assert cells == {setting.name for setting in fields(Settings) if setting.name.endswith("_139")} - {
        "reduced_sets_139"
    }


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_basis_is_known_under_every_rule_set_and_written_in_chinese_too(code: str) -> None:
    for rules in RULE_SETS:
        shown = basis_shown(Refusal(code, basis_of(code, rules)), "zh")

        assert "公安部令第" in shown or shown == "本车管所规定"
        assert "art." not in shown
        assert "number" not in shown


@pytest.mark.parametrize(
    ("basis", "shown"),
    [
        ("Order 172, art. 47", "公安部令第172号第47条"),
        (
            "Order 139, art. 41 (number not confirmed), as changed on 2021-06-01",
            "公安部令第139号第41条（条号待核实）（2021-06-01 起调整）",
        ),
        (
            "Order 139, art. 44, applied to a day before 2016-04-01",
            "公安部令第139号第44条（比照适用于 2016-04-01 之前）",
        ),
        ("Rule of this office", "本车管所规定"),
    ],
)
def test_a_basis_is_shown_in_the_language_of_the_page(basis: str, shown: str) -> None:
    refusal = Refusal("already-passed", basis)

    assert basis_shown(refusal, "zh") == shown
    assert basis_shown(refusal, "en") == basis
