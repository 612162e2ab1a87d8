"""A person's own line: the key, the people ahead, the cut-off of each wish, and the reason in plain words."""

from typing import Any

import pytest

from booking.allotment.rules.checker import Record, Step, check
from booking.allotment.rules.own import CutOff, own_line
from booking.allotment.rules.receipts import NOT_CHECKED, OK, WRONG
from tests.records import build_record, drawn, text_of

Json = dict[str, Any]
HONEST = build_record(20, people=60)


def own_step(data: Json, pid: str) -> Step:
    return list(check(text_of(data), pid=pid))[-1]


def test_one_who_was_granted_sees_the_slot_and_how_many_came_before() -> None:
    data, applicants = HONEST.data, Record(HONEST.data).applicants
    pid, slot = data["result"][5]

    line = own_line(data, applicants, pid)

    assert line is not None
    assert (line.granted, line.waiting, line.ahead) == (slot, 0, data["order"].index(pid))
    said = own_step(data, pid).details
    assert f"granted {slot}: the first slot of the list that still had a seat" in said
    assert f"people ahead: {line.ahead} of {len(data['order']) - 1} others" in said
    assert said[0] == f"lane {line.applicant.lane}, ranking time {line.applicant.ranking_time}, ticket {line.ticket}"


def test_one_who_waits_sees_the_place_in_the_queue_and_each_cut_off() -> None:
    data, applicants = HONEST.data, Record(HONEST.data).applicants
    pid = data["waiting"][2]

    line = own_line(data, applicants, pid)

    assert line is not None
    assert (line.granted, line.waiting) == ("", 3)
    said = "\n".join(own_step(data, pid).details)
    assert "not granted: nothing of the list had a seat left; place 3 in the queue" in said
    for cut_off in line.cut_offs:
        assert f"slot {cut_off.slot}: " in said


@pytest.mark.parametrize("method", ["ranked", "lottery"])
def test_whoever_waits_has_a_worse_key_than_each_cut_off(method: str) -> None:
    data = build_record(9, people=70, method=method).data
    applicants = Record(data).applicants

    lines = [own_line(data, applicants, pid) for pid in data["waiting"]]

    keys = [(line.applicant.ranking_time, line.ticket) for line in lines if line]
    cuts = [[(c.ranking_time, c.ticket) for c in line.cut_offs if c.lane] for line in lines if line]
    assert sum(map(len, cuts)) > 10
    assert all(cut < key for key, of_one in zip(keys, cuts, strict=True) for cut in of_one)


def test_a_seat_of_another_lane_makes_no_cut_off_and_a_slot_nobody_got_has_none() -> None:
    data = HONEST.copy() | {"events": []}
    data["announcement"]["slots"] = [
        {**slot, "quota": {"make_up": 9} if slot["id"] == "100" else {}} for slot in data["announcement"]["slots"]
    ]
    data["announcement"]["lanes"] = ["ordinary", "make_up", "priority"]
    applicants = Record(drawn(data)).applicants
    pid = next(pid for pid in data["order"] if applicants[pid].lane == "ordinary" and "100" in applicants[pid].wishes)

    line = own_line(data, applicants, pid)

    assert line is not None
    assert all(cut_off == CutOff(cut_off.slot, "", "", "") for cut_off in line.cut_offs if cut_off.slot != "100")


def test_a_lottery_speaks_of_lots_and_not_of_a_ranking_time() -> None:
    data = build_record(4, method="lottery").data
    pid = next(pid for pid, one in Record(data).applicants.items() if one.losses == 2)

    said = "\n".join(own_step(data, pid).details)

    assert "4 lots after 2 losses" in said
    assert "ranking time" not in said


def test_what_happened_to_the_place_later_is_told_too() -> None:
    event = next(entry["event"] for entry in HONEST.data["events"] if entry["event"]["reason"] == "too_late")

    said = own_step(HONEST.data, event["pid"]).details

    assert f"later, at {event['at']}: cancelled {event['slot']} too_late" in said
    assert sum(line.startswith("later, at ") for line in said) == 2


def test_who_withdrew_or_was_refused_is_told_so_and_nothing_is_wrong() -> None:
    rows = [entry["row"] for entry in HONEST.data["rows"]]
    effective = Record(HONEST.data).applicants
    refused = next(row for row in rows if row["kind"] == "refused" and row["pid"] not in effective)
    withdrawn = [row for row in rows if row["kind"] == "withdraw" and row["pid"] not in effective][-1]

    said, of_other = own_step(HONEST.data, refused["pid"]), own_step(HONEST.data, withdrawn["pid"])

    assert (said.state, of_other.state) == (OK, OK)
    assert said.details[0].startswith("did not take part: refused in row ")
    assert said.details[0].endswith(" permit-too-young")
    assert of_other.details == (f"did not take part: withdrawn in row {withdrawn['seq']}",)


def test_a_pid_that_stands_nowhere_is_wrong() -> None:
    step = own_step(HONEST.data, "ab" * 16)

    assert (step.number, step.state, step.problem) == (12, WRONG, "no row has this pid")


def test_a_record_that_does_not_hold_says_nothing_of_anybody() -> None:
    data = HONEST.copy()
    data["seed"] = "00" * 32

    step = own_step(data, data["order"][0])

    assert (step.number, step.state, step.details) == (12, NOT_CHECKED, ())
