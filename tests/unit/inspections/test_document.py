"""docs/inspections.md is what the program applies."""

from dataclasses import fields
from pathlib import Path

from booking.inspections.rules.document import inspections_as_markdown
from booking.inspections.rules.facts import Use, VehicleKind
from booking.inspections.rules.periods import RULE_SETS
from booking.inspections.rules.plates import PlateType
from booking.inspections.rules.settings import Settings
from booking.inspections.rules.wording import CONSEQUENCES, REFUSALS

COMMITTED = Path(__file__).parents[3] / "docs" / "inspections.md"


def test_the_committed_rules_are_those_of_the_program() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == inspections_as_markdown()


def test_the_document_names_every_rule_kind_use_refusal_plate_and_setting() -> None:
    text = inspections_as_markdown()

    assert all(f"`{rules.key}`" in text for rules in RULE_SETS)
    assert all(f"`{kind.value}`" in text for kind in VehicleKind)
    assert all(f"\n| {use.value} | " in text for use in Use)
    assert all(f"`{code}`" in text for code in (*REFUSALS, *CONSEQUENCES))
    assert all(f"\n| {plate_type.value} | " in text for plate_type in PlateType)
    assert all(f"`inspections.{setting.name}`" in text for setting in fields(Settings))
