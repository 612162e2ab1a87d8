"""What must hold of every draw: nothing for coming early, no envy with a cause, no seat lost, a tree that binds."""

import hashlib
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.allotment.rules.draw import Applicant, Outcome, Place, draw, effective, keys, lots_of, ticket, wish_table
from booking.allotment.rules.encoding import NODE, digest
from booking.allotment.rules.events import Line, Seats
from booking.allotment.rules.tree import Tree, roots_at
from tests.records import LANES, build_record

SEED = hashlib.sha256(b"the public value of that evening").digest()
SHUFFLES = 1000
SOME = settings(max_examples=150)


@st.composite
def rounds(make: st.DrawFn) -> tuple[dict[str, Applicant], list[Place], str]:
    """Return applicants and places of a small, crowded round, and its method."""
    method = make(st.sampled_from(["ranked", "lottery"]))
    seats = st.fixed_dictionaries({}, optional={lane: st.integers(0, 3) for lane in LANES})
    places = [
        Place(str(number), str(number % 2), f"2026-12-10T0{number}:30:00Z", make(seats))
        for number in range(make(st.integers(1, 5)))
    ]
    wishes = st.lists(st.sampled_from(sorted(wish_table(places))), max_size=4, unique=True)
    dates = st.sampled_from(["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"])
    since = dates if method == "ranked" else st.just("")
    one = st.tuples(st.sampled_from(LANES), since, st.integers(0, 6), wishes.map(tuple))
    people = make(st.lists(one, max_size=25))
    return {f"{n:032x}": Applicant(f"{n:032x}", *each) for n, each in enumerate(people)}, places, method


def drawn(applicants: dict[str, Applicant], places: list[Place], method: str) -> Outcome:
    return draw(applicants, places, LANES, SEED, method=method, sample=3)


def wished(applicant: Applicant, places: list[Place]) -> list[str]:
    """Return the slots that a person asks for, the dearest first."""
    return list(dict.fromkeys(slot for wish in applicant.wishes for slot in wish_table(places)[wish]))


@pytest.mark.parametrize("method", ["ranked", "lottery"])
def test_the_order_of_arrival_makes_no_difference_in_a_thousand_shuffles(method: str) -> None:
    data, dice = build_record(5, method=method).data, Random(5)
    places = [Place(s["id"], s["site"], s["starts_at"], s["quota"]) for s in data["announcement"]["slots"]]
    by_person: dict[str, list[dict[str, object]]] = {}
    for entry in data["rows"]:
        by_person.setdefault(entry["row"]["pid"], []).append(entry["row"])
    turns = [pid for pid, rows in by_person.items() for _ in rows]
    first = drawn(effective(entry["row"] for entry in data["rows"]), places, method)

    for _ in range(SHUFFLES):
        dice.shuffle(turns)
        left = {pid: iter(rows) for pid, rows in by_person.items()}  # one's own rows keep their order
        again = drawn(effective(next(left[pid]) for pid in turns), places, method)
        assert again == first


@SOME
@given(rounds())
def test_everybody_has_one_place_or_waits_and_no_slot_is_beyond_its_quota(
    made: tuple[dict[str, Applicant], list[Place], str],
) -> None:
    applicants, places, method = made

    outcome = drawn(applicants, places, method)

    granted = [pid for pid, _ in outcome.result]
    assert sorted([*granted, *outcome.waiting]) == sorted(outcome.order) == sorted(applicants)
    given_out = Counter(slot for _, slot in outcome.result)
    assert all(given_out[place.id] <= sum(place.quota.values()) for place in places)
    assert all(slot in wished(applicants[pid], places) for pid, slot in outcome.result)


@SOME
@given(rounds())
def test_a_seat_is_left_over_only_where_nobody_who_waits_wants_it(
    made: tuple[dict[str, Applicant], list[Place], str],
) -> None:
    applicants, places, method = made

    outcome = drawn(applicants, places, method)

    given_out = Counter(slot for _, slot in outcome.result)
    left = {place.id for place in places if given_out[place.id] < sum(place.quota.values())}
    assert not any(left & set(wished(applicants[pid], places)) for pid in outcome.waiting)


@SOME
@given(rounds())
def test_nobody_sees_a_dearer_place_with_someone_of_the_own_lane_and_a_worse_key(
    made: tuple[dict[str, Applicant], list[Place], str],
) -> None:
    """Who waits, waits behind all of the own lane and of the last, in which everybody without a place stands again.

    Who has a place of a special lane took it in that lane's turn, and later lanes' seats were not there yet: a worse
    key of that lane, still without a place, may get such a seat afterwards. Other lanes' seats are other people's.
    """
    applicants, places, method = made
    outcome, key = drawn(applicants, places, method), keys(applicants.values(), SEED, method)
    got, quota = dict(outcome.result), {place.id: place.quota for place in places}

    for me in outcome.order:
        lane, dearest = applicants[me].lane, wished(applicants[me], places)
        dearer = dearest[: dearest.index(got[me])] if me in got else dearest
        lanes = {lane} if me in got else {lane, LANES[-1]}
        later = LANES[LANES.index(lane) + 1 :] if me in got else ()
        came_later = {slot for slot in dearer if any(quota[slot].get(one, 0) for one in later)}
        envied = [pid for pid, slot in got.items() if slot in dearer and applicants[pid].lane in lanes]
        assert all(key[pid] < key[me] or got[pid] in came_later for pid in envied)


