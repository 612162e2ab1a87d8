"""A forger who computes every hash again gets a record that holds. What people keep outside tells on him."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking.allotment.rules.checker import Record
from booking.allotment.rules.encoding import canonical
from booking.allotment.rules.receipts import receipt_found
from booking.allotment.rules.tree import roots_at, row_leaf
from tests.records import BuiltRecord, all_wrong, build_record, drawn, sealed, signed, text_of

Json = dict[str, Any]
HONEST = build_record(31, people=60)
KINDS = ("apply", "replace", "withdraw", "refused", "correct")
ROWS: list[Json] = [entry["row"] for entry in HONEST.data["rows"]]
PIDS = [row["pid"] for row in ROWS]
SEQS: dict[str, int] = {kind: next(row["seq"] for row in ROWS if row["kind"] == kind) for kind in KINDS[1:]}
SEQS["apply"] = next(
    row["seq"] for row in ROWS if row["kind"] == "apply" and PIDS.count(row["pid"]) == 1 and row["lane"] == "ordinary"
)


def without_events(honest: BuiltRecord) -> Json:
    """Return the record as on the evening of the draw; the draw may come out otherwise after a forgery."""
    return {**honest.copy(), "events": []}


def take_out(data: Json, seq: int) -> None:
    """Take the row out of the list as if it had never come, with everything later of that person."""
    pid = data["rows"][seq - 1]["row"]["pid"]
    gone = [
        entry["row"]["seq"] for entry in data["rows"] if entry["row"]["pid"] == pid and entry["row"]["seq"] >= seq
    ]
    data["rows"] = [entry for entry in data["rows"] if entry["row"]["seq"] not in gone]
    for point in data["checkpoints"]:
        point["n"] -= sum(lost < point["n"] for lost in gone)
    sealed(data)


def drop_request(data: Json) -> int:
    take_out(data, SEQS["apply"])
    return SEQS["apply"]


def drop_change(data: Json) -> int:
    take_out(data, SEQS["replace"])
    return SEQS["replace"]


def hide_refusal(data: Json) -> int:
    take_out(data, SEQS["refused"])
    return SEQS["refused"]


def deny_withdrawal(data: Json) -> int:
    take_out(data, SEQS["withdraw"])
    return SEQS["withdraw"]


def alter_field(name: str, value: object) -> Callable[[Json], int]:
    """Return the attack that gives the first applicant's row another value."""

    def attack(data: Json) -> int:
        data["rows"][SEQS["apply"] - 1]["row"][name] = value
        sealed(data)
        return SEQS["apply"]

    attack.__name__ = f"alter_{name}"
    return attack


def forge_withdrawal(data: Json) -> int:
    """Write over somebody's change that it was a withdrawal."""
    row = data["rows"][SEQS["replace"] - 1]["row"]
    row |= {"kind": "withdraw", "wishes": [], "ranking_time": "", "losses": 0}
    later = [
        entry for entry in data["rows"] if entry["row"]["pid"] == row["pid"] and entry["row"]["seq"] > row["seq"]
    ]
    for entry in later:
        entry["row"]["pid"] = "ab" * 16
        entry["row"]["kind"] = "apply" if entry["row"]["kind"] == "replace" else entry["row"]["kind"]
    sealed(data)
    return SEQS["replace"]


def slip_in_friend(data: Json) -> int:
    """Put an invented request before all others."""
    friend = {**data["rows"][SEQS["apply"] - 1]["row"], "pid": "ab" * 16}
    friend["minute"] = data["announcement"]["opens_at"]
    data["rows"].insert(0, {"row": friend, "nonce": "00" * 16})
    for point in data["checkpoints"][1:]:
        point["n"] += 1
    sealed(data)
    return SEQS["apply"]


def announce_otherwise(data: Json) -> int:
    data["announcement"]["slots"][0]["quota"]["ordinary"] += 1
    sealed(data)
    return SEQS["apply"]


def change_nonce(data: Json) -> int:
    data["rows"][SEQS["apply"] - 1]["nonce"] = "00" * 16
    sealed(data)
    return SEQS["apply"]


REWRITINGS: list[Callable[[Json], int]] = [
    drop_request, drop_change, hide_refusal, deny_withdrawal, alter_field("lane", "make_up"),
    alter_field("ranking_time", "2026-11-29T00:00:00Z"), alter_field("wishes", ["105"]), alter_field("losses", 9),
    alter_field("pid", "ab" * 16), forge_withdrawal, slip_in_friend, announce_otherwise, change_nonce,
]  # fmt: skip


