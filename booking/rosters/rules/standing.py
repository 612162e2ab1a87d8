"""Where one row of a roster stands, and what a roster comes to."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

from booking.kernel.errors import Wording

FIRST, RETEST = 1, 2


class Standing(StrEnum):
    """Where somebody stands on the day. A result counts from when it is recorded, settled or not."""

    EXPECTED = "expected"  # has not come yet
    PRESENT = "present"  # came, no result yet
    RETEST = "retest"  # failed the test; the retest is open until its result or the closing
    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"
    CANCELLED = "cancelled"  # by the office, with the slot


BY_BOOKING = {
    "confirmed": Standing.EXPECTED,
    "attended": Standing.PRESENT,
    "passed": Standing.PASSED,
    "failed": Standing.FAILED,
    "absent": Standing.ABSENT,
    "cancelled_by_office": Standing.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What a roster comes to, once closed: booked = present + absent + cancelled, and present = passed + failed."""

    booked: int
    present: int
    absent: int
    passed: int
    failed: int
    cancelled: int

    def differing(self, other: "Counts") -> tuple[str, ...]:
        """Return the names of the counts that are not the same in `other`."""
        names = (field.name for field in fields(self))
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a day has come: how many stand where. `present` counts those who came, whatever they did since."""

    booked: int
    expected: int
    present: int
    untested: int
    retest: int
    passed: int
    failed: int
    absent: int
    cancelled: int


def standing(booking_state: str, outcomes: Iterable[tuple[int, str]]) -> Standing:
    """Return where somebody stands, from the state of the booking and (number, outcome) of the attempts that stand.

    A result that was recorded elsewhere has ended the booking, and is final here too.
    """
    by_booking = BY_BOOKING[booking_state]
    if by_booking is not Standing.PRESENT:
        return by_booking
    known = dict(outcomes)
    if RETEST in known:
        return Standing(known[RETEST])
    if FIRST in known:
        return Standing.PASSED if known[FIRST] == Standing.PASSED else Standing.RETEST
    return Standing.PRESENT


def progress(standings: Iterable[Standing]) -> Progress:
    """Count who stands where."""
    all_of_them = list(standings)

    def number(*which: Standing) -> int:
        return sum(one in which for one in all_of_them)

    return Progress(
        booked=len(all_of_them),
        expected=number(Standing.EXPECTED),
        present=number(Standing.PRESENT, Standing.RETEST, Standing.PASSED, Standing.FAILED),
        untested=number(Standing.PRESENT),
        retest=number(Standing.RETEST),
        passed=number(Standing.PASSED),
        failed=number(Standing.FAILED),
        absent=number(Standing.ABSENT),
        cancelled=number(Standing.CANCELLED),
    )


def when_closed(now: Progress, *, is_withdrawn: bool = False) -> Counts:
    """Return what closing now would make of it: whoever has not come is absent, an open retest is a failure.

    Of a withdrawn slot, whoever has no result is cancelled by the office. Else whoever came and has no result is in
    none of the results, so that such a roster cannot be closed.
    """
    absent, failed, cancelled = now.absent, now.failed, now.cancelled
    if is_withdrawn:
        cancelled += now.expected + now.untested + now.retest
    else:
        absent += now.expected
        failed += now.retest
    present = now.passed + failed + (0 if is_withdrawn else now.untested)
    return Counts(now.booked, present, absent, now.passed, failed, cancelled)


NAMES = {
    "booked": Wording("应到", "booked"),
    "present": Wording("实到", "present"),
    "absent": Wording("缺考", "absent"),
    "passed": Wording("合格", "passed"),
    "failed": Wording("不合格", "failed"),
    "cancelled": Wording("场次取消", "cancelled"),
}


def differences(seen: Counts, here: Counts) -> Wording | None:
    """Say which counts are not those of the database, and by how much; None where all are."""
    differing = [(NAMES[name], getattr(seen, name), getattr(here, name)) for name in seen.differing(here)]
    if not differing:
        return None
    return Wording(
        "，".join(f"{name.zh}填写 {a}，系统 {b}" for name, a, b in differing),
        "; ".join(f"{name.en} {a}, here {b}" for name, a, b in differing),
    )
