"""Messages of the line: one for each act of the core, in both languages, with no fact that the core does not give."""

from datetime import date

import pytest
from jinja2 import meta

from booking.inspections.line import INSPECTIONS
from booking.notices.service import ENVIRONMENT, TEMPLATES
from tests.conftest import NOW

ACTS = sorted(
    path.name.removesuffix(".zh.txt")
    for kind in ("booking", "request")
    for path in TEMPLATES.glob(f"{kind}_*.zh.txt")
)
PLACE = {
    "site": "赤坎检验站", "site_en": "Chikan station", "address": "检验路1号", "day": date(2026, 12, 3),
    "starts_at": NOW, "ends_at": NOW, "until": NOW, "link": "/inspections/holds/1",
}  # fmt: skip


def facts_in(name: str, language: str) -> set[str]:
    """Return the facts that a message asks for."""
    text = (TEMPLATES / f"{name}.{language}.txt").read_text()
    return meta.find_undeclared_variables(ENVIRONMENT.parse(text))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_act_of_the_core_has_a_message_of_this_line(act: str, language: str) -> None:
    given = facts_in(act, language) | {
        "holder",
        "site",
        "site_en",
        "day",
        "starts_at",
        "ends_at",
        "address",
        "reason",
    }

    asked = facts_in(INSPECTIONS.template(act), language)

    assert "holder" in asked
    assert asked <= given


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "facts", [{"way": "mark", "hold": False}, {"way": "test", "hold": False}, {"hold": True, "way": "test"}]
)
def test_a_reminder_reads_whole_with_a_place_or_without(language: str, facts: dict[str, object]) -> None:
    given = {"plate": "粤G·1***5", "days": 30, "valid_until": date(2026, 12, 31), **facts}
    template = ENVIRONMENT.get_template(f"inspection_reminder.{language}.txt")

    text = template.render({**given, **PLACE} if facts["hold"] else given)

    assert "粤G·1***5" in text
    assert ("/inspections/holds/1" in text) == facts["hold"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("hold", [True, False])
def test_a_failed_car_is_told_where_to_come_again(language: str, hold: bool) -> None:
    template = ENVIRONMENT.get_template(f"inspection_reinspection.{language}.txt")

    text = template.render({"plate": "粤G·1***5", "hold": hold, **PLACE})

    assert ("/inspections/holds/1" in text) == hold
