"""The catalogue of settings: what a value may be, how it is written, and which values do not fit together."""

from dataclasses import fields
from datetime import date, time

import pytest

from booking.exams.rules.settings import Settings
from booking.inspections.rules.settings import Settings as InspectionSettings
from booking.kernel.errors import InvalidInputError
from booking.policies.rules.catalogue import SETTINGS, contradictions
from booking.policies.rules.setting import Kind, Value, Values

DEFAULTS = Values({name: setting.default for name, setting in SETTINGS.items()})


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_is_allowed_and_read_back_as_written(name: str) -> None:
    setting = SETTINGS[name]

    assert setting.read(setting.write(setting.default)) == setting.default


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_words_in_both_languages(name: str) -> None:
    setting = SETTINGS[name]
    wordings = (setting.title, setting.explanation, setting.basis, setting.shown(setting.default))

    assert all(wording.zh and wording.en for wording in wordings)


LAW = [(f"exams.{field.name}", field.default) for field in fields(Settings)]
LAW += [(f"inspections.{field.name}", field.default) for field in fields(InspectionSettings)]


@pytest.mark.parametrize(("name", "default"), LAW)
def test_every_unsettled_point_of_law_is_a_setting_with_the_same_default(name: str, default: object) -> None:
    assert SETTINGS[name].default == default


def test_the_defaults_fit_together() -> None:
    assert list(contradictions(DEFAULTS)) == []


# Published on the last day for it; then nothing is released before noon of that day.
LATE = {"plans.publish_days_before": 10, "plans.publish_hour": time(9), "inspections.release_hour": time(12)}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"plans.lead_days": 12}, "refused"),
        ({**LATE, "plans.publish_hour": time(10)}, "refused"),
        ({"exams.release_days_before": 12}, "before the plan"),
        ({"exams.release_days_before": 11, "exams.release_hour": time(8)}, "before the plan"),
        ({"rounds.objections_hour": time(21, 30)}, "half an hour"),
        ({"rounds.objections_hour": time(21, 1)}, "half an hour"),
        ({"rounds.draw_hour": time(9)}, "half an hour"),
        ({**LATE, "rounds.close_days_before": 9}, "requests"),
        ({"inspections.release_days_before": 12}, "before the plan"),
        ({"inspections.second_days_before": 10, "inspections.second_hour": time(7)}, "second release"),
    ],
)
def test_values_that_do_not_fit_together_are_named(changes: dict[str, Value], word: str) -> None:
    (contradiction,) = contradictions(Values({**DEFAULTS, **changes}))

    assert word in contradiction.en


@pytest.mark.parametrize(
    "changes",
    [
        {"rounds.objections_hour": time(21)},  # half an hour is enough
        {"rounds.close_days_before": 9},  # with publication eleven days ahead a whole day is left for requests
        {**LATE, "rounds.close_days_before": 8},
    ],
)
def test_values_at_the_edge_of_a_contradiction_are_none(changes: dict[str, Value]) -> None:
    assert list(contradictions(Values({**DEFAULTS, **changes}))) == []


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("plans.lead_days", " 10 ", 10),
        ("plans.lead_days", "60", 60),
        ("plans.publish_hour", "09:00", time(9)),
        ("plans.publish_hour", "00:00", time(0)),
        ("exams.first_day_counts", "no", False),
        ("exams.method", "first_come", "first_come"),
        ("exams.method", "lottery", "lottery"),
        ("rounds.close_days_before", "4", 4),
        ("rounds.beacon", "drand", "drand"),
        ("inspections.reform_2020_on", "2020-12-01", date(2020, 12, 1)),
    ],
)
def test_a_value_within_its_bounds_is_read(name: str, text: str, value: Value) -> None:
    assert SETTINGS[name].read(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plans.lead_days", "9"),  # art. 52: ten days at least
        ("plans.lead_days", "61"),
        ("plans.lead_days", "-10"),
        ("plans.lead_days", "ten"),
        ("plans.lead_days", "１０"),
        ("plans.lead_days", ""),
        ("bookings.cancel_working_days", "2"),  # art. 46: nobody may be asked for more than one working day
        ("plans.publish_hour", "9:00"),
        ("plans.publish_hour", "24:00"),
        ("plans.publish_hour", "09:00:30"),
        ("plans.publish_hour", "09:00+08:00"),
        ("exams.first_day_counts", "maybe"),
        ("exams.method", "first come"),
        ("rounds.close_days_before", "3"),  # the draw and a day for cancelling come after it
        ("rounds.close_days_before", "10"),
        ("rounds.beacon", "dice"),
        ("inspections.walk_in_percent", "0"),  # Road Traffic Safety Law, art. 13: a station must take who comes
        ("inspections.reform_2020_on", "20201120"),
        ("inspections.reform_2020_on", "2020-11-31"),
    ],
)
def test_a_value_out_of_its_bounds_is_refused(name: str, text: str) -> None:
    with pytest.raises(InvalidInputError):
        SETTINGS[name].read(text)


def test_values_are_shown_with_their_unit() -> None:
    assert SETTINGS["plans.lead_days"].shown(10).en == "10 days"
    assert SETTINGS["plans.publish_hour"].shown(time(9)).zh == "09:00"
    assert SETTINGS["exams.first_day_counts"].shown(True).zh == "是"


def test_the_typed_readers_give_each_kind() -> None:
    assert DEFAULTS.number("plans.lead_days") == 10
    assert DEFAULTS.clock("slots.freed_seats_hour") == time(12)
    assert DEFAULTS.code("exams.method") == "ranked"
    assert DEFAULTS.yes("exams.first_day_counts") is True
    assert DEFAULTS.day("inspections.reform_2020_on") == date(2020, 11, 20)
    assert {setting.kind for setting in SETTINGS.values()} == set(Kind)