@SOME
@given(rounds())
def test_saying_more_wishes_after_the_granted_one_changes_nothing_in_the_last_lane(
    made: tuple[dict[str, Applicant], list[Place], str],
) -> None:
    """In a special lane it may: the longer list is served in the own turn, the shorter one may find better later."""
    applicants, places, method = made
    got = dict(drawn(applicants, places, method).result)
    every = tuple(place.id for place in places)

    longer = {
        pid: one._replace(wishes=(*one.wishes, *every)) if pid in got and one.lane == LANES[-1] else one
        for pid, one in applicants.items()
    }

    assert dict(drawn(longer, places, method).result) == got


@SOME
@given(rounds(), st.randoms(use_true_random=False))
def test_freed_seats_go_to_the_first_of_the_queue_who_wants_them_until_nobody_does(
    made: tuple[dict[str, Applicant], list[Place], str], dice: Random
) -> None:
    applicants, places, method = made
    outcome = drawn(applicants, places, method)
    seats = Seats.after_draw(outcome, places, {place.id: 0 for place in places})
    line = Line(outcome.waiting, applicants, places)

    for pid, slot in dice.sample(outcome.result, len(outcome.result)):
        seats.apply({"kind": "cancelled", "pid": pid, "slot": slot})
        turn = line.next_for(slot, seats.gone)
        still = [one for one in outcome.waiting if one not in seats.gone]
        assert turn == next((one for one in still if slot in wished(applicants[one], places)), None)
        if turn:
            assert seats.apply({"kind": "granted", "pid": turn, "slot": slot}) == ""


def test_a_special_lane_goes_first_and_its_empty_seats_fall_to_the_next() -> None:
    place = Place("1", "1", "2026-12-10T00:30:00Z", {"make_up": 1, "priority": 1, "ordinary": 1})
    people = {
        pid: Applicant(pid, lane, since, 0, ("1",))
        for pid, lane, since in [
            ("a", "ordinary", "2026-11-01T00:00:00Z"),
            ("b", "ordinary", "2026-11-03T00:00:00Z"),
            ("c", "make_up", "2026-11-04T00:00:00Z"),
            ("d", "make_up", "2026-11-02T00:00:00Z"),
        ]
    }

    outcome = drawn(people, [place], "ranked")

    # d has the make_up seat; the empty priority seat falls to ordinary, where c stands again behind a and b.
    assert outcome.order == ["d", "c", "a", "b"]
    assert outcome.result == [["d", "1"], ["a", "1"], ["b", "1"]]
    assert outcome.waiting == ["c"]


def test_any_slot_at_a_site_means_its_earliest_with_a_seat_then_the_smaller_id() -> None:
    places = [
        Place("3", "A", "2026-12-10T01:30:00Z", {"ordinary": 1}),
        Place("2", "A", "2026-12-10T00:30:00Z", {"ordinary": 1}),
        Place("1", "A", "2026-12-10T01:30:00Z", {"ordinary": 1}),
        Place("0", "B", "2026-12-09T01:30:00Z", {"ordinary": 1}),
    ]

    assert wish_table(places)["*A"] == ("2", "1", "3")


@pytest.mark.parametrize(("losses", "lots"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 16), (10**6, 16)])
def test_each_lost_draw_doubles_the_lots_up_to_sixteen(losses: int, lots: int) -> None:
    person = Applicant("ab" * 16, "ordinary", "", losses, ())
    other = person._replace(losses=0)

    assert lots_of(losses) == lots
    assert ticket(SEED, person, "lottery") <= ticket(SEED, other, "lottery")
    assert ticket(SEED, person, "ranked") == ticket(SEED, other, "ranked")


def test_first_places_of_a_lottery_go_by_lots() -> None:
    wins: Counter[int] = Counter()
    people = [Applicant(f"{n:032x}", "ordinary", "", n % 5, ()) for n in range(20)]
    for turn in range(1500):
        seed = hashlib.sha256(turn.to_bytes(4, "big")).digest()
        wins[min(people, key=lambda one: ticket(seed, one, "lottery")).losses] += 1

    for losses in range(5):
        expected = 1500 * lots_of(losses) / 31
        assert abs(wins[losses] - expected) < 4 * expected**0.5


def test_ties_of_ranking_time_fall_to_everybody_alike() -> None:
    people = [Applicant(f"{n:032x}", "ordinary", "2026-11-01T00:00:00Z", 0, ()) for n in range(10)]
    first = Counter(
        min(people, key=lambda one: ticket(hashlib.sha256(turn.to_bytes(4, "big")).digest(), one, "ranked")).pid
        for turn in range(2000)
    )

    chi_square = sum((first[one.pid] - 200) ** 2 / 200 for one in people)
    assert chi_square < 27.9  # one in a thousand with nine degrees of freedom


def split_root(leaves: list[bytes]) -> bytes:
    """Return the root as the protocol tells it: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return digest(NODE, split_root(leaves[:half]), split_root(leaves[half:]))


@pytest.mark.parametrize("n", [*range(1, 40), 63, 64, 65, 127, 128, 129, 1000])
def test_the_growing_tree_has_the_root_of_the_whole_list(n: int) -> None:
    leaves = [digest(0, number.to_bytes(4, "big")) for number in range(n)]
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)

    kept = Tree.from_text(tree.n, tree.as_text())

    assert tree.root() == kept.root() == split_root(leaves)
    assert roots_at(leaves, [n, n + 1]) == {n: tree.root()}


def test_every_prefix_has_its_root_and_an_empty_tree_has_none() -> None:
    leaves = [digest(0, bytes([number])) for number in range(50)]

    assert roots_at(leaves, range(1, 51)) == {n: split_root(leaves[:n]) for n in range(1, 51)}
    with pytest.raises(IndexError):
        Tree().root()
