"""What somebody with the office's machine could do to a record, and which step of the checker tells.

The forger alters the file and leaves the hashes, or computes some of them again (`sealed`, `drawn`, `chained`). Who
computes all of them again is met in test_rewriting.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

from booking.allotment.rules.encoding import instant_text
from tests.records import (
    BEACON,
    CLOSES,
    STAFF,
    all_wrong,
    build_record,
    chained,
    drawn,
    first_wrong,
    sealed,
)

Json = dict[str, Any]
METHODS = ("ranked", "lottery")
HONEST = {method: build_record(20, method=method, people=60) for method in METHODS}
AFTER_CLOSE = instant_text(CLOSES).replace(":00:00Z", ":30:00Z")


def rows(data: Json, kind: str) -> list[Json]:
    return [entry["row"] for entry in data["rows"] if entry["row"]["kind"] == kind]


def event(data: Json, kind: str) -> Json:
    found: Json = next(entry["event"] for entry in data["events"] if entry["event"]["kind"] == kind)
    return found


def more_wishes(row: Json) -> None:
    row["wishes"] = row["wishes"][::-1] if len(row["wishes"]) > 1 else [*row["wishes"], "*2"]


def drop_row(data: Json) -> None:
    del data["rows"][5]


def drop_row_and_renumber(data: Json) -> None:
    drop_row(data)
    for number, entry in enumerate(data["rows"], start=1):
        entry["row"]["seq"] = number
    for point in (*data["checkpoints"][1:], data["freeze"]):
        point["n"] -= point["n"] > 6


def replace_row(data: Json) -> None:
    data["rows"][5]["row"]["pid"] = "ab" * 16


def add_row_behind_freeze(data: Json) -> None:
    row = {**rows(data, "refused")[0], "seq": len(data["rows"]) + 1, "minute": data["rows"][-1]["row"]["minute"]}
    data["rows"].append({"row": row, "nonce": "00" * 16})


def add_request_after_close(data: Json) -> None:
    row = {**rows(data, "apply")[0], "pid": "ab" * 16, "minute": data["rows"][-1]["row"]["minute"]}
    data["rows"].append({"row": row, "nonce": "00" * 16})
    sealed(data)


def alter_lane(data: Json) -> None:
    row = rows(data, "apply")[3]
    row["lane"] = "make_up" if row["lane"] != "make_up" else "priority"


def alter_ranking_time(data: Json) -> None:
    rows(data, "apply")[3]["ranking_time"] = "2020-01-01T00:00:00Z"


def alter_losses(data: Json) -> None:
    rows(data, "apply")[3]["losses"] += 3


def alter_wishes(data: Json) -> None:
    more_wishes(rows(data, "apply")[3])


def forge_withdrawal(data: Json) -> None:
    row = rows(data, "replace")[0]
    row |= {"kind": "withdraw", "wishes": [], "ranking_time": "", "losses": 0}


def change_nonce(data: Json) -> None:
    data["rows"][5]["nonce"] = "00" * 16


def change_capacity(data: Json) -> None:
    data["announcement"]["slots"][0]["quota"]["ordinary"] += 1


def change_rule(data: Json) -> None:
    data["announcement"]["rule"] = "order-139"


def change_dates(data: Json) -> None:
    data["announcement"]["closes_at"] = "2026-12-04T09:00:00Z"


def change_beacon(data: Json) -> None:
    data["announcement"]["beacon"] = ["drand"]


def change_key(data: Json) -> None:
    data["announcement"]["key_commitment"] = "ab" * 32


def change_announcement_and_its_hash(data: Json) -> None:
    change_capacity(data)
    data["announcement_hash"] = sealed({**data})["announcement_hash"]
    data["checkpoints"][0]["root"] = "ab" * 32


def close_early(data: Json) -> None:
    data["checkpoints"][-1]["at"] = "2026-12-05T08:58:00Z"


def close_late(data: Json) -> None:
    data["checkpoints"][-1]["at"] = "2026-12-05T09:30:00Z"


def freeze_early(data: Json) -> None:
    data["freeze"]["at"] = data["checkpoints"][-1]["at"]


def accept_late_rows(data: Json) -> None:
    """Leave the close as it was announced, but let a request in behind it."""
    late = next(entry["row"] for entry in data["rows"] if entry["row"]["minute"] > instant_text(CLOSES))
    late["kind"], late["wishes"] = "apply", ["100"]
    late.pop("by", None)
    late["pid"], late["ranking_time"] = "ab" * 16, rows(data, "apply")[0]["ranking_time"]
    sealed(data)


def split_view(data: Json) -> None:
    """Show a checkpoint of another list in the middle of this one."""
    data["checkpoints"][7]["root"] = "ab" * 32


def hide_checkpoint_order(data: Json) -> None:
    points = data["checkpoints"]
    points[4], points[5] = points[5], points[4]


def back_date_minute(data: Json) -> None:
    data["rows"][8]["row"]["minute"] = data["rows"][2]["row"]["minute"]
    sealed(data)


def post_date_minute(data: Json) -> None:
    data["rows"][8]["row"]["minute"] = data["rows"][9]["row"]["minute"]
    sealed(data)


def second_application(data: Json) -> None:
    pids = [entry["row"]["pid"] for entry in data["rows"]]
    first = next(row for row in rows(data, "apply") if pids.count(row["pid"]) == 1)
    last = rows(data, "apply")[-1]
    last |= {**first, "minute": last["minute"], "wishes": last["wishes"]}
    sealed(data)


def withdrawal_of_nobody(data: Json) -> None:
    rows(data, "refused")[0]["kind"] = "withdraw"
    sealed(data)


def one_person_correction(data: Json) -> None:
    rows(data, "correct")[0]["by"] = [STAFF[0], STAFF[0]]
    sealed(data)


def other_beacon_value(data: Json) -> None:
    data["beacon"][1]["value"] = "ab" * 32


def other_beacon_source(data: Json) -> None:
    data["beacon"][1]["source"] = "demo"
    drawn(data)


def nonsense_beacon_value(data: Json) -> None:
    data["beacon"][0]["value"] = "as we like it"
    drawn(data)


def other_seed(data: Json) -> None:
    data["seed"] = "ab" * 32


def other_result(data: Json) -> None:
    data["result"][0][0] = data["waiting"][0]


def swap_places(data: Json) -> None:
    one, other = data["result"][0], next(pair for pair in data["result"] if pair[1] != data["result"][0][1])
    one[1], other[1] = other[1], one[1]


def reorder_waiting(data: Json) -> None:
    data["waiting"][0], data["waiting"][1] = data["waiting"][1], data["waiting"][0]


def reorder_order(data: Json) -> None:
    data["order"][0], data["order"][1] = data["order"][1], data["order"][0]


def choose_sample(data: Json) -> None:
    others = [pid for pid, _ in data["result"] if pid not in data["sample"]]
    data["sample"][0] = others[0]


def other_outcome_hash(data: Json) -> None:
    data["outcome_hash"] = "ab" * 32
    chained(data)


def seat_beyond_quota(data: Json) -> None:
    data["result"].append([data["waiting"].pop(0), data["result"][0][1]])


def offer_out_of_order(data: Json) -> None:
    granted = event(data, "granted")
    granted["pid"] = next(pid for pid in reversed(data["waiting"]) if pid != granted["pid"])
    chained(data)


def hide_event(data: Json) -> None:
    del data["events"][0]


def hide_event_and_chain(data: Json) -> None:
    hide_event(data)
    chained(data)


def alter_event(data: Json) -> None:
    data["events"][0]["event"]["reason"] = "at the own wish"


def manual_beyond_reserve(data: Json) -> None:
    manual = event(data, "manual")
    data["events"].extend({"event": {**manual, "pid": f"{n:032x}"}, "hash": ""} for n in range(2))
    for entry in data["events"][-2:]:
        entry["event"]["at"] = data["events"][-3]["event"]["at"]
    chained(data)


def back_date_event(data: Json) -> None:
    data["events"][3]["event"]["at"] = data["events"][0]["event"]["at"]
    chained(data)


def event_before_the_draw(data: Json) -> None:
    data["events"][0]["event"]["at"] = instant_text(BEACON).replace(":30:00Z", ":29:00Z")
    chained(data)


def seat_for_one_who_holds_one(data: Json) -> None:
    event(data, "manual")["pid"] = data["result"][-1][0]
    data["events"] = [entry for entry in data["events"] if entry["event"]["kind"] == "manual"]
    chained(data)


ALTERED: list[tuple[Callable[[Json], None], int]] = [
    (drop_row, 2), (drop_row_and_renumber, 2), (replace_row, 2), (add_row_behind_freeze, 4),
    (add_request_after_close, 5), (alter_lane, 2), (alter_ranking_time, 2), (alter_losses, 2), (alter_wishes, 2),
    (forge_withdrawal, 2), (change_nonce, 2), (change_capacity, 1), (change_rule, 1), (change_dates, 1),
    (change_beacon, 1), (change_key, 1), (change_announcement_and_its_hash, 3), (close_early, 3), (close_late, 3),
    (freeze_early, 4), (accept_late_rows, 5), (split_view, 3), (hide_checkpoint_order, 3), (back_date_minute, 5),
    (post_date_minute, 5), (second_application, 6), (withdrawal_of_nobody, 6), (one_person_correction, 6),
    (other_beacon_value, 8), (other_beacon_source, 7), (nonsense_beacon_value, 7), (other_seed, 8),
    (other_result, 8), (swap_places, 8), (reorder_waiting, 8), (reorder_order, 8), (choose_sample, 8),
    (other_outcome_hash, 8), (seat_beyond_quota, 8), (offer_out_of_order, 11), (hide_event, 11),
    (hide_event_and_chain, 11), (alter_event, 11), (manual_beyond_reserve, 11), (back_date_event, 11),
    (event_before_the_draw, 11), (seat_for_one_who_holds_one, 11),
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_the_honest_record_holds_with_all_its_receipts(method: str) -> None:
    honest = HONEST[method]

    assert all_wrong(honest.data, *honest.receipts) == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("attack", "step"), ALTERED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_forgery_is_told_by_the_step_that_looks_for_it(
    attack: Callable[[Json], None], step: int, method: str
) -> None:
    forged = HONEST[method].copy()

    attack(forged)

    found = first_wrong(forged)
    assert found is not None
    assert (found.number, bool(found.problem)) == (step, True)


def test_a_seat_beyond_the_quota_is_also_counted_as_such() -> None:
    forged = HONEST["ranked"].copy()

    for _ in range(3):
        seat_beyond_quota(forged)

    assert 9 in all_wrong(forged)