@pytest.mark.parametrize("attack", REWRITINGS, ids=lambda attack: attack.__name__)
def test_a_record_that_was_written_anew_disagrees_with_the_receipt_of_whom_it_wrongs(
    attack: Callable[[Json], int],
) -> None:
    forged = without_events(HONEST)

    seq = attack(forged)

    assert all_wrong(forged) == []  # the control: the file alone cannot tell
    assert all_wrong(forged, HONEST.receipts[seq - 1]) == [10]


@pytest.mark.parametrize("attack", REWRITINGS, ids=lambda attack: attack.__name__)
def test_it_disagrees_with_the_receipts_of_all_who_came_later_and_with_every_later_checkpoint(
    attack: Callable[[Json], int],
) -> None:
    forged = without_events(HONEST)

    seq = attack(forged)

    later = [receipt for receipt in HONEST.receipts if receipt["row"]["seq"] > seq]
    leaves = Record(forged).leaves
    assert all(all_wrong(forged, receipt) == [10] for receipt in (later[0], later[len(later) // 2], later[-1]))
    kept = [point for point in HONEST.data["checkpoints"] if point["n"] > seq]
    roots = roots_at(leaves, [point["n"] for point in kept])
    assert all(roots.get(point["n"], b"").hex() != point["root"] for point in kept)


def test_two_lists_for_two_people_cannot_both_hold_the_receipts_of_both() -> None:
    shown = without_events(HONEST)
    take_out(shown, SEQS["apply"])

    assert all_wrong(shown) == []
    assert shown["freeze"]["root"] != HONEST.data["freeze"]["root"]
    assert all_wrong(shown, HONEST.receipts[-1]) == [10]


def test_another_public_value_makes_another_seed_and_stands_in_the_file_for_all_to_compare() -> None:
    forged = without_events(HONEST)

    forged["beacon"][1]["value"] = "ab" * 32
    drawn(forged)

    assert all_wrong(forged) == []
    assert forged["seed"] != HONEST.data["seed"]
    assert forged["beacon"] != HONEST.data["beacon"]


def test_events_cut_off_at_the_end_leave_out_a_hash_that_was_shown() -> None:
    forged = HONEST.copy()

    del forged["events"][-3:]

    shown = HONEST.data["events"][-1]["hash"]
    assert all_wrong(forged) == []
    assert shown not in [entry["hash"] for entry in forged["events"]]


@pytest.mark.parametrize("kind", sorted(SEQS))
def test_the_office_cannot_deny_a_receipt_of_any_kind_of_row(kind: str) -> None:
    receipt = HONEST.receipts[SEQS[kind] - 1]

    state, says = receipt_found(text_of(receipt), HONEST.data["announcement"], Record(HONEST.data).leaves)

    assert (state, says) == ("ok", "")


def forged_receipts() -> dict[str, Json]:
    """Return receipts that the office never gave, by what is wrong with each."""
    honest, stranger = HONEST.receipts[SEQS["apply"] - 1], Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
    better = {**honest, "row": {**honest["row"], "ranking_time": "2020-01-01T00:00:00Z"}}
    leaf = row_leaf(better["row"], bytes.fromhex(honest["nonce"])).hex()
    return {
        "the signature is not the office's": signed(honest, stranger),
        "the receipt's row does not hash to its leaf": better,
        "is not in the record": signed({**better, "leaf": leaf}, stranger),
        "the receipt is of another round": {**honest, "announcement_hash": "ab" * 32},
        "is no prefix of the record": {**honest, "root": "ab" * 32},
        "n is not as the format says": {**honest, "n": -1},
        "the key 'signature' is missing": {name: honest[name] for name in honest if name != "signature"},
    }


@pytest.mark.parametrize("says", sorted(forged_receipts()))
def test_a_forged_receipt_is_refused_and_the_reason_named(says: str) -> None:
    state, problem = receipt_found(
        text_of(forged_receipts()[says]), HONEST.data["announcement"], Record(HONEST.data).leaves
    )

    assert state == "wrong"
    assert says in problem


def test_the_first_receipt_that_is_wrong_counts_among_several() -> None:
    wrong = forged_receipts()["the signature is not the office's"]

    assert all_wrong(HONEST.data, HONEST.receipts[0], wrong, HONEST.receipts[1]) == [10]


def test_an_announced_office_key_that_is_none_makes_the_receipt_wrong_and_stops_nothing() -> None:
    receipt = HONEST.receipts[0]
    unsigned = canonical(receipt)

    state, _ = receipt_found(unsigned, {"office_key": "00"}, Record(HONEST.data).leaves)

    assert state == "wrong"
