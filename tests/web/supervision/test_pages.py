"""The supervisor's pages: what waits, what is conspicuous with its rows, and the note of who looked at it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.supervision import jobs
from booking.supervision.rules.catalogue import RULES
from tests import factories
from tests.web.conftest import Visitor

SignIn = Callable[..., Visitor]
TO_LOOK_AT = "</svg>to be looked at"
LOOKS = 31  # one more than the limit of a day
PERIOD = "from=2026-10-26&to=2026-11-24"


@pytest.fixture
def supervisor(visitor: SignIn) -> Visitor:
    return visitor(Role.SUPERVISOR)


@pytest.fixture
def curious(sessions: Sessions, clock: FixedClock) -> Actor:
    """A clerk who opened too many pages today."""
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, login="curious")
        for number in range(LOOKS):
            audit.record(session, "person looked up", "person", number + 1, actor=clerk, now=clock.now())
    return clerk


def text_of(client: Visitor, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    ["/supervision", f"/supervision/fairness?{PERIOD}", "/supervision/fairness/freed", "/supervision/checks"],
)
def test_an_office_in_which_nothing_happened_has_pages_without_findings(supervisor: Visitor, address: str) -> None:
    assert TO_LOOK_AT not in text_of(supervisor, address)


def test_the_start_page_leads_to_rows_definitions_and_files_of_each_figure_and_tells_what_waits(
    supervisor: Visitor, curious: Actor, sessions: Sessions, clock: FixedClock
) -> None:
    jobs.seal_log(sessions, clock.now() + timedelta(minutes=1))

    page = text_of(supervisor, "/supervision")

    for code in ("fill", "wait", "no_show", "cancelled", "overrides"):
        for way in (f"/desk/figures/{code}?", f"/desk/figures/{code}/rows?", f"/desk/figures/{code}.csv?"):
            assert way in page
        assert f"/stats/definitions#{code}" in page
    assert "Looks at personal data (1)" in page
    assert "1 seals, the last one fits" in page
    assert "The scheduler has never run" in page


def test_the_start_page_says_when_the_log_waits_too_long_for_its_seal(
    supervisor: Visitor, curious: Actor, clock: FixedClock
) -> None:
    clock.instant += timedelta(minutes=6)

    assert f"{LOOKS} entries wait to be sealed" in text_of(supervisor, "/supervision")


def test_a_conspicuous_clerk_is_named_with_number_limit_basis_and_rows(supervisor: Visitor, curious: Actor) -> None:
    page = text_of(supervisor, f"/supervision/fairness?{PERIOD}")
    part = page.partition('id="looks"')[2].partition("</section>")[0]

    for told in (
        "(curious)",
        f">{LOOKS}<",
        TO_LOOK_AT,
        "30 times",
        "art. 51",
        "/desk/settings/supervision.looks",
    ):
        assert told in part
    assert page.index('id="looks"') < page.index('id="within"') < page.index('id="burst"')  # findings first
    assert page.count("<details>") == len(RULES) - 1
    rows = text_of(supervisor, f"/supervision/fairness/looks?subject=account:{curious.account_id}&{PERIOD}")
    assert rows.count("kind=person&amp;object_id=") == LOOKS


def test_a_look_is_noted_once_and_closes_the_finding_until_more_happens(
    supervisor: Visitor, visitor: SignIn, curious: Actor, sessions: Sessions, clock: FixedClock
) -> None:
    address = f"/supervision/fairness/looks?subject=account:{curious.account_id}&{PERIOD}"
    said = {"outcome": "explained", "note": "a morning of calls after the typhoon"}

    answer = supervisor.submit(address, said)
    again = supervisor.post(address, data=said)

    assert (answer.status_code, again.status_code) == (303, 400)  # without the form's sign nothing is sent twice
    assert TO_LOOK_AT not in text_of(supervisor, f"/supervision/fairness?{PERIOD}")
    assert "a morning of calls" in text_of(supervisor, "/supervision/checks")
    clock.instant += timedelta(days=1)
    with unit_of_work(sessions) as session:
        for number in range(LOOKS):
            audit.record(session, "person looked up", "person", number + 1, actor=curious, now=clock.now())
    assert TO_LOOK_AT in text_of(visitor(Role.SUPERVISOR), "/supervision/fairness")


@pytest.mark.parametrize("missing", ["outcome", "note"])
def test_a_look_without_outcome_or_words_is_asked_again(supervisor: Visitor, curious: Actor, missing: str) -> None:
    address = f"/supervision/fairness/looks?subject=account:{curious.account_id}&{PERIOD}"
    said = {"outcome": "clean", "note": "calls"}

    answer = supervisor.submit(address, {**said, missing: ""})

    assert answer.status_code == 422
    assert "Error: " in answer.get_data(as_text=True)


def test_who_may_only_read_finds_no_form_and_is_refused(visitor: SignIn, curious: Actor) -> None:
    approver = visitor(Role.APPROVER)
    address = f"/supervision/fairness/looks?subject=account:{curious.account_id}&{PERIOD}"

    assert "What did you find?" not in text_of(approver, address)
    assert visitor(Role.COUNTER).get("/supervision/fairness").status_code == 403


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/supervision/fairness?from=2026-11-24&to=2026-11-01", 422),
        ("/supervision/fairness?from=2024-01-01&to=2026-11-01", 422),
        ("/supervision/fairness/looks?subject=account:999", 404),
        ("/supervision/fairness/gossip?subject=account:1", 404),
        ("/supervision/checks/999", 404),
        ("/supervision/log/999", 404),
        ("/supervision/draws/monday.csv", 404),
    ],
)
def test_what_makes_no_sense_is_told_so(supervisor: Visitor, address: str, status: int) -> None:
    assert supervisor.get(address).status_code == status


def test_a_drawn_booking_is_looked_at_and_its_draw_can_be_done_again(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session)
        at = clock.now() - timedelta(days=7)
        reference = factories.booking(session, factories.account(session), slot_id, at=at)
        audit.record(session, "slot published", "slot", slot_id, actor=SYSTEM, now=at)
    jobs.seal_log(sessions, clock.now())
    jobs.draw_spot_checks(sessions, clock.now())

    page = text_of(supervisor, "/supervision/checks")
    file = text_of(supervisor, "/supervision/draws/2026-11-16.csv")
    closed = supervisor.submit("/supervision/checks/1", {"outcome": "clean", "note": "booked by the learner on line"})

    assert reference in page
    assert f"1,{reference},x," in file
    assert closed.status_code == 303
    assert "No spot check is open" in text_of(supervisor, "/supervision/checks")
